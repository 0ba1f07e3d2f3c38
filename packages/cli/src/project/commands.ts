import { join } from 'node:path';
import type { CommandInput } from '../command.ts';
import { usage } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { nearestOf } from '../nearest.ts';
import { progress } from '../progress.ts';
import { buildProject, type BuildReport } from './build.ts';
import { makeProject, TEMPLATE_OF } from './new-project.ts';
import { isInstalled, ownFolder, shellWord } from './npm-tools.ts';
import { programs } from './toolchains.ts';
import { type Engine, ENGINES, type TemplateKind, TEMPLATES } from './kinds.ts';
import { nameProblem, readSettings } from './settings.ts';
import { readWit } from './wit.ts';

/** Does what `loop component` was told, and gives the exit code. */
export async function runComponentCommand(input: CommandInput): Promise<number> {
  const [word, ...rest] = input.positionals;
  if (word === 'new') return newProject({ ...input, positionals: rest });
  if (word === 'build') return build({ ...input, positionals: rest });
  if (word === undefined) throw usage('cannot run "loop component": it is not said what to do', HOW);
  const nearest = nearestOf(word, ['new', 'build']);
  throw usage(
    `cannot run "loop component ${word}": there is no such command`,
    nearest === undefined ? HOW : `did you mean "loop component ${nearest}"?`,
  );
}

const HOW = 'use "loop component new NAME --template js", or "loop component build"';

/** Options stand in one table for both; each takes its own only. */
function refuse(word: string, values: CommandInput['values'], options: readonly string[]): void {
  const wrong = options.find((name) => values[name] !== undefined);
  if (wrong !== undefined)
    throw usage(`cannot run "loop component ${word}": it has no option --${wrong}`, 'see "loop help component"');
}

async function newProject({ positionals, values, output }: CommandInput): Promise<number> {
  refuse('new', values, ['out', 'engine']);
  const [name, extra] = positionals;
  if (name === undefined)
    throw usage('cannot make a project: no name is given', 'name it: loop component new NAME --template js');
  if (extra !== undefined) throw usage(`cannot make a project: "${extra}" is one name too many`, 'give one name');
  const problem = nameProblem(name);
  if (problem !== undefined)
    throw usage(`cannot make a project: the name "${name}" ${problem}`, 'choose a name such as "my-greeter"');
  const template = templateOf(values['template'] as string | undefined);
  const folder = (values['dir'] as string | undefined) ?? name;
  const files = await makeProject(folder, name, template);
  const next = [`cd ${shellWord(folder)} && npm install`, ...(await linesForLoop(folder)), 'npm test'];
  if (values['json'] === true) output.out(JSON.stringify({ name, template, folder, files, next }, undefined, 2));
  else {
    const made = `made ${folder}, a component in ${TEMPLATE_OF[template].language}:`;
    const lines = [...files.map((file) => `  ${file}`), '', 'next:', ...next.map((line) => `  ${line}`)];
    output.out([made, ...lines].join('\n'));
  }
  return EXIT.ok;
}

/** The scripts of a project run `loop`: where npm would not find it, this installs the one that runs. */
async function linesForLoop(folder: string): Promise<string[]> {
  const isFound = isInstalled('@loophost/cli', folder) || (await programs('LOOP', ['loop'])).length > 0;
  return isFound ? [] : [`npm install --save-dev ${shellWord(ownFolder())}`];
}

function templateOf(wanted: string | undefined): TemplateKind {
  if (wanted === undefined)
    throw usage('cannot make a project: no template is given', `choose one: --template ${TEMPLATES.join('|')}`);
  const template = TEMPLATES.find((name) => name === wanted);
  if (template !== undefined) return template;
  const nearest = nearestOf(wanted.toLowerCase(), TEMPLATES);
  const fix = nearest === undefined ? `use one of: ${TEMPLATES.join(', ')}` : `did you mean "--template ${nearest}"?`;
  throw usage(`cannot make a project: there is no template "${wanted}"`, fix);
}

async function build({ positionals, values, output }: CommandInput): Promise<number> {
  refuse('build', values, ['template', 'dir']);
  const [folder = '.', extra] = positionals;
  if (extra !== undefined) throw usage(`cannot build: "${extra}" is one folder too many`, 'give one folder');
  const settings = await readSettings(folder);
  const engine = engineOf(values['engine'] as string | undefined, settings.template) ?? settings.engine;
  const project = { folder, settings: { ...settings, engine }, wit: await readWit(folder) };
  const out = (values['out'] as string | undefined) ?? join(folder, 'build', `${settings.name}.wasm`);
  const report = await progress(output, `building ${settings.name}`, () => buildProject(project, out));
  output.out(
    values['json'] === true ? JSON.stringify({ name: settings.name, ...report }, undefined, 2) : textOf(report),
  );
  return EXIT.ok;
}

function engineOf(wanted: string | undefined, template: TemplateKind): Engine | undefined {
  if (wanted === undefined) return undefined;
  if (template !== 'js' && template !== 'ts')
    throw usage(`cannot build: a component in ${TEMPLATE_OF[template].language} has no engine`, 'drop --engine');
  const engine = ENGINES.find((name) => name === wanted);
  if (engine !== undefined) return engine;
  throw usage(`cannot build: there is no engine "${wanted}"`, `use one of: ${ENGINES.join(', ')}`);
}

function textOf({ file, bytes, tool, types, functions }: BuildReport): string {
  return [
    `${file}: ${bytes.toLocaleString('en')} bytes, by ${tool}`,
    ...(types.length > 0 ? [`types of its world: ${types.join(', ')}`] : []),
    ...(functions.length > 0 ? ['it exports:', ...functions.map((signature) => `  ${signature}`)] : []),
  ].join('\n');
}
