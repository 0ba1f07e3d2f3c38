import { invalid } from '../errors.ts';
import type {
  CoreExtern,
  CoreFuncType,
  CoreHeapType,
  CoreMemoryType,
  CoreTableType,
  CoreType,
  CoreValType,
  Limits,
} from '../types/core-type.ts';
import type { TypeTable } from '../types/type-table.ts';
import type { Reader } from './reader.ts';

const NUMERIC: Record<number, CoreValType> = { 0x7f: 'i32', 0x7e: 'i64', 0x7d: 'f32', 0x7c: 'f64', 0x7b: 'v128' };
const HEAPS: Record<number, string> = {
  0x68: 'cont', 0x69: 'exn', 0x6a: 'array', 0x6b: 'struct', 0x6c: 'i31', 0x6d: 'eq', 0x6e: 'any', 0x6f: 'extern',
  0x70: 'func', 0x71: 'none', 0x72: 'noextern', 0x73: 'nofunc', 0x74: 'noexn', 0x75: 'nocont',
}; // prettier-ignore
/**
 * Up to this many values in an exception, what a guest's stack can keep alive of them is bounded by that stack: at most
 * some 270,000 exceptions of some 120 bytes each.
 */
const MAX_TAG_PARAMS = 8;
const MAX_MEMORY_BYTES_LOG2 = 32n;
/** V8 and wasm-tools have the same limit. */
const MAX_SUPERTYPES = 63;

/** The type index space of a core module, a module type, or the core side of a component. */
export interface CoreTypeSpace {
  readonly table: TypeTable;
  readonly types: CoreType[];
  /** Set when something can fill V8's garbage-collected heap: structs, arrays, stored or large exceptions. */
  usesGcHeap: boolean;
}

/** Reads the core types of Core §5.3 into a type index space. */
export class CoreTypeReader {
  readonly reader: Reader;
  readonly space: CoreTypeSpace;
  /** Index of the first type of the recursion group being read; types from here on are named relative to it. */
  private groupStart = -1;
  private groupSize = 0;

  constructor(reader: Reader, space: CoreTypeSpace) {
    this.reader = reader;
    this.space = space;
  }

  /** Reads a `rectype` and appends its types. */
  recType(): void {
    const { reader, space } = this;
    const at = reader.pos;
    let count = 1;
    if (reader.peek() === 0x4e) {
      reader.u8();
      count = reader.count();
    }
    this.groupStart = space.types.length;
    this.groupSize = count;
    const texts: SubType[] = [];
    for (let i = 0; i < count; i++) texts.push(this.subType());
    const group = space.table.intern(`rec ${texts.map((t) => t.text).join(';')}`);
    const key = (i: number | string): string => (count === 1 ? group : `${group}.${i}`);
    texts.forEach((sub, i) => space.types.push(this.named(sub, i, key, at)));
    this.groupStart = -1;
  }

  private named(sub: SubType, index: number, keyOf: (i: number | string) => string, at: number): CoreType {
    const key = keyOf(index);
    const absolute = (type: string): string =>
      !type.includes('rec.') ? type : type.replace(/rec\.(\d+)/, (_, i: string) => keyOf(i));
    const supers: string[] = [];
    if (sub.parent !== undefined) {
      const parent = this.space.types[sub.parent];
      if (!parent || parent.kind === 'module')
        throw invalid(at, `unknown type ${sub.parent}: supertype index out of bounds`);
      supers.push(parent.key, ...parent.supers);
      this.space.table.spend(supers.length);
      if (supers.length > MAX_SUPERTYPES) throw invalid(at, `more than ${MAX_SUPERTYPES} supertypes above each other`);
    }
    if (!sub.params) return { kind: 'core-heap', key, supers };
    return {
      kind: 'core-func',
      params: sub.params.map(absolute),
      results: (sub.results ?? []).map(absolute),
      key,
      supers,
    };
  }

  private subType(): SubType {
    const { reader } = this;
    const opcode = reader.peek();
    if (opcode !== 0x50 && opcode !== 0x4f) return this.compositeType('final', undefined);
    reader.u8();
    const at = reader.pos;
    const parents = reader.vec(() => reader.u32());
    if (parents.length > 1) throw invalid(at, 'a core type has more than one supertype');
    const prefix = `${opcode === 0x4f ? 'final ' : 'sub '}${parents.map((i) => this.typeName(i, at)).join(' ')}`;
    return this.compositeType(prefix, parents[0]);
  }

  private compositeType(prefix: string, parent: number | undefined): SubType {
    const { reader, space } = this;
    const opcode = reader.u8();
    if (opcode === 0x60) {
      const params = reader.vec(() => this.valType());
      const results = reader.vec(() => this.valType());
      return { text: `${prefix} func(${params.join(' ')})->(${results.join(' ')})`, parent, params, results };
    }
    const field = (): string => {
      const packed = reader.peek() === 0x78 || reader.peek() === 0x77;
      const type = packed ? `p${reader.u8()}` : this.valType();
      return `${type} ${reader.tag('mutability', [0, 1])}`;
    };
    if (opcode === 0x5e || opcode === 0x5f) {
      space.usesGcHeap = true;
      const text = opcode === 0x5e ? `array ${field()}` : `struct ${reader.vec(field).join(',')}`;
      return { text: `${prefix} ${text}`, parent, params: undefined, results: undefined };
    }
    if (opcode === 0x5d) {
      return { text: `${prefix} cont ${this.heapType()}`, parent, params: undefined, results: undefined };
    }
    throw reader.unknown('core type', opcode);
  }

