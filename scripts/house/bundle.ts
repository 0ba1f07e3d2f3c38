import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { rolldown } from 'rolldown';
import type { Package } from './workspace.ts';

/**
 * Bundles what a package publishes: one ES module for each entry, what entries share in files beside them. Dependencies
 * stay imports. With source maps, and not minified but for programs: users read it in their debuggers.
 *
 * @param to - The folder to write to, emptied before. Default `dist/bundle` of the package.
 */
export async function bundlePackage(owner: Package, to: string = join(owner.dir, 'dist/bundle')): Promise<string[]> {
  rmSync(to, { recursive: true, force: true });
  const files = await write(entriesOf(owner), to, LIBRARY);
  for (const [name, source] of Object.entries(PROGRAMS[owner.room] ?? {}))
    files.push(...(await write({ [name]: join(owner.dir, '..', source) }, to, programOf(name))));
  return files;
}

const THREAD = 'node/src/thread/thread.ts';

/**
 * Programs of each package, with their sources. They hold what they import from other packages: few files are found and
 * read much faster than many, and threads and commands are started all the time. Node starts one of CommonJS modules faster
 * still. What starts threads has the program of a thread beside it.
 */
const PROGRAMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  node: { thread: THREAD },
  cli: { main: 'cli/src/main.ts', thread: THREAD },
};

interface Form {
  readonly isProgram: boolean;
  readonly format: 'esm' | 'cjs';
  /** Names of the files of entries, and of those that several share or that are loaded later. */
  readonly entries: string;
  readonly chunks: string;
}

const LIBRARY: Form = { isProgram: false, format: 'esm', entries: '[name].js', chunks: 'shared.js' };

function programOf(name: string): Form {
  return { isProgram: true, format: 'cjs', entries: '[name].cjs', chunks: `${name}-[name].cjs` };
}

async function write(input: Record<string, string>, to: string, form: Form): Promise<string[]> {
  const build = await rolldown({
    input,
    platform: form.isProgram ? 'node' : 'neutral',
    // Whatever is not named by a path is a dependency or a module of Node.
    external: (id, from) =>
      from !== undefined &&
      !id.startsWith('.') &&
      !id.startsWith('/') &&
      !(form.isProgram && id.startsWith('@loophost/')),
    resolve: { conditionNames: ['@loophost/source', 'import', 'default'] },
    checks: { pluginTimings: false },
  });
  const { output } = await build.write({
    dir: to,
    format: form.format,
    sourcemap: true,
    // A program is read anew at each start, so its size is time.
    minify: form.isProgram,
    entryFileNames: form.entries,
    chunkFileNames: form.chunks,
  });
  await build.close();
  return output.flatMap((file) => (file.type === 'chunk' ? [join(to, file.fileName)] : []));
}

/** The sources behind each published file, named by the condition `@loophost/source`. */
function entriesOf({ dir, manifest }: Package): Record<string, string> {
  const exported = Object.values(manifest.exports ?? {}) as Readonly<Record<string, string>>[];
  return Object.fromEntries(
    exported.map(({ '@loophost/source': source = '', default: file = '' }) => [
      basename(file, '.js'),
      join(dir, source),
    ]),
  );
}
