import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Component, compile } from '@loophost/component';
import { optionWrong, readFailed } from '../errors.ts';
import { CommandFailure, within } from '../failure.ts';
import { exportedFunctions } from '../functions.ts';
import { placeWrong, refuseOthers, startOf } from '../places.ts';
import { buildJs } from './build-js.ts';
import { buildC, buildRust } from './build-native.ts';
import { buildFailed, projectInvalid } from './errors.ts';
import { writeGuestTypes } from './guest-types.ts';
import type { Built, Project } from './project.ts';
import type { TemplateKind } from './kinds.ts';
import { SETTINGS_FILE } from './settings.ts';
import { saidBy, toolOn, type WasmTools, wasmTools } from './wasm-tools.ts';
import { placeOfMistake, WIT_FOLDER, worldsIn } from './wit.ts';

/** What a build wrote. */
export interface BuildReport {
  readonly file: string;
  readonly bytes: number;
  readonly tool: string;
  /** Files with types, in the project. */
  readonly types: readonly string[];
  /** What the component exports, in WIT. */
  readonly functions: readonly string[];
}

const BUILDERS: Readonly<Record<TemplateKind, (project: Project, world: Component) => Promise<Built>>> = {
  js: buildJs,
  ts: buildJs,
  c: buildC,
  rust: buildRust,
  wat: buildWat,
};

/** Builds the component of a project, holds it against its world, and writes it. */
export async function buildProject(project: Project, out: string): Promise<BuildReport> {
  const { folder, settings } = project;
  refuseOut(out);
  const world = await worldOf(project, await wasmTools(folder));
  const isJs = settings.template === 'js' || settings.template === 'ts';
  const types = isJs ? await writeGuestTypes(folder, world, settings.engine) : [];
  const { bytes, tool } = await BUILDERS[settings.template](project, world);
  const component = await within({ place: join(folder, settings.source) }, () => compile(bytes));
  checkExports(project, world, component);
  try {
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, bytes);
  } catch (cause) {
    throw placeWrong('out', out, cause);
  }
  const functions = exportedFunctions(world).map(({ signature }) => signature);
  return { file: out, bytes: bytes.length, tool, types, functions };
}

async function buildWat({ folder, settings }: Project): Promise<Built> {
  const file = join(folder, settings.source);
  const tools = await wasmTools(folder);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw readFailed(file, cause);
  });
  return {
    bytes: await toolOn(file, 'jco-transpile', () => tools.parse(text)),
    tool: `jco-transpile ${tools.version}`,
  };
}

/** The world of a project as a component that has it and does nothing: what can be said of one can be said of the other. */
async function worldOf({ folder, settings, wit }: Project, tools: WasmTools): Promise<Component> {
  const place = join(folder, WIT_FOLDER);
  const embed = (witSource: string, name?: string): Promise<Uint8Array> =>
    tools.componentEmbed({ witSource, dummy: true, ...(name !== undefined && { world: name }) });
  const complaint = (text: string): Promise<string | undefined> => embed(text).then(() => undefined, saidBy);
  try {
    const bytes = await tools.componentNew(await embed(wit, settings.world), []);
    return await within({ place }, () => compile(bytes));
  } catch (cause) {
    if (cause instanceof CommandFailure) throw cause;
    const said = saidBy(cause);
    if (/^World .* not found/i.test(said)) throw worldMissing(folder, settings.world, await worldsIn(folder));
    const found = await placeOfMistake(folder, said, complaint);
    if (!found) throw buildFailed(place, 'jco-transpile', said, cause);
    throw buildFailed(found.file, 'jco-transpile', `line ${found.line}: ${said}`, cause);
  }
}

function worldMissing(folder: string, world: string, worlds: readonly string[]): Error {
  const there = worlds.length > 0 ? worlds.map((name) => `"${name}"`).join(', ') : 'none';
  return projectInvalid(join(folder, SETTINGS_FILE), [
    `"world" is "${world}", and the worlds of ${join(folder, WIT_FOLDER)} are: ${there}`,
  ]);
}

/** Text and compilers know nothing of the world, and a tool may leave out what it finds no code for. */
function checkExports({ folder, settings }: Project, world: Component, built: Component): void {
  const found = new Map(exportedFunctions(built).map(({ name, signature }) => [name, signature]));
  const problems = exportedFunctions(world).flatMap(({ name, signature }) => {
    const other = found.get(name);
    if (other === signature) return [];
    return [`the world exports ${signature}\n  and the component ${other === undefined ? 'does not' : other}`];
  });
  if (problems.length > 0) throw buildFailed(join(folder, settings.source), 'loop', problems.join('\n'));
}

/** Never overwrites a file that is no WebAssembly, such as the source: it would be lost. */
function refuseOut(file: string): void {
  if (file === '' || file === '-')
    throw optionWrong('out', file, 'it names no file', 'write it as --out app.wasm: a component is not printed');
  const why = 'it is there, is no component, and would be lost';
  refuseOthers({ option: 'out', file, why, isOurs: () => startOf(file, 4) === '\0asm' });
}
