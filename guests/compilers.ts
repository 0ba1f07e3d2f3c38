import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { type Guest, GUESTS_DIR, type Recipe } from './recipes.ts';
import type { Toolchain } from './toolchains.ts';

const run = promisify(execFile);

type Of<Kind> = Extract<Recipe, { readonly kind: Kind }>;

/** Builds the component of a guest. Compilers run in the guest's folder, so that no path of the machine enters the bytes. */
export async function compileGuest({ recipe }: Guest, toolchain: Toolchain): Promise<Uint8Array> {
  switch (recipe.kind) {
    case 'wat':
      return await (await wasmTools()).parse(await text(recipe.source));
    case 'c':
      return await embed(await compileC(recipe, toolchain), recipe);
    case 'rust':
      return await embed(await compileRust(recipe.source, toolchain, 'cdylib'), recipe);
    case 'rust-command':
      return await adapt(await compileRust(recipe.source, toolchain, 'bin'));
    case 'js':
      return await compileJs(recipe);
  }
}

/** A reactor: otherwise the linker wraps every export, `cabi_realloc` too, in the constructors of the C library. */
const C_FLAGS = [
  '--target=wasm32-wasi',
  '-mexec-model=reactor',
  '-std=c11',
  '-O2',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wl,--strip-all',
];
const RUST_FLAGS = [
  '--edition=2021',
  '-Copt-level=s',
  '-Cpanic=abort',
  '-Ccodegen-units=1',
  '-Cstrip=symbols',
  '-Dwarnings',
];

async function compileC({ source }: Of<'c'>, { program }: Toolchain): Promise<Uint8Array> {
  return await inFolder(async (folder) => {
    const out = join(folder, 'core.wasm');
    await run(program, [...C_FLAGS, basename(source), '-o', out], { cwd: join(GUESTS_DIR, dirname(source)) });
    return await readFile(out);
  });
}

async function compileRust(source: string, toolchain: Toolchain, crate: 'cdylib' | 'bin'): Promise<Uint8Array> {
  const linker = toolchain.linker === undefined ? [] : [`-Clinker=${toolchain.linker}`, '-Clinker-flavor=wasm-ld'];
  return await inFolder(async (folder) => {
    const out = join(folder, 'core.wasm');
    const args = [
      ...RUST_FLAGS,
      `--crate-type=${crate}`,
      `--target=${toolchain.target}`,
      ...linker,
      basename(source),
      '-o',
      out,
    ];
    await run(toolchain.program, args, { cwd: join(GUESTS_DIR, dirname(source)) });
    return await readFile(out);
  });
}

/** Makes a component of a core module that follows the canonical ABI by hand. */
async function embed(core: Uint8Array, recipe: Of<'c' | 'rust'>): Promise<Uint8Array> {
  const tools = await wasmTools();
  const { world } = recipe;
  const embedded = await tools.componentEmbed({ binary: core, witSource: await witText(recipe.wit), world });
  return await tools.componentNew(embedded, []);
}

/** Makes a component of a WASI 0.1 command, with the adapter that comes with jco. */
async function adapt(core: Uint8Array): Promise<Uint8Array> {
  const { preview1AdapterCommandPath } = await import('@bytecodealliance/jco');
  const adapter = await readFile(preview1AdapterCommandPath());
  return await (await wasmTools()).componentNew(core, [['wasi_snapshot_preview1', adapter]]);
}

async function compileJs({ source, wit, world }: Of<'js'>): Promise<Uint8Array> {
  const { componentize } = await import('componentize-qjs');
  return await inFolder(async (folder) => {
    const witPath = join(folder, 'world.wit');
    await writeFile(witPath, await witText(wit));
    const options = { sync: true, optSize: true, stubWasi: true };
    const { component } = await componentize({ witPath, world, jsSource: await text(source), ...options });
    return withoutBuilderPaths(component);
  });
}

/**
 * The JavaScript engine comes with the paths of the machine that built it, for messages that a stubbed guest cannot
 * print. They are blanked, in place.
 */
function withoutBuilderPaths(bytes: Uint8Array): Uint8Array {
  const latin1 = Buffer.from(bytes).toString('latin1');
  const blanked = latin1.replace(/\/home\/runner\/\.cargo\/(?:registry\/src|git\/checkouts)\/[\w.-]+\//g, (path) =>
    '/'.padEnd(path.length, '_'),
  );
  return Buffer.from(blanked, 'latin1');
}

/** Joins WIT files into one document: the `package` line stands once. Tools that read WIT from a path need a preopen. */
async function witText(files: readonly string[]): Promise<string> {
  const [first = '', ...others] = await Promise.all(files.map(text));
  return [first, ...others.map((other) => other.replace(/^package .*;$/m, ''))].join('\n');
}

async function text(file: string): Promise<string> {
  return await readFile(join(GUESTS_DIR, file), 'utf8');
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'loophost-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Loaded when needed: `check` does without. */
async function wasmTools(): Promise<typeof import('@bytecodealliance/jco-transpile/wasm-tools')> {
  return await import('@bytecodealliance/jco-transpile/wasm-tools');
}
