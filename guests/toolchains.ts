import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { access, constants, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import { GUESTS_DIR, type Recipe } from './recipes.ts';

const run = promisify(execFile);

/** What builds one kind of guest, as found on this machine. */
export interface Toolchain {
  /** Names and versions, as they stand in digests.json. */
  readonly version: string;
  /** The compiler's program, for the kinds that have one. */
  readonly program: string;
  readonly linker?: string | undefined;
  readonly target?: string;
}

/** Tells why a kind of guest cannot be built here, and what would change that. */
export class ToolchainMissing extends Error {
  readonly install: string;

  constructor(what: string, install: string) {
    super(what);
    this.name = 'ToolchainMissing';
    this.install = install;
  }
}

const DEBIAN_C = 'apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32';
const DEBIAN_RUST = 'apt-get install rustc libstd-rust-dev-wasm32 lld';

/**
 * Finds the toolchain for a kind of guest.
 *
 * @throws {ToolchainMissing} with an install line for Debian.
 */
export async function findToolchain(kind: Recipe['kind']): Promise<Toolchain> {
  switch (kind) {
    case 'c':
      return await findClang();
    case 'rust':
      return await findRust(['wasm32-unknown-unknown']);
    case 'rust-command':
      return await findRust(['wasm32-wasi', 'wasm32-wasip1']);
    case 'js':
      return { version: packageVersion('componentize-qjs'), program: '' };
    case 'wat':
      return { version: packageVersion('@bytecodealliance/jco-transpile'), program: '' };
  }
}

async function findClang(): Promise<Toolchain> {
  for (const program of await programs('CLANG', 'clang')) {
    if (await linksWasi(program)) {
      const version = `clang ${await versionOf(program)}, ${packageVersion('@bytecodealliance/jco-transpile')}`;
      return { version, program };
    }
  }
  throw new ToolchainMissing('clang that links programs for wasm32-wasi', DEBIAN_C);
}

/** The compiler, the linker and the C library come in separate packages: only a trial tells. */
async function linksWasi(clang: string): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'loophost-'));
  const source = join(folder, 'trial.c');
  try {
    await writeFile(source, '#include <stdlib.h>\nvoid *trial(void) { return malloc(1); }\n');
    await run(clang, ['--target=wasm32-wasi', '-mexec-model=reactor', source, '-o', join(folder, 'trial.wasm')]);
    return true;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** `targets` are names of one target: Rust renamed the one of WASI 0.1. */
async function findRust(targets: readonly string[]): Promise<Toolchain> {
  for (const program of await programs('RUSTC', 'rustc')) {
    for (const target of targets) {
      const library = await libraryOf(program, target);
      if (library === undefined || !existsSync(library)) continue;
      const [linker] = await programs('WASM_LD', 'wasm-ld');
      const version = `rustc ${await versionOf(program)}, ${packageVersion('@bytecodealliance/jco-transpile')}`;
      return { version, program, linker, target };
    }
  }
  const install = `${DEBIAN_RUST}  (or: rustup target add ${targets.at(-1)})`;
  throw new ToolchainMissing(`rustc with the target ${targets.join(' or ')}`, install);
}

async function libraryOf(rustc: string, target: string): Promise<string | undefined> {
  try {
    return (await run(rustc, ['--print', 'target-libdir', '--target', target])).stdout.trim();
  } catch {
    return undefined;
  }
}

/** The program that a variable of the environment names, else all of that name on the PATH, in order. */
async function programs(variable: string, name: string): Promise<string[]> {
  const named = process.env[variable];
  if (named) return [named];
  const paths = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  const found = await Promise.all(
    paths.map((path) =>
      access(path, constants.X_OK).then(
        () => path,
        () => undefined,
      ),
    ),
  );
  return found.filter((path) => path !== undefined);
}

async function versionOf(program: string): Promise<string> {
  const { stdout } = await run(program, ['--version']);
  return /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? 'of unknown version';
}

/** Packages seldom export their package.json, so it is read as a file. */
function packageVersion(name: string): string {
  try {
    const text = readFileSync(join(GUESTS_DIR, '../node_modules', name, 'package.json'), 'utf8');
    const { version } = JSON.parse(text) as { readonly version: string };
    return `${name.replace(/^@.*\//, '')} ${version}`;
  } catch {
    throw new ToolchainMissing(name, 'npm ci');
  }
}
