import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import * as nodeModule from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { type Component, isLoopError } from '@loophost/component';
import { readFailed, writeFailed } from '../errors.ts';
import { buildFailed } from './errors.ts';
import { exportsCheck, missingFrom } from './js-exports.ts';
import { loadNpmTool, needNpmTool } from './npm-tools.ts';
import type { Built, Project } from './project.ts';
import { WIT_FOLDER } from './wit.ts';
import { toolOn } from './wasm-tools.ts';

interface Componentized {
  readonly component: Uint8Array;
}

interface QuickJs {
  componentize(options: {
    readonly witPath: string;
    readonly world: string;
    readonly jsSource: string;
    readonly jsPath: string;
    readonly moduleRoot: string;
    readonly sync: boolean;
    readonly optSize: boolean;
    readonly stubWasi: boolean;
  }): Promise<Componentized>;
}

interface StarlingMonkey {
  componentize(options: {
    readonly sourcePath: string;
    readonly witWorld: string;
    readonly worldName: string;
    readonly disableFeatures: readonly string[];
  }): Promise<Componentized>;
}

/** Builds a component of JavaScript or TypeScript: the sources and an engine that runs them. */
export async function buildJs(project: Project, world: Component): Promise<Built> {
  const source = await stage(project);
  if (project.settings.engine === 'starlingmonkey') return await withStarling(project, source);
  return await withQuickJs(project, source, world);
}

async function withQuickJs({ folder, settings }: Project, source: string, world: Component): Promise<Built> {
  const tool = needNpmTool('componentize-qjs', folder);
  const { componentize } = await loadNpmTool<QuickJs>(tool, folder);
  const text = await readSource(source);
  const file = join(folder, settings.source);
  const componentOf = (jsSource: string): Promise<Componentized> =>
    componentize({
      witPath: join(folder, WIT_FOLDER),
      world: settings.world,
      jsSource,
      jsPath: resolve(source),
      moduleRoot: resolve(folder),
      sync: true,
      optSize: true,
      stubWasi: !settings.wasi,
    });
  const { component } = await toolOn(file, tool.name, async () => {
    try {
      return await componentOf(text + exportsCheck(world, basename(source)));
    } catch (thrown) {
      const missing = missingFrom(thrown);
      if (missing !== undefined) throw buildFailed(file, 'loop', missing, thrown);
      // What the engine says of the module alone: a place behind its end means nothing to its author.
      return await componentOf(text);
    }
  });
  return { bytes: component, tool: `${tool.name} ${tool.version}` };
}

/** Left out always: a component that may use the network imports it, and runs nowhere without a grant. */
const HTTP_FEATURES: readonly string[] = ['http', 'fetch-event'];
/** What StarlingMonkey uses of WASI, when it may. */
const WASI_FEATURES: readonly string[] = ['stdio', 'random', 'clocks', ...HTTP_FEATURES];

async function withStarling({ folder, settings, wit }: Project, source: string): Promise<Built> {
  const tool = needNpmTool('@bytecodealliance/componentize-js', folder);
  const { componentize } = await loadNpmTool<StarlingMonkey>(tool, folder);
  await readSource(source);
  const { component } = await toolOn(join(folder, settings.source), tool.name, () =>
    componentize({
      sourcePath: resolve(source),
      witWorld: wit,
      worldName: settings.world,
      disableFeatures: settings.wasi ? HTTP_FEATURES : WASI_FEATURES,
    }),
  );
  return { bytes: component, tool: `${tool.name} ${tool.version}` };
}

async function readSource(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((cause: unknown) => {
    throw readFailed(file, cause);
  });
}

const STAGED = 'build/source';

/** Gives the file to build: for TypeScript that of a copy of the source's folder, without types. */
async function stage({ folder, settings }: Project): Promise<string> {
  const { source, template } = settings;
  if (template === 'js') return join(folder, source);
  const [from, to] = [join(folder, dirname(source)), join(folder, STAGED, dirname(source))];
  const names = await readdir(from, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw readFailed(from, cause);
  });
  try {
    await rm(join(folder, STAGED), { recursive: true, force: true });
    for (const entry of names.filter((each) => each.isFile())) {
      const path = join(entry.parentPath, entry.name);
      const copy = join(to, path.slice(from.length));
      await mkdir(dirname(copy), { recursive: true });
      if (!/\.m?ts$/.test(path)) await cp(path, copy);
      else await writeFile(copy, await toolOn(path, 'Node', async () => withoutTypes(await readSource(path))));
    }
  } catch (cause) {
    throw isLoopError(cause) ? cause : writeFailed(to, cause, 'for the project');
  }
  return join(folder, STAGED, source);
}

/** Blanks types out: lines and columns stay, for the guest's backtraces. */
function withoutTypes(text: string): string {
  const { emitWarning } = process;
  // Node calls the function experimental on standard error, which is no news to who builds a component.
  process.emitWarning = () => undefined;
  try {
    return nodeModule.stripTypeScriptTypes(text);
  } catch (thrown) {
    throw withPlace(thrown as Error);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Node has the place of a mistake at the head of the stack alone: the line, the text up to there, and a caret below. */
function withPlace(error: Error): Error {
  const [, line, text = '', before = ''] = /^[^\n]*:(\d+)\n([^]*?)\n( *)\^/.exec(error.stack ?? '') ?? [];
  if (line === undefined) return error;
  const shown = text.split('\n').at(-1) ?? '';
  return new Error(`${error.message}, at ${line}:${before.length + 1}\n${shown.trim()}`, { cause: error });
}
