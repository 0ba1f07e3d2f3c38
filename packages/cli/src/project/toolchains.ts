import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, constants, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

export const run: (
  program: string,
  args: readonly string[],
  options?: { readonly cwd?: string },
) => Promise<{ stdout: string; stderr: string }> = async (program, args, options = {}) =>
  await promisify(execFile)(program, [...args], { ...options, encoding: 'utf8', maxBuffer: 16_000_000 });

/** A compiler for WebAssembly, as found on this machine. */
export interface Compiler {
  readonly program: string;
  readonly version: string;
  readonly target: string;
  readonly linker?: string | undefined;
}

/** What to look for: its name, and how it comes onto the machine. */
export interface CompilerKind {
  readonly name: string;
  readonly install: string;
  find(): Promise<Compiler | undefined>;
}

/** clang with a C library for WebAssembly. */
export const CLANG: CompilerKind = {
  name: 'clang that links for wasm32-wasi',
  install: 'apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32 (or set CLANG to the clang of the WASI SDK)',
  find: findClang,
};

/** rustc with the standard library for WebAssembly. */
export const RUSTC: CompilerKind = {
  name: 'rustc with the target wasm32-unknown-unknown',
  install:
    'apt-get install rustc libstd-rust-dev-wasm32 lld (or, with rustup: rustup target add wasm32-unknown-unknown)',
  find: findRustc,
};

const CLANG_TARGET = 'wasm32-wasi';
const RUST_TARGET = 'wasm32-unknown-unknown';

async function findClang(): Promise<Compiler | undefined> {
  for (const program of await programs('CLANG', ['clang', ...['22', '20', '19', '18', '16', '14'].map(clangOf)])) {
    if (await linksWasi(program)) return { program, version: await versionOf(program), target: CLANG_TARGET };
  }
  return undefined;
}

function clangOf(version: string): string {
  return `clang-${version}`;
}

/** The compiler, the linker and the C library come in separate packages: only a trial tells. */
async function linksWasi(clang: string): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'loop-'));
  const source = join(folder, 'trial.c');
  try {
    await writeFile(source, '#include <stdlib.h>\nvoid *trial(void) { return malloc(1); }\n');
    await run(clang, [`--target=${CLANG_TARGET}`, '-mexec-model=reactor', source, '-o', join(folder, 'trial.wasm')]);
    return true;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function findRustc(): Promise<Compiler | undefined> {
  for (const program of await programs('RUSTC', ['rustc'])) {
    const library = await run(program, ['--print', 'target-libdir', '--target', RUST_TARGET]).catch(() => undefined);
    if (library === undefined || !existsSync(library.stdout.trim())) continue;
    // Debian's rustc comes without a linker of its own.
    const [linker] = await programs('WASM_LD', ['wasm-ld']);
    return { program, version: await versionOf(program), target: RUST_TARGET, linker };
  }
  return undefined;
}

/** The program that a variable of the environment names, else all of those names on the PATH, in order. */
export async function programs(variable: string, names: readonly string[]): Promise<string[]> {
  const named = process.env[variable];
  if (named) return [named];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)));
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

export async function versionOf(program: string): Promise<string> {
  const said = await run(program, ['--version']).catch(() => undefined);
  return /\d+\.\d+(?:\.\d+)*/.exec(said?.stdout ?? '')?.[0] ?? 'of unknown version';
}