  valType(): CoreValType {
    const { reader } = this;
    const byte = reader.peek();
    const numeric = NUMERIC[byte];
    if (numeric) {
      reader.u8();
      return numeric;
    }
    return this.refType();
  }

  refType(): CoreValType {
    const { reader } = this;
    const byte = reader.u8();
    if (byte === 0x63 || byte === 0x64) return `(ref ${byte === 0x63 ? 'null ' : ''}${this.heapType()})`;
    const heap = HEAPS[byte];
    if (!heap) throw reader.unknown('core value type', byte);
    if (heap === 'exn') this.space.usesGcHeap = true;
    return `(ref null ${heap})`;
  }

  private heapType(): string {
    const { reader } = this;
    const at = reader.pos;
    const index = reader.s33();
    if (index >= 0) return this.typeName(index, at);
    const heap = HEAPS[index + 0x80];
    if (!heap) throw invalid(at, `unknown heap type ${index}`);
    if (heap === 'exn') this.space.usesGcHeap = true;
    return heap;
  }

  private typeName(index: number, at: number): string {
    if (this.groupStart >= 0 && index >= this.groupStart && index < this.groupStart + this.groupSize) {
      return `rec.${index - this.groupStart}`;
    }
    const type = this.space.types[index];
    if (!type || type.kind === 'module') throw invalid(at, `unknown type ${index}: type index out of bounds`);
    return type.key;
  }

  funcTypeAt(index: number, at: number): CoreFuncType {
    const type: CoreType | CoreHeapType | undefined = this.space.types[index];
    if (!type) throw invalid(at, `unknown type ${index}: type index out of bounds`);
    if (type.kind !== 'core-func') throw invalid(at, `type index ${index} is not a function type`);
    return type;
  }

  /** Reads an `externtype`: what an import or an export declarator of a module type is. */
  externType(): CoreExtern {
    const { reader } = this;
    const at = reader.pos;
    const tag = reader.u8();
    switch (tag) {
      case 0x00:
        return this.funcTypeAt(reader.u32(), at);
      case 0x01:
        return this.tableType();
      case 0x02:
        return this.memoryType();
      case 0x03:
        return this.globalType();
      case 0x04:
        return this.tagType();
      default:
        throw reader.unknown('core extern type', tag);
    }
  }

  tagType(): CoreExtern {
    const at = this.reader.pos;
    this.reader.tag('tag attribute', [0]);
    const type = this.funcTypeAt(this.reader.u32(), at);
    if (type.results.length > 0) throw invalid(at, 'invalid exception type: a tag has no results');
    if (type.params.length > MAX_TAG_PARAMS) this.space.usesGcHeap = true;
    return { kind: 'core-tag', type };
  }

  globalType(): CoreExtern {
    const type = this.valType();
    return { kind: 'core-global', type, mutable: this.reader.tag('mutability', [0, 1]) === 1 };
  }

  tableType(): CoreTableType {
    const element = this.refType();
    const at = this.reader.pos;
    const limits = this.limits(0x05);
    const top = limits.is64 ? 2n ** 64n : 2n ** 32n;
    if (limits.min >= top || (limits.max ?? 0n) >= top)
      throw invalid(at, `table size must be at most ${top - 1n} entries`);
    return { kind: 'core-table', element, ...limits };
  }

  memoryType(): CoreMemoryType {
    const { reader } = this;
    const at = reader.pos;
    const hasPageSize = (reader.peek() & 0x08) !== 0;
    const limits = this.limits(0x0f);
    const pageSizeLog2 = hasPageSize ? reader.u32() : 16;
    if (pageSizeLog2 !== 16 && pageSizeLog2 !== 0) throw invalid(at, 'invalid custom page size');
    if (limits.shared && limits.max === undefined) throw invalid(at, 'shared memory must have maximum size');
    const pages = 2n ** ((limits.is64 ? 64n : MAX_MEMORY_BYTES_LOG2) - BigInt(pageSizeLog2));
    if (limits.min > pages || (limits.max ?? 0n) > pages)
      throw invalid(at, `memory size must be at most ${pages} pages`);
    return { kind: 'core-memory', pageSizeLog2, ...limits };
  }

  private limits(known: number): Limits {
    const { reader } = this;
    const at = reader.pos;
    const flags = reader.u8();
    if (flags & ~known) throw reader.unknown('limits flags', flags);
    const is64 = (flags & 4) !== 0;
    const min = reader.u64();
    const shared = (flags & 2) !== 0;
    if (!(flags & 1)) return { min, is64, shared };
    const max = reader.u64();
    if (min > max) throw invalid(at, 'size minimum must not be greater than maximum');
    return { min, max, is64, shared };
  }
}

interface SubType {
  readonly text: string;
  readonly parent: number | undefined;
  readonly params: readonly CoreValType[] | undefined;
  readonly results: readonly CoreValType[] | undefined;
}
