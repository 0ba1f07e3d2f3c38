import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePackage } from './bundle.ts';
import { mustRun } from './run.ts';
import { type Package, packages } from './workspace.ts';

/** A package as `npm publish` would ship it. */
export interface Packed {
  readonly owner: Package;
  readonly tarball: string;
  readonly files: readonly string[];
}

/** Builds every public package from nothing, and packs it into a folder, emptied before. */
export async function packAll(folder: string): Promise<Packed[]> {
  const owners = packages().filter(({ manifest }) => !manifest.private);
  // `dist` may hold what deleted sources once were.
  for (const { dir } of owners) rmSync(join(dir, 'dist'), { recursive: true, force: true });
  mustRun('tsc', ['-b', ...owners.map(({ dir }) => dir)]);
  for (const owner of owners) await bundlePackage(owner);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  return owners.map((owner) => pack(owner, folder));
}

function pack(owner: Package, folder: string): Packed {
  const { stdout } = mustRun('npm', ['pack', '--json', '--pack-destination', folder], owner.dir);
  // npm 11 prints a list, npm 12 a record by package name.
  const [packed] = Object.values(JSON.parse(stdout) as Record<string, { filename: string; files: { path: string }[] }>);
  if (!packed) throw new Error(`npm pack printed nothing for "${owner.manifest.name}"`);
  return { owner, tarball: join(folder, packed.filename), files: packed.files.map(({ path }) => path) };
}
