import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Component, compile, type ExternItem, type FuncType, type Imports } from '@loophost/component';
import { type Engine, type HostInterfaces, jcoTranspile, type Loaded } from '../bench/engines.ts';
import { camelCase, parseExternName } from '../packages/component/src/types/names.ts';

const GUESTS = join(import.meta.dirname, '..', 'guests');

/** A function of an interface that a guest exports. */
export interface Exported {
  readonly interfaceName: string;
  readonly name: string;
  readonly key: string;
  readonly type: FuncType;
}

type Exports = Readonly<Record<string, unknown>>;

/** Calls one exported function of one instance. */
export type Call = (exported: Exported, args: readonly unknown[]) => unknown;

/** One component, loaded by both engines. */
export class Guest {
  readonly component: Component;
  private readonly jco: Loaded;
  private readonly engine: Engine;
  private readonly imports: HostInterfaces;

  private constructor(component: Component, engine: Engine, jco: Loaded, imports: HostInterfaces) {
    this.component = component;
    this.engine = engine;
    this.jco = jco;
    this.imports = imports;
  }

  /** Loads `guests/PATH.wasm`. */
  static async load(path: string, imports: HostInterfaces = {}): Promise<Guest> {
    const bytes = new Uint8Array(readFileSync(join(GUESTS, `${path}.wasm`)));
    const engine = await jcoTranspile();
    return new Guest(await compile(bytes), engine, await engine.load(bytes), imports);
  }

  /** The plain functions of its interfaces. Methods of resources need objects first. */
  get functions(): readonly Exported[] {
    return this.component.exports.flatMap((item) =>
      item.sort === 'instance' ? [...item.type.exports.values()].flatMap((member) => plain(item.name, member)) : [],
    );
  }

  /** The exports of a new instance of ours. */
  async oursExports(): Promise<Exports> {
    return (await this.component.link(this.imports as Imports).instantiate()).exports;
  }

  /** The exports of a new instance of jco's. */
  async theirExports(): Promise<Exports> {
    return await this.jco.instantiate(this.imports);
  }

  async ours(): Promise<Call> {
    return callIn(await this.oursExports());
  }

  async theirs(): Promise<Call> {
    return callIn(await this.theirExports());
  }

  close(): void {
    this.engine.close();
  }
}

function plain(interfaceName: string, item: ExternItem): Exported[] {
  const name = parseExternName(item.name);
  if (item.sort !== 'func' || typeof name === 'string' || name.kind !== 'label') return [];
  return [{ interfaceName, name: item.name, key: camelCase(item.name), type: item.type }];
}

function callIn(exports: Exports): Call {
  return ({ interfaceName, key }, args) => {
    const functions = exports[interfaceName] as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
    return functions[key]?.(...args);
  };
}
