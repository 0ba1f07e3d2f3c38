import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { rolldown } from 'rolldown';
import type { Package } from './workspace.ts';

/**
 * Bundles what a package publishes: one ES module for each entry, what entries share in files beside them. Dependencies
 * stay imports. With source maps, and not minified but for programs of threads: users read it in their debuggers.
 *
 * @param to - The folder to write to, emptied before. Default `dist/bundle` of the package.
 */
export async function bundlePackage(owner: Package, to: string = join(owner.dir, 'dist/bundle')): Promise<string[]> {
  rmSync(to, { recursive: true, force: true });
  const entries = Object.entries(entriesOf(owner));
  const isAlone = ([name]: readonly [string, string]): boolean => ALONE.includes(name);
  const files = await write(Object.fromEntries(entries.filter((entry) => !isAlone(entry))), to, 'shared.js');
  for (const [name, source] of entries.filter(isAlone))
    files.push(...(await write({ [name]: source }, to, `${name}-[name].js`, true)));
  return files;
}

/**
 * Programs of threads, which hold what they import from other packages: one file is found and read much faster than
 * several, and threads are started all the time.
 */
const ALONE: readonly string[] = ['thread'];

async function write(input: Record<string, string>, to: string, shared: string, isAlone = false): Promise<string[]> {
  const build = await rolldown({
    input,
    platform: 'neutral',
    // Whatever is not named by a path is a dependency or a module of Node.
    external: (id, from) =>
      from !== undefined && !id.startsWith('.') && !id.startsWith('/') && !(isAlone && id.startsWith('@loophost/')),
    resolve: { conditionNames: ['@loophost/source', 'import', 'default'] },
    checks: { pluginTimings: false },
  });
  const { output } = await build.write({
    dir: to,
    format: 'esm',
    sourcemap: true,
    // A program of a thread is read anew by each thread, so its size is time.
    minify: isAlone,
    entryFileNames: '[name].js',
    chunkFileNames: shared,
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
  return basename(file, '.js');
}
