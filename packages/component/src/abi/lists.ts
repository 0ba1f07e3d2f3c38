import type { ValueType, ValueTypeOf } from '../types/value-type.ts';
import { type Codec, type CodecOf, inside, misfit, type Misfit, unreadable, VALUE_COST } from './codec.ts';
import { shapeOf } from './composites.ts';
import type { GuestMemory } from './memory.ts';

type TypedArray =
  | Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | BigUint64Array | BigInt64Array | Float32Array | Float64Array; // prettier-ignore

interface TypedArrayClass {
  new (buffer: ArrayBuffer): TypedArray;
  readonly name: string;
}

/** The array class for lists of numbers. Guests and typed arrays are little-endian alike on every platform that V8 runs on. */
const ARRAYS: Partial<Record<ValueType['kind'], TypedArrayClass>> = {
  u8: Uint8Array, s8: Int8Array, u16: Uint16Array, s16: Int16Array, u32: Uint32Array, s32: Int32Array,
  u64: BigUint64Array, s64: BigInt64Array, f32: Float32Array, f64: Float64Array,
}; // prettier-ignore

/** What an empty array, and what an empty typed array or Map takes in JavaScript, in bytes. */
const ARRAY_COST = 64;
const BUFFER_COST = 256;

/** How the elements of a list are read from and written to memory. */
interface Elements {
  /** What an element takes in JavaScript, and what the list does without any, in bytes. */
  readonly cost: number;
  readonly listCost: number;
  read(cx: GuestMemory, pointer: number, length: number): unknown;
  write(cx: GuestMemory, pointer: number, value: unknown, length: number): void;
  lengthOf(value: unknown): number;
  check(cx: GuestMemory, value: unknown): Misfit | undefined;
}

export function listCodec(type: ValueTypeOf<'list'>, codecOf: CodecOf): Codec {
  const element = codecOf(type.element);
  const elements = elementsOf(type.element, element);
  return type.length === undefined ? rangeCodec(element, elements) : fixedCodec(type, type.length, element, elements);
}

/** A list of pairs in the guest, a Map in JavaScript; between guests the pairs stay as they are. */
export function mapCodec(element: Codec, isHost: boolean): Codec {
  const list = arrayElements(element);
  if (!isHost) return rangeCodec(element, list);
  const entries = (value: unknown): unknown => (value instanceof Map ? [...value] : value);
  return rangeCodec(element, {
    cost: list.cost + 2 * VALUE_COST,
    listCost: BUFFER_COST,
    read: (cx, pointer, length) => new Map(list.read(cx, pointer, length) as [unknown, unknown][]),
    write: (cx, pointer, value, length) => list.write(cx, pointer, entries(value), length),
    lengthOf: (value) => (value instanceof Map ? value.size : list.lengthOf(value)),
    check: (cx, value) =>
      value instanceof Map || Array.isArray(value) ? list.check(cx, entries(value)) : misfit('Map', value),
  });
}

/** A list behind a pointer and a length. */
function rangeCodec(element: Codec, elements: Elements): Codec {
  const { size, align } = element;
  const load = (cx: GuestMemory, pointer: number, length: number): unknown => {
    cx.checkRange(pointer, align, length * size, 'list', length * elements.cost);
    return elements.read(cx, pointer, length);
  };
  const store = (cx: GuestMemory, value: unknown, length: number): number => {
    const pointer = cx.allocate(align, length * size);
    elements.write(cx, pointer, value, length);
    return pointer;
  };
  return {
    size: 8,
    align: 4,
    flatCount: 2,
    cost: elements.listCost,
    load: (cx, p) => load(cx, cx.view.getUint32(p, true), cx.view.getUint32(p + 4, true)),
    store: (cx, p, value) => {
      const length = elements.lengthOf(value);
      const pointer = store(cx, value, length);
      cx.view.setUint32(p, pointer, true);
      cx.view.setUint32(p + 4, length, true);
    },
    lift: (cx, flat, at) => load(cx, (flat[at] as number) >>> 0, (flat[at + 1] as number) >>> 0),
    lower: (cx, value, flat, at) => {
      const length = elements.lengthOf(value);
      flat[at] = store(cx, value, length);
      flat[at + 1] = length;
    },
    check: (cx, value) => {
      const problem = elements.check(cx, value);
      if (problem) return problem;
      const bytes = elements.lengthOf(value) * size;
      const max = cx.maxValueBytes;
      return bytes <= max ? undefined : misfit(`list of at most ${max} bytes`, `${bytes} bytes`);
    },
  };
}

