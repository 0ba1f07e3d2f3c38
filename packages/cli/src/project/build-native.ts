import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { readFailed } from '../errors.ts';
import { buildFailed, toolMissing } from './errors.ts';
import { needNpmTool } from './npm-tools.ts';
import type { Built, Project } from './project.ts';
import { CLANG, type Compiler, type CompilerKind, run, RUSTC } from './toolchains.ts';
import { toolOn, wasmTools } from './wasm-tools.ts';

/** A reactor: otherwise the linker wraps every export, `cabi_realloc` too, in the constructors of the C library. */
const C_FLAGS = ['-mexec-model=reactor', '-std=c11', '-O2', '-Wall', '-Wextra', '-Wl,--strip-all'];
const RUST_FLAGS = [
  '--edition=2021', '--crate-type=cdylib', '--crate-name=component', '-Copt-level=s', '-Cpanic=abort', '-Ccodegen-units=1',
  '-Cstrip=symbols',
]; // prettier-ignore

export function buildC(project: Project): Promise<Built> {
  return buildCore(project, CLANG, 'clang', ({ target }, source, out) => [
    `--target=${target}`,
    ...C_FLAGS,
    source,
    '-o',
    out,
  ]);
}

export function buildRust(project: Project): Promise<Built> {
  return buildCore(project, RUSTC, 'rustc', ({ target, linker }, source, out) => [
    ...RUST_FLAGS,
    `--target=${target}`,
    ...(linker === undefined ? [] : [`-Clinker=${linker}`, '-Clinker-flavor=wasm-ld']),
    source,
    '-o',
    out,
  ]);
}

/** Compiles a core module that follows the canonical ABI, and makes a component of the project's world of it. */
async function buildCore(
  project: Project,
  kind: CompilerKind,
  name: string,
  args: (compiler: Compiler, source: string, out: string) => string[],
): Promise<Built> {
  const { folder, settings, wit } = project;
  const file = join(folder, settings.source);
  const tools = await wasmTools(folder);
  await readFile(file).catch((cause: unknown) => {
    throw readFailed(file, cause);
  });
  const compiler = await kind.find();
  if (!compiler) throw toolMissing(kind);
  const core = await compile(compiler, name, file, args);
  const adapters = await adaptersFor(core, folder);
  const bytes = await toolOn(file, 'jco-transpile', async () => {
    const embedded = await tools.componentEmbed({ binary: core, witSource: wit, world: settings.world });
    return await tools.componentNew(embedded, adapters);
  });
  return { bytes, tool: `${name} ${compiler.version}, jco-transpile ${tools.version}` };
}

/** Compilers run in the source's folder, so that no path of the machine enters the bytes. */
async function compile(
  compiler: Compiler,
  name: string,
  file: string,
  args: (compiler: Compiler, source: string, out: string) => string[],
): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'loop-'));
  try {
    const out = join(folder, 'core.wasm');
    await run(compiler.program, args(compiler, basename(file), out), { cwd: dirname(file) }).catch((cause: unknown) => {
      const { stderr, message } = cause as { stderr?: string; message: string };
      throw buildFailed(file, name, stderr || message, cause);
    });
    return await readFile(out);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const WASI_1 = 'wasi_snapshot_preview1';

/** A module that uses the C library's input and output imports WASI 0.1, which an adapter turns into 0.2. */
async function adaptersFor(core: Buffer, project: string): Promise<readonly (readonly [string, Uint8Array])[]> {
  if (!core.includes(WASI_1)) return [];
  const { folder } = needNpmTool('@bytecodealliance/jco', project);
  return [[WASI_1, await readFile(join(folder, `lib/${WASI_1}.reactor.wasm`))]];
}
