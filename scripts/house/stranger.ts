import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { commandsOf, examplesOf } from './readme.ts';
import { mustRun, run } from './run.ts';
import { ROOT } from './workspace.ts';

/**
 * Follows the README of the repository in an empty project: writes its files, enters its commands one after the other,
 * the installation too, and type-checks its programs strictly. Gives what does not come out as promised.
 */
export function followReadme(project: string): string[] {
  const examples = [join(ROOT, 'README.md'), join(ROOT, 'packages/component/README.md')]
    .flatMap(examplesOf)
    .filter(({ name }) => /^(greeter|app|first)\./.test(name));
  for (const { name, text } of examples) writeFileSync(join(project, name), text);
  const problems = commandsOf(join(ROOT, 'README.md')).flatMap(({ command, prints }) => {
    const ran = run('sh', ['-c', command], project);
    if (ran.ok && (prints === '' || ran.stdout === prints)) return [];
    return [`the README's command "${command}" ended with ${ran.code} and printed\n${ran.output}instead of\n${prints}`];
  });
  const [first] = examples.filter(({ name }) => name === 'first.ts');
  const ran = run('node', ['first.ts'], project);
  if (ran.output !== first?.prints) problems.push(`the first example of the engine's README printed\n${ran.output}`);
  return [...problems, ...typeErrors(project, ['app.ts', 'first.ts'], nodeTypes())];
}

/** Compiler options of a program that has Node's types. */
export function nodeTypes(): object {
  return { types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')] };
}

/** What TypeScript says of files of the project under strict options. */
export function typeErrors(project: string, files: readonly string[], options: object = {}): string[] {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    target: 'es2024',
    lib: ['esnext', 'dom'],
    types: [],
    module: 'nodenext',
    ...options,
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  const { ok, output } = run('tsc', ['-p', project]);
  return ok ? [] : [`${files.join(', ')} of a stranger: ${JSON.stringify(options)}:\n${output}`];
}

/** Installs packed packages into an empty project, by the Node and npm of a path. */
function installPacked(project: string, tarballs: readonly string[], path: string): void {
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'stranger', private: true, type: 'module' }));
  mustRun(
    'env',
    [`PATH=${path}`, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs],
    project,
  );
}

/**
 * Installs the packages under a Node that is too old, if this machine has one, and expects `loop` to say so.
 * The tests do the same with a pretended version.
 */
export function askOldNode(project: string, tarballs: readonly string[]): string[] {
  const old = ['/usr/bin/node', '/usr/local/bin/node', process.env['OLD_NODE'] ?? ''].find(isOld);
  if (old === undefined) {
    console.log('skipped: loop on an old Node: this machine has none; name one in OLD_NODE');
    return [];
  }
  const path = [dirname(old), '/usr/bin', '/bin'].join(delimiter);
  installPacked(project, tarballs, path);
  const { code, output } = run('env', [`PATH=${path}`, 'npx', 'loop', 'help'], project);
  const says = output.includes('error[E_NODE_TOO_OLD]') && output.includes('needs Node 24');
  return code === 4 && says ? [] : [`"npx loop" under ${old} ended with ${code} and printed\n${output}`];
}

function isOld(program: string): boolean {
  if (!existsSync(program)) return false;
  const major = Number(/^v(\d+)/.exec(run(program, ['--version']).stdout)?.[1] ?? Infinity);
  return major >= 18 && major < 24;
}
