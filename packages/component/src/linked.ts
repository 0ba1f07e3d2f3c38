/// <reference lib="esnext.disposable" preserve="true" />
import type { Codecs } from './abi/codecs.ts';
import { Store } from './abi/store.ts';
import { outOfMemory } from './errors.ts';
import { type CoreRequest, execute, Frame, type Items } from './link/execute.ts';
import { type ExportsObject, ExportsBuilder } from './link/exports.ts';
import { realItems, type Resolved } from './link/imports.ts';
import { Instantiation, type RealKinds } from './link/instantiation.ts';
import type { Limits } from './limits.ts';
import type { Program } from './plan.ts';
import type { WasmInstance, WasmModule } from './types/web-assembly.ts';

interface LinkedParts {
  readonly program: Program;
  readonly modules: readonly WasmModule[];
  readonly limits: Limits;
  readonly resolved: ReadonlyMap<string, Resolved>;
  readonly suspends: readonly boolean[];
  readonly codecs: Codecs;
  readonly servedBy: ReadonlyMap<string, string>;
}

/** A component whose imports are resolved and checked. Made by `component.link`; makes any number of instances. */
export class Linked {
  private readonly parts: LinkedParts;

  constructor(parts: LinkedParts) {
    this.parts = parts;
  }

  /** Which entry of the imports serves each import, by name. */
  get servedBy(): ReadonlyMap<string, string> {
    return this.parts.servedBy;
  }

  /**
   * Makes an instance with state of its own: instantiates the core modules and runs their start functions.
   *
   * @throws {LoopError} a trap code when a start function traps; `E_OUT_OF_MEMORY` when the runtime cannot give the
   *   memory that the component starts with; `E_DISPOSE_FAILED` when besides a host resource could not be disposed.
   */
  async instantiate(): Promise<Instance> {
    const { program, modules, limits, resolved, suspends, codecs } = this.parts;
    const store = new Store(limits);
    const domain = new Instantiation(store, modules, codecs, suspends);
    const frame = new Frame<RealKinds>(undefined, domain.enter(undefined));
    const running = execute(domain, program.root, frame, realItems(resolved));
    try {
      const items = await drive(running);
      return new Instance(store, new ExportsBuilder(frame.state.resources).build(program.root.exports, items));
    } catch (thrown) {
      // Nobody gets the instance, so nobody can dispose of it.
      store.isDisposed = true;
      throw store.fail(thrown);
    }
  }
}

/** Carries out the core instantiations that a running plan asks for. */
async function drive(running: Generator<CoreRequest, Items<RealKinds>, WasmInstance>): Promise<Items<RealKinds>> {
  let step = running.next();
  while (!step.done) {
    const { module, imports } = step.value;
    step = running.next(await instantiateCore(module, imports as WebAssembly.Imports));
  }
  return step.value;
}

/** Browsers refuse to instantiate a large module synchronously on the main thread; it then happens asynchronously. */
function instantiateCore(module: WasmModule, imports: WebAssembly.Imports): WasmInstance | Promise<WasmInstance> {
  try {
    return new WebAssembly.Instance(module, imports);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    if (thrown.message.includes('main thread')) return WebAssembly.instantiate(module, imports);
    throw /memory/i.test(thrown.message) ? outOfMemory(thrown) : thrown;
  }
}

/** One running component. */
export class Instance {
  /** Functions in camelCase and resource classes in PascalCase; interfaces under their exact WIT names. */
  readonly exports: ExportsObject;
  private readonly store: Store;

  constructor(store: Store, exports: ExportsObject) {
    this.store = store;
    this.exports = exports;
  }

  /** A guest in it trapped, so that no call can enter any more. */
  get hasTrapped(): boolean {
    return this.store.trapped !== undefined;
  }

  /**
   * Ends the instance: calls fail with `E_INSTANCE_DISPOSED`, also one that is suspended in an import, and one that is
   * under way as soon as the import that it is in returns. Host resources that the instance owned are disposed; of a call
   * that is under way, when it ends. Does nothing the second time.
   *
   * @throws {LoopError} `E_DISPOSE_FAILED` when host resources could not be disposed; all others are.
   */
  [Symbol.dispose](): void {
    if (!this.store.isDisposed) this.store.dispose();
  }
}
