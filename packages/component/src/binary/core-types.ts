import { invalid } from '../errors.ts';
import type {
  CoreExtern,
  CoreFuncType,
  CoreGlobalType,
  CoreHeapType,
  CoreMemoryType,
  CoreTableType,
  CoreTagType,
  CoreType,
  CoreValType,
  Limits,
} from '../types/core-type.ts';
import type { TypeTable } from '../types/type-table.ts';
import { lookup } from '../validate/scope.ts';
import type { Reader } from './reader.ts';

/** The numeric types, from 0x7f downwards. */
const NUMERIC: readonly CoreValType[] = ['i32', 'i64', 'f32', 'f64', 'v128'];
/** The abstract heap types, from 0x68 upwards. */
const HEAPS = 'cont exn array struct i31 eq any extern func none noextern nofunc noexn nocont'.split(' ');
/**
 * Up to this many values in an exception, what a guest's stack can keep alive of them is bounded by that stack: at most
 * some 270,000 exceptions of some 120 bytes each.
 */
const MAX_TAG_PARAMS = 8;
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
    while (texts.length < count) texts.push(this.subType());
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
      const parent = this.typeAt(sub.parent, at);
      supers.push(parent.key, ...parent.supers);
      this.space.table.spend(supers.length);
      if (supers.length > MAX_SUPERTYPES) throw invalid(at, `more than ${MAX_SUPERTYPES} supertypes above each other`);
    }
    const { params, results } = sub;
    if (!params || !results) return { kind: 'core-heap', key, supers };
    return { kind: 'core-func', params: params.map(absolute), results: results.map(absolute), key, supers };
  }

  private subType(): SubType {
    const { reader } = this;
    const opcode = reader.peek();
    if (opcode !== 0x50 && opcode !== 0x4f) return this.compositeType('final');
    reader.u8();
    const at = reader.pos;
    const parents = reader.vec(() => reader.u32());
    if (parents.length > 1) throw invalid(at, 'a core type has more than one supertype');
    const prefix = `${opcode === 0x4f ? 'final ' : 'sub '}${parents.map((i) => this.typeName(i, at)).join(' ')}`;
    return { ...this.compositeType(prefix), parent: parents[0] };
  }

  private compositeType(prefix: string): SubType {
    const { reader } = this;
    const opcode = reader.u8();
    const value = (): CoreValType => this.valType();
    const field = (): string => {
      const packed = reader.peek() === 0x78 || reader.peek() === 0x77;
      const type = packed ? `p${reader.u8()}` : value();
      return `${type} ${reader.tag('mutability', [0, 1])}`;
    };
    if (opcode === 0x60) {
      const [params, results] = [reader.vec(value), reader.vec(value)];
      return { text: `${prefix} func(${params.join(' ')})->(${results.join(' ')})`, params, results };
    }
    if (opcode === 0x5d) return { text: `${prefix} cont ${this.heapType()}` };
    if (opcode !== 0x5e && opcode !== 0x5f) throw reader.unknown('core type', opcode);
    this.space.usesGcHeap = true;
    return { text: `${prefix} ${opcode === 0x5e ? `array ${field()}` : `struct ${reader.vec(field).join()}`}` };
  }

  valType(): CoreValType {
    const { reader } = this;
    const numeric = NUMERIC[0x7f - reader.peek()];
    if (!numeric) return this.refType();
    reader.u8();
    return numeric;
  }

  refType(): CoreValType {
    const { reader } = this;
    const byte = reader.u8();
    if (byte === 0x63 || byte === 0x64) return `(ref ${byte === 0x63 ? 'null ' : ''}${this.heapType()})`;
    const heap = this.abstractHeap(byte);
    if (!heap) throw reader.unknown('core value type', byte);
    return `(ref null ${heap})`;
  }

  private heapType(): string {
    const { reader } = this;
    const at = reader.pos;
    const index = reader.s33();
    if (index >= 0) return this.typeName(index, at);
    const heap = this.abstractHeap(index + 0x80);
    if (!heap) throw invalid(at, `unknown heap type ${index}`);
    return heap;
  }

  private abstractHeap(byte: number): string | undefined {
    const heap = HEAPS[byte - 0x68];
    if (heap === 'exn') this.space.usesGcHeap = true;
    return heap;
  }

  private typeName(index: number, at: number): string {
    if (this.groupStart >= 0 && index >= this.groupStart && index < this.groupStart + this.groupSize) {
      return `rec.${index - this.groupStart}`;
    }
    return this.typeAt(index, at).key;
  }

  private typeAt(index: number, at: number): CoreFuncType | CoreHeapType {
    const type = lookup(this.space.types, index, 'core-type', at);
    if (type.kind === 'module') throw invalid(at, `type mismatch for type ${index}: expected core-type, found module`);
    return type;
  }

  funcTypeAt(index: number, at: number): CoreFuncType {
    const type = this.typeAt(index, at);
    if (type.kind !== 'core-func')
      throw invalid(at, `type mismatch for type ${index}: expected core-func, found ${type.kind}`);
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

  tagType(): CoreTagType {
    const at = this.reader.pos;
    this.reader.tag('tag attribute', [0]);
    const type = this.funcTypeAt(this.reader.u32(), at);
    if (type.results.length > 0) throw invalid(at, 'invalid exception type: a tag has no results');
    if (type.params.length > MAX_TAG_PARAMS) this.space.usesGcHeap = true;
    return { kind: 'core-tag', type };
  }

  globalType(): CoreGlobalType {
    const type = this.valType();
    return { kind: 'core-global', type, mutable: this.reader.tag('mutability', [0, 1]) === 1 };
  }

  tableType(): CoreTableType {
    const element = this.refType();
    const at = this.reader.pos;
    const limits = this.limits(0x05);
    checkLimits(limits, 2n ** (limits.is64 ? 64n : 32n) - 1n, 'table', at);
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
    checkLimits(limits, 2n ** ((limits.is64 ? 64n : 32n) - BigInt(pageSizeLog2)), 'memory', at);
    return { kind: 'core-memory', pageSizeLog2, ...limits };
  }

  private limits(known: number): Limits {
    const { reader } = this;
    const flags = reader.u8();
    if (flags & ~known) throw reader.unknown('limits flags', flags);
    const min = reader.u64();
    return { min, ...(flags & 1 && { max: reader.u64() }), is64: (flags & 4) !== 0, shared: (flags & 2) !== 0 };
  }
}

function checkLimits({ min, max = min }: Limits, most: bigint, what: string, at: number): void {
  if (min > max || max > most)
    throw invalid(
      at,
      `${what} size must be at most ${most}, and the minimum at most the maximum, found ${min} to ${max}`,
    );
}

interface SubType {
  readonly text: string;
  readonly parent?: number | undefined;
  readonly params?: readonly CoreValType[];
  readonly results?: readonly CoreValType[];
}
