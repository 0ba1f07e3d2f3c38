import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The root folder of the repository. */
export const ROOT: string = join(import.meta.dirname, '../..');

/** What our checks read of a `package.json`. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A folder of `packages/` or `apps/` that holds a package. */
export interface Package {
  /** `packages` or `apps`. */
  readonly area: string;
  /** The folder's name, like `component`. */
  readonly room: string;
  /** The absolute path of the folder. */
  readonly dir: string;
  readonly manifest: Manifest;
}

export function readManifest(dir: string): Manifest {
  return JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as Manifest;
}

/** All packages below `root`, in order of their names. */
export function packages(root: string = ROOT): Package[] {
  return ['packages', 'apps'].flatMap((area) =>
    folders(join(root, area))
      .map((room) => ({ area, room, dir: join(root, area, room) }))
      .filter(({ dir }) => existsSync(join(dir, 'package.json')))
      .map((found) => ({ ...found, manifest: readManifest(found.dir) })),
  );
}

/** The paths of all files below `dir` whose names end in one of `endings`, without what tools have written. */
export function filesBelow(dir: string, endings: readonly string[]): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/[\\/](node_modules|dist)[\\/]/.test(path.slice(dir.length)))
    .toSorted();
}

function folders(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}
