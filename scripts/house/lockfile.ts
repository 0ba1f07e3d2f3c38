import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './workspace.ts';

/** What we read of an entry of `package-lock.json`. */
interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** `package-lock.json`: entries by their path, like `node_modules/a/node_modules/b`. */
export interface Lockfile {
  packages: Record<string, LockEntry>;
  readonly [field: string]: unknown;
}

const PATH = join(ROOT, 'package-lock.json');
const CPUS: readonly string[] = ['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];
const SYSTEMS: readonly string[] = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const LIBCS: Readonly<Record<string, string>> = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };

export function readLockfile(): Lockfile {
  return JSON.parse(readFileSync(PATH, 'utf8')) as Lockfile;
}

export function writeLockfile(lock: Lockfile): void {
  writeFileSync(PATH, `${JSON.stringify(lock, null, 2)}\n`);
}

/** An optional dependency that no entry of the lockfile provides. */
export interface Gap {
  readonly parent: string;
  readonly name: string;
  readonly version: string;
}

/** The optional dependencies without an entry. With one of them missing, `npm ci` refuses the whole lockfile. */
export function gapsOf({ packages }: Lockfile): Gap[] {
  return Object.entries(packages).flatMap(([parent, { optionalDependencies }]) =>
    Object.entries(optionalDependencies ?? {})
      .filter(([name, version]) => !isServed(packages, parent, name, version))
      .map(([name, version]) => ({ parent, name, version })),
  );
}

/** Platform packages are asked for by exact version; of one asked for by a range, any entry will do. */
function isServed(packages: Lockfile['packages'], parent: string, name: string, version: string): boolean {
  const nearest = ancestors(parent)
    .map((path) => packages[`${path}node_modules/${name}`])
    .find((entry) => entry !== undefined);
  return nearest !== undefined && (nearest.version === version || !/^\d/.test(version));
}

/**
 * Adds an entry for each gap: version and platform, which is all that npm needs to skip it elsewhere.
 *
 * A registry mirror may lack builds for other platforms than its own; npm then writes a lockfile that it refuses itself.
 */
export function withoutGaps(lock: Lockfile): Lockfile {
  const filled = { ...lock.packages };
  for (const { parent, name, version } of gapsOf(lock)) {
    const top = `node_modules/${name}`;
    const path = filled[top] && filled[top].version !== version ? `${parent}/${top}` : top;
    const { cpu, libc, os } = platformOf(name);
    const dev = lock.packages[parent]?.dev && { dev: true };
    filled[path] = { version, ...(cpu && { cpu }), ...dev, ...(libc && { libc }), optional: true, ...(os && { os }) };
  }
  const sorted = Object.entries(filled).toSorted(([a], [b]) => a.localeCompare(b, 'en'));
  return { ...lock, packages: Object.fromEntries(sorted) };
}

/** The folders in which Node looks for dependencies of the package at `path`, nearest first, each ending in a slash or empty. */
function ancestors(path: string): string[] {
  const steps = path.split('/node_modules/');
  const own = steps.map((_, i) => `${steps.slice(0, steps.length - i).join('/node_modules/')}/`);
  return path === '' ? [''] : [...own, ''];
}

interface Platform {
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly os?: readonly string[];
}

/** Reads the platform from a name like `@oxfmt/binding-linux-arm-musleabihf`. */
function platformOf(name: string): Platform {
  const words = name.split(/[/-]/);
  const cpu = words.filter((word) => CPUS.includes(word));
  const libc = words.flatMap((word) => LIBCS[word] ?? []);
  const os = words.filter((word) => SYSTEMS.includes(word));
  if (cpu.length + os.length === 0) throw new Error(`cannot tell the platform of "${name}" from its name`);
  return { ...(cpu.length > 0 && { cpu }), ...(libc.length > 0 && { libc }), ...(os.length > 0 && { os }) };
}
