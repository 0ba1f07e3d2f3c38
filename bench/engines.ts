import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export type Functions = Readonly<Record<string, (...args: never[]) => unknown>>;
/** Host functions by interface name with version. */
export type HostInterfaces = Readonly<Record<string, Functions>>;

/** A component that an engine has ready to be instantiated. */
export interface Loaded {
  instantiate(imports: HostInterfaces): Promise<Record<string, unknown>>;
}

export interface Engine {
  readonly name: string;
  /** From the component's bytes to something that instantiates, with nothing cached. */
  load(bytes: Uint8Array): Promise<Loaded>;
  /** Frees what loading left behind. */
  close(): void;
}

export async function loophost(): Promise<Engine> {
  const { compile } = await import('@loophost/component');
  return {
    name: '@loophost/component',
    load: async (bytes) => {
      const component = await compile(bytes);
      return { instantiate: async (imports) => (await component.link(imports).instantiate()).exports };
    },
    close: () => undefined,
  };
}

interface JcoGlue {
  instantiate(getCore: (path: string) => WebAssembly.Module, imports: object): Promise<Record<string, unknown>>;
}

interface Transpiler {
  transpileBytes(bytes: Uint8Array, options: object): Promise<{ files: Record<string, Uint8Array> }>;
}

/** jco as its users run it from a program: transpile, import the glue that comes out, compile its core modules. */
export async function jcoTranspile(): Promise<Engine> {
  const { transpileBytes } = (await import('@bytecodealliance/jco-transpile')) as unknown as Transpiler;
  const folder = mkdtempSync(join(tmpdir(), 'loophost-bench-'));
  let count = 0;
  return {
    name: '@bytecodealliance/jco-transpile',
    load: async (bytes) => {
      const { files } = await transpileBytes(bytes, {
        name: 'guest',
        instantiation: 'async',
        emitTypescriptDeclarations: false,
      });
      const glue = join(folder, `glue-${count++}.mjs`);
      const modules = new Map<string, WebAssembly.Module>();
      for (const [name, content] of Object.entries(files)) {
        if (name.endsWith('.js')) writeFileSync(glue, content);
        else if (name.endsWith('.wasm'))
          modules.set(name, await WebAssembly.compile(content as Uint8Array<ArrayBuffer>));
      }
      const { instantiate } = (await import(pathToFileURL(glue).href)) as JcoGlue;
      return {
        instantiate: (imports) =>
          instantiate((path) => modules.get(path) as WebAssembly.Module, withoutVersions(imports)),
      };
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** jco names imports without their version. */
function withoutVersions(imports: HostInterfaces): object {
  return Object.fromEntries(Object.entries(imports).map(([name, functions]) => [name.replace(/@.*$/, ''), functions]));
}

interface Jsco {
  createComponent(
    source: unknown,
    options: object,
  ): Promise<{ instantiate(imports: object): Promise<{ exports: Record<string, unknown> }> }>;
}

/** A checkout of pavelsavara/jsco whose release build was made (`npx rollup -c --environment Configuration:Release`). */
export async function jsco(folder: string): Promise<Engine> {
  const { createComponent } = (await import(pathToFileURL(join(folder, 'dist/release/index.js')).href)) as Jsco;
  const scratch = mkdtempSync(join(tmpdir(), 'loophost-bench-'));
  let count = 0;
  return {
    name: 'jsco',
    load: async (bytes) => {
      // Of its sources, files are what works in Node.
      const file = join(scratch, `guest-${count++}.wasm`);
      writeFileSync(file, bytes);
      const component = await createComponent(file, { noJspi: true });
      return { instantiate: async (imports) => (await component.instantiate(imports)).exports };
    },
    close: () => rmSync(scratch, { recursive: true, force: true }),
  };
}
