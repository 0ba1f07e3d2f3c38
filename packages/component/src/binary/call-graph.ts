import { Reader } from './reader.ts';
import { readConstant, REF_FUNC, skipInstruction, skipType } from './instructions.ts';
import { skipLimits } from './memory-limits.ts';
import { describeCore } from '../types/core-type.ts';
import type { CoreModule } from './core-module.ts';

/** What a function can call, directly or through others: imported functions and tables of its module, by index. */
export interface Reach {
  readonly imports: readonly number[];
  readonly tables: readonly number[];
}

/**
 * Which imports each entry of a core module can reach. It decides which exports of a component wait when some imports
 * suspend. Where the code does not tell, everything counts as reachable.
 */
export interface CallGraph {
  /** The module's function imports, as [module, name], in index order. */
  readonly imports: readonly (readonly [string, string])[];
  readonly exports: ReadonlyMap<string, Reach>;
  readonly start: Reach | undefined;
  /** For each table of the module, imported ones first: what the functions that the module puts there can reach. */
  readonly tables: readonly Reach[];
  /** Where each table comes from: an import as [module, name], or undefined when it is the module's own. */
  readonly tableImports: readonly (readonly [string, string] | undefined)[];
  /** Table index by export name. */
  readonly tableExports: ReadonlyMap<string, number>;
  /**
   * Whether references to functions can leave their table, or the module by other ways than tables. They may then be in
   * any place that such a module knows, which counts as one more table after the module's own.
   */
  readonly mixes: boolean;
}

const CALL = 0x10;
const RETURN_CALL = 0x12;
const CALL_INDIRECT = 0x11;
const RETURN_CALL_INDIRECT = 0x13;
const CALL_REF = 0x14;
const RETURN_CALL_REF = 0x15;
const TABLE_GET = 0x25;
const TABLE_COPY = 0xfc00e;

/** Calls that are followed inside one module. Beyond, everything counts as reachable. */
const MAX_CALLS = 100_000_000;

interface Calls {
  readonly funcs: Set<number>;
  /** Tables called through; -1 stands for all of them. */
  readonly tables: Set<number>;
}

/** Reads a core module's code and elements. The module must have passed V8's validation. */
export function readCallGraph(bytes: Uint8Array, module: CoreModule): CallGraph {
  return scanOf(bytes, module).graph();
}

/** The imports that a core module's functions call by their name, directly or through others, as [module, name]. */
export interface DirectCalls {
  ofStart(): readonly (readonly [string, string])[];
  ofExport(name: string): readonly (readonly [string, string])[];
}

/** Like {@link readCallGraph}, but without tables: only the functions that are asked for are read. */
export function readDirectCalls(bytes: Uint8Array, module: CoreModule): DirectCalls {
  return scanOf(bytes, module);
}

function scanOf(bytes: Uint8Array, module: CoreModule): CallScan {
  const scan = new CallScan(module);
  new Reader(bytes, module.start + 8, module.end).sections((id, body) => scan.section(id, body));
  return scan;
}

class CallScan implements DirectCalls {
  private readonly imports: (readonly [string, string])[] = [];
  private readonly tableImports: (readonly [string, string] | undefined)[] = [];
  private readonly exportedFuncs = new Map<string, number>();
  private readonly directCalls = new Map<number, readonly (readonly [string, string])[]>();
  private readonly tableExports = new Map<string, number>();
  /** The code of each function that the module defines. */
  private readonly bodies: Reader[] = [];
  private readonly calls: (Calls | undefined)[] = [];
  /** Functions put into each table, and functions whose reference may end up in any of them. */
  private readonly elements: Set<number>[] = [];
  private readonly loose = new Set<number>();
  private startFunc: number | undefined;
  private mixes = false;
  private isUnreadable = false;
  private work = 0;

  constructor(module: CoreModule) {
    for (const { module: from, name, type } of module.type.imports) {
      if (type.kind === 'core-func') this.imports.push([from, name]);
      else if (type.kind === 'core-table') this.tableImports.push([from, name]);
    }
    for (let i = 0; i < module.tables.length; i++) this.tableImports.push(undefined);
    this.elements = this.tableImports.map(() => new Set());
    const known = [...module.type.imports.map(({ type }) => type), ...module.type.exports.values()];
    this.mixes = known.some((type) => type.kind !== 'core-table' && /ref/.test(describeCore(type)));
  }

  /** Reads a section. One that V8 takes and this does not know leaves everything possible. */
  section(id: number, reader: Reader): void {
    try {
      if (id === 4) reader.each(() => this.table(reader));
      else if (id === 6) reader.each(() => this.global(reader));
      else if (id === 7) reader.each(() => this.export(reader));
      else if (id === 8) this.startFunc = reader.u32();
      else if (id === 9) reader.each(() => this.element(reader));
      else if (id === 10) reader.each(() => this.bodies.push(reader.section(reader.u32())));
    } catch {
      this.isUnreadable = this.mixes = true;
    }
  }