/** A list whose length is part of its type, stored in place. */
function fixedCodec(type: ValueTypeOf<'list'>, length: number, element: Codec, elements: Elements): Codec {
  return {
    ...shapeOf(type),
    cost: elements.listCost,
    load: (cx, pointer) => {
      cx.charge(length * elements.cost);
      return elements.read(cx, pointer, length);
    },
    store: (cx, pointer, value) => elements.write(cx, pointer, value, length),
    lift: (cx, flat, at) => {
      const items = Array.from({ length }, (_, i) => element.lift(cx, flat, at + i * element.flatCount));
      const Typed = ARRAYS[type.element.kind] as unknown as { from(items: unknown[]): unknown } | undefined;
      return Typed ? Typed.from(items) : items;
    },
    lower: (cx, value, flat, at) => {
      const items = value as readonly unknown[];
      for (let i = 0; i < length; i++) element.lower(cx, items[i], flat, at + i * element.flatCount);
    },
    check: (cx, value) => {
      const problem = elements.check(cx, value);
      if (problem) return problem;
      return elements.lengthOf(value) === length ? undefined : misfit(`list of exactly ${length}`, value);
    },
  };
}

function elementsOf(type: ValueType, element: Codec): Elements {
  const Typed = ARRAYS[type.kind];
  const items = arrayElements(element);
  return Typed ? typedElements(Typed, type, element, items) : items;
}

function arrayElements(element: Codec): Elements {
  const { size, cost } = element;
  return {
    cost,
    listCost: ARRAY_COST,
    read: (cx, pointer, length) => {
      // An array of the right size from the start; a large one is better grown.
      const items: unknown[] = length <= 64 ? new Array(length) : [];
      for (let i = 0; i < length; i++) items[i] = element.load(cx, pointer + i * size);
      return items;
    },
    write: (cx, pointer, value, length) => {
      const items = value as readonly unknown[];
      for (let i = 0; i < length; i++) element.store(cx, pointer + i * size, items[i]);
    },
    lengthOf: (value) => (value as readonly unknown[]).length,
    check: (cx, value) => (Array.isArray(value) ? checkItems(cx, value, element) : misfit('list', value)),
  };
}

function checkItems(cx: GuestMemory, items: readonly unknown[], element: Codec): Misfit | undefined {
  let i = 0;
  try {
    for (; i < items.length; i++) {
      const problem = element.check(cx, items[i]);
      if (problem) return inside(`[${i}]`, problem);
    }
  } catch (thrown) {
    return inside(`[${i}]`, unreadable(thrown));
  }
  return undefined;
}

function typedElements(Typed: TypedArrayClass, type: ValueType, element: Codec, items: Elements): Elements {
  return {
    cost: element.size,
    listCost: BUFFER_COST,
    read: (cx, pointer, length) => new Typed(cx.bytes.buffer.slice(pointer, pointer + length * element.size)),
    write: (cx, pointer, value, length) => {
      if (!(value instanceof Typed)) items.write(cx, pointer, value, length);
      else cx.bytes.set(new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, length * element.size), pointer);
    },
    lengthOf: items.lengthOf,
    check: (cx, value) => {
      if (value instanceof Typed) {
        // Of a detached buffer, or one that became too short, nothing is left; every method says so.
        if (value.length === 0) value.at(0);
        return undefined;
      }
      return Array.isArray(value)
        ? checkItems(cx, value, element)
        : misfit(`list<${type.kind}> (${Typed.name} or array)`, value);
    },
  };
}
