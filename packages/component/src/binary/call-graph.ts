import { Reader } from './reader.ts';
import { skipInstruction } from './instructions.ts';
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
}

const CALL = 0x10;
const RETURN_CALL = 0x12;
const CALL_INDIRECT = 0x11;
const RETURN_CALL_INDIRECT = 0x13;
const CALL_REF = 0x14;
const RETURN_CALL_REF = 0x15;
const REF_FUNC = 0xd2;

interface Calls {
  readonly funcs: Set<number>;
  /** Tables called through; -1 stands for all of them. */
  readonly tables: Set<number>;
}

/** Reads a core module's code and elements. The module must have passed V8's validation. */
export function readCallGraph(bytes: Uint8Array, module: CoreModule): CallGraph {
  const scan = new CallScan(module);
  const reader = new Reader(bytes, module.start + 8, module.end);
  while (!reader.done) {
    const id = reader.u8();
    scan.section(id, reader.section(reader.u32()));
  }
  return scan.graph();
}

class CallScan {
  private readonly imports: (readonly [string, string])[] = [];
  private readonly tableImports: (readonly [string, string] | undefined)[] = [];
  private readonly exportedFuncs: [string, number][] = [];
  private readonly tableExports = new Map<string, number>();
  private readonly calls: Calls[] = [];
  /** Functions put into each table, and functions whose reference may end up in any of them. */
  private readonly elements: Set<number>[] = [];
  private readonly loose = new Set<number>();
  private startFunc: number | undefined;

  constructor(module: CoreModule) {
    for (const { module: from, name, type } of module.type.imports) {
      if (type.kind === 'core-func') this.imports.push([from, name]);
      else if (type.kind === 'core-table') this.tableImports.push([from, name]);
    }
    for (let i = 0; i < module.tables.length; i++) this.tableImports.push(undefined);
    this.elements = this.tableImports.map(() => new Set());
  }

  section(id: number, reader: Reader): void {
    if (id === 7) reader.each(() => this.export(reader));
    else if (id === 8) this.startFunc = reader.u32();
    else if (id === 9) reader.each(() => this.element(reader));
    else if (id === 10) reader.each(() => this.body(reader.section(reader.u32())));
    else if (id === 6 || id === 4) this.references(reader);
  }

  private export(reader: Reader): void {
    const name = reader.name();
    const kind = reader.u8();
    const index = reader.u32();
    if (kind === 0) this.exportedFuncs.push([name, index]);
    else if (kind === 1) this.tableExports.set(name, index);
  }

  /** Initial values of globals and tables can only name functions; which of the bytes do is not worth finding out exactly. */
  private references(reader: Reader): void {
    const bytes = reader.take(reader.end - reader.pos);
    for (let at = 0; at < bytes.length - 1; at++) {
      if (bytes[at] === REF_FUNC) this.loose.add(new Reader(bytes.slice(at + 1, at + 6)).u32());
    }
  }

  private element(reader: Reader): void {
    const flags = reader.u32();
    const isActive = (flags & 1) === 0;
    const table = isActive && flags & 2 ? reader.u32() : 0;
    if (isActive) this.constant(reader);
    if (flags & 3 && flags & 4) reader.s33();
    else if (flags & 3) reader.u8();
    const funcs = flags & 4 ? reader.vec(() => this.constant(reader)).flat() : reader.vec(() => reader.u32());
    const target = isActive ? (this.elements[table] ?? this.loose) : this.loose;
    for (const func of funcs) target.add(func);
  }

  /** Reads a constant expression and gives the functions that it names. */
  private constant(reader: Reader): number[] {
    const found: number[] = [];
    const operand = { first: 0 };
    for (;;) {
      const opcode = skipInstruction(reader, operand);
      if (opcode === REF_FUNC) found.push(operand.first);
      if (opcode === 0x0b || opcode === -1) return found;
    }
  }

  private body(reader: Reader): void {
    const calls: Calls = { funcs: new Set(), tables: new Set() };
    this.calls.push(calls);
    reader.each(() => {
      reader.u32();
      const type = reader.s33();
      if (type === -0x1d || type === -0x1c) reader.s33();
    });
    const operand = { first: 0 };
    const indirect = { type: 0 };
    while (!reader.done) {
      const at = reader.pos;
      const opcode = skipInstruction(reader, operand);
      if (opcode === CALL || opcode === RETURN_CALL) calls.funcs.add(operand.first);
      else if (opcode === CALL_INDIRECT || opcode === RETURN_CALL_INDIRECT) {
        const again = new Reader(reader.bytes, at + 1, reader.end);
        indirect.type = again.u32();
        calls.tables.add(again.u32());
      } else if (opcode === REF_FUNC) this.loose.add(operand.first);
      else if (opcode === CALL_REF || opcode === RETURN_CALL_REF || opcode === -1) calls.tables.add(-1);
      if (opcode === -1) return void this.everything(calls);
    }
  }

  /** The code could not be read to its end: assume that it calls every import. */
  private everything(calls: Calls): void {
    for (let i = 0; i < this.imports.length; i++) calls.funcs.add(i);
  }

  private reach(from: Iterable<number>): Reach {
    const seen = new Set<number>(from);
    const imports: number[] = [];
    const tables = new Set<number>();
    for (const func of seen) {
      if (func < this.imports.length) {
        imports.push(func);
        continue;
      }
      const calls = this.calls[func - this.imports.length];
      if (!calls) continue;
      for (const callee of calls.funcs) seen.add(callee);
      for (const table of calls.tables) tables.add(table);
      if (calls.tables.has(-1)) for (const callee of this.loose) seen.add(callee);
    }
    if (tables.delete(-1)) this.tableImports.forEach((_, i) => tables.add(i));
    return { imports, tables: [...tables] };
  }

  graph(): CallGraph {
    return {
      imports: this.imports,
      exports: new Map(this.exportedFuncs.map(([name, index]) => [name, this.reach([index])])),
      start: this.startFunc === undefined ? undefined : this.reach([this.startFunc]),
      tables: this.elements.map((funcs) => this.reach([...funcs, ...this.loose])),
      tableImports: this.tableImports,
      tableExports: this.tableExports,
    };
  }
}