  private export(reader: Reader): void {
    const name = reader.name();
    const kind = reader.u8();
    const index = reader.u32();
    if (kind === 0) this.exportedFuncs.set(name, index);
    else if (kind === 1) this.tableExports.set(name, index);
  }

  private table(reader: Reader): void {
    const hasValue = reader.peek() === 0x40;
    if (hasValue) reader.take(2);
    skipType(reader);
    skipLimits(reader);
    if (hasValue) readConstant(reader, this.loose);
  }

  private global(reader: Reader): void {
    skipType(reader);
    reader.u8();
    readConstant(reader, this.loose);
  }

  private element(reader: Reader): void {
    const flags = reader.u32();
    const isActive = (flags & 1) === 0;
    const table = isActive && flags & 2 ? reader.u32() : 0;
    const funcs = (isActive ? this.elements[table] : undefined) ?? this.loose;
    if (isActive) readConstant(reader, funcs);
    if (flags & 3 && flags & 4) skipType(reader);
    else if (flags & 3) reader.u8();
    reader.each(() => (flags & 4 ? readConstant(reader, funcs) : funcs.add(reader.u32())));
  }

  /** What a function that the module defines calls. Its code is read when this is first asked. */
  private callsOf(index: number): Calls | undefined {
    const body = this.bodies[index];
    if (!body || this.calls[index]) return this.calls[index];
    const calls: Calls = (this.calls[index] = { funcs: new Set(), tables: new Set() });
    try {
      this.body(body, calls);
    } catch {
      this.isUnreadable = this.mixes = true;
    }
    return calls;
  }

  private body(reader: Reader, calls: Calls): void {
    reader.each(() => {
      reader.u32();
      skipType(reader);
    });
    const operand = { first: 0, last: 0 };
    while (!reader.done) {
      const opcode = skipInstruction(reader, operand);
      if (opcode === CALL || opcode === RETURN_CALL) calls.funcs.add(operand.first);
      else if (opcode === CALL_INDIRECT || opcode === RETURN_CALL_INDIRECT) calls.tables.add(operand.last);
      else if (opcode === REF_FUNC) this.loose.add(operand.first);
      else if (opcode === CALL_REF || opcode === RETURN_CALL_REF) calls.tables.add(-1);
      else if (opcode === TABLE_GET || opcode === TABLE_COPY) this.mixes = true;
    }
  }

  private reach(from: Iterable<number>): Reach {
    const allTables = [...this.tableImports.keys(), ...(this.mixes ? [this.tableImports.length] : [])];
    if (this.isUnreadable || this.work > MAX_CALLS) return { imports: [...this.imports.keys()], tables: allTables };
    const seen = new Set<number>(from);
    const imports: number[] = [];
    const tables = new Set<number>();
    for (const func of seen) {
      if (func < this.imports.length) {
        imports.push(func);
        continue;
      }
      const calls = this.callsOf(func - this.imports.length);
      if (!calls) continue;
      for (const table of calls.tables) tables.add(table);
      for (const callees of calls.tables.has(-1) ? [calls.funcs, this.loose] : [calls.funcs]) {
        this.work += 1 + callees.size;
        for (const callee of callees) seen.add(callee);
      }
    }
    return { imports, tables: tables.has(-1) ? allTables : [...tables] };
  }

  ofStart(): readonly (readonly [string, string])[] {
    return this.startFunc === undefined ? [] : this.direct(this.startFunc);
  }

  ofExport(name: string): readonly (readonly [string, string])[] {
    const func = this.exportedFuncs.get(name);
    return func === undefined ? [] : this.direct(func);
  }

  private direct(func: number): readonly (readonly [string, string])[] {
    let calls = this.directCalls.get(func);
    if (!calls) {
      calls = this.reach([func]).imports.map((index) => this.imports[index] as readonly [string, string]);
      this.directCalls.set(func, calls);
    }
    return calls;
  }

  graph(): CallGraph {
    // What any function does with references and tables concerns all of them.
    for (const index of this.bodies.keys()) this.callsOf(index);
    const tables = this.elements.map((funcs) => this.reach([...funcs, ...this.loose]));
    if (this.mixes) tables.push(this.reach(this.loose));
    return {
      imports: this.imports,
      exports: new Map([...this.exportedFuncs].map(([name, index]) => [name, this.reach([index])])),
      start: this.startFunc === undefined ? undefined : this.reach([this.startFunc]),
      tables,
      tableImports: this.tableImports,
      tableExports: this.tableExports,
      mixes: this.mixes,
    };
  }
}
