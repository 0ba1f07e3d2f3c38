import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { rolldown } from 'rolldown';
import type { Package } from './workspace.ts';

/**
 * Bundles what a package publishes: one ES module for each entry, what entries share in files beside them. Dependencies
 * stay imports. Not minified, with source maps: users read it in their debuggers.
 *
 * @param to - The folder to write to, emptied before. Default `dist/bundle` of the package.
 */
export async function bundlePackage(owner: Package, to: string = join(owner.dir, 'dist/bundle')): Promise<string[]> {
  const build = await rolldown({
    input: entriesOf(owner),
    platform: 'neutral',
    // Whatever is not named by a path is a dependency or a module of Node.
    external: (id, from) => from !== undefined && !id.startsWith('.') && !id.startsWith('/'),
    checks: { pluginTimings: false },
  });
  rmSync(to, { recursive: true, force: true });
  const { output } = await build.write({
    dir: to,
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'shared.js',
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
