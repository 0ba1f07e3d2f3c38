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
  const entries = Object.entries(entriesOf(owner));
  const files = await write(Object.fromEntries(entries.filter(([name]) => !isProgram(name))), to, LIBRARY);
  for (const [name, source] of entries.filter(([name]) => isProgram(name)))
    files.push(...(await write({ [name]: source }, to, programOf(name))));
  return files;
}

/**
 * Programs hold what they import from other packages: few files are found and read much faster than many, and threads
 * and commands are started all the time. Node starts one of CommonJS modules faster still.
 */
const PROGRAMS: readonly string[] = ['main', 'thread'];

function isProgram(name: string): boolean {
  return PROGRAMS.includes(name);
}

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

/** The sources behind each published file: named by the condition `@loophost/source`, or like the program of `bin`. */
function entriesOf({ dir, manifest }: Package): Record<string, string> {
  const exported = Object.values(manifest.exports ?? {}) as Readonly<Record<string, string>>[];
  const entries = exported.map(({ '@loophost/source': source = '', default: file = '' }) => [file, source] as const);
  const programs = Object.values(manifest.bin ?? {}).map((file) => [file, `src/${nameOf(file)}.ts`] as const);
  return Object.fromEntries([...entries, ...programs].map(([file, source]) => [nameOf(file), join(dir, source)]));
}

function nameOf(file: string): string {
  return basename(file).replace(/\.c?js$/, '');
}
