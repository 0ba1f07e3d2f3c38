import { camelCase, fieldOf } from '../types/names.ts';
import { alignTo, discriminantSize, payloadOffset } from '../types/type-table.ts';
import { type Case, casesOf, type ValueType, type ValueTypeOf } from '../types/value-type.ts';
import { type Codec, type CodecOf, inside, isObject, misfit, type Misfit, unreadable, VALUE_COST } from './codec.ts';
import type { GuestMemory } from './memory.ts';
import { SCALARS } from './scalars.ts';

type Shape = Pick<Codec, 'size' | 'align' | 'flatCount'>;

export function shapeOf(type: ValueType): Shape {
  return { size: type.shape.size, align: type.shape.align, flatCount: type.shape.flat?.length ?? 0 };
}

interface Slot {
  readonly key: string;
  readonly step: string;
  readonly codec: Codec;
  readonly offset: number;
  readonly flatAt: number;
}

function slotsOf(parts: readonly { key: string; step: string; type: ValueType }[], codecOf: CodecOf): Slot[] {
  let [offset, flatAt] = [0, 0];
  return parts.map(({ key, step, type }) => {
    const codec = codecOf(type);
    offset = alignTo(offset, codec.align);
    const slot = { key, step, codec, offset, flatAt };
    offset += codec.size;
    flatAt += codec.flatCount;
    return slot;
  });
}

export function recordCodec(type: ValueTypeOf<'record'>, codecOf: CodecOf): Codec {
  const keys = type.fields.map((field) => camelCase(field.name));
  const slots = slotsOf(
    type.fields.map((field, i) => ({ key: keys[i] as string, step: `.${keys[i]}`, type: field.type })),
    codecOf,
  );
  const codec: Codec = {
    ...shapeOf(type),
    ...sequence(slots, () => ({}), isObject, 'record'),
    cost: slots.reduce((sum, slot) => sum + slot.codec.cost, objectCost(slots.length)),
  };
  return keys.some((key) => key in Object.prototype) ? ownFieldsOnly(codec, keys) : codec;
}

/** For records with fields that every object inherits, such as `constructor`: they count only where a value has its own. */
function ownFieldsOnly(codec: Codec, keys: readonly string[]): Codec {
  const own = (value: unknown): unknown => {
    if (!isObject(value)) return value;
    return Object.fromEntries(keys.map((key) => [key, fieldOf(value, key)]));
  };
  return {
    ...codec,
    check: (cx, value) => codec.check(cx, own(value)),
    store: (cx, pointer, value) => codec.store(cx, pointer, own(value)),
    lower: (cx, value, flat, at) => codec.lower(cx, own(value), flat, at),
  };
}

export function tupleCodec(type: ValueTypeOf<'tuple'>, codecOf: CodecOf): Codec {
  const slots = slotsOf(
    type.items.map((item, i) => ({ key: String(i), step: `[${i}]`, type: item })),
    codecOf,
  );
  const { length } = slots;
  const isTuple = (value: unknown): boolean => Array.isArray(value) && value.length === length;
  return {
    ...shapeOf(type),
    ...sequence(slots, () => new Array(length), isTuple, `tuple of ${length}`),
    cost: slots.reduce((sum, slot) => sum + slot.codec.cost, VALUE_COST),
  };
}

/** An object with more fields than this becomes a hash table, which takes more for each. */
const MAX_FAST_FIELDS = 16;

/** What an object takes, besides the values of its fields. */
function objectCost(fields: number): number {
  return VALUE_COST + (fields > MAX_FAST_FIELDS ? fields * VALUE_COST : 0);
}

/**
 * Passes parts in a row under their keys, which is what records and tuples have in common. The first three have places
 * of their own in the code: V8 reads and writes a key fast where it always finds the same one.
 */
function sequence(
  slots: readonly Slot[],
  make: () => object,
  fits: (value: unknown) => boolean,
  expected: string,
): Pick<Codec, 'load' | 'store' | 'lift' | 'lower' | 'check'> {
  const count = slots.length;
  const [a, b, c] = slots;
  return {
    check: (cx, value) => {
      if (!fits(value)) return misfit(expected, value);
      const fields = value as Record<string, unknown>;
      let i = 0;
      try {
        let problem = a?.codec.check(cx, fields[a.key]);
        if (!problem && b) problem = b.codec.check(cx, fields[(i++, b.key)]);
        if (!problem && c) problem = c.codec.check(cx, fields[(i++, c.key)]);
        while (!problem && ++i < count) {
          const slot = slots[i] as Slot;
          problem = slot.codec.check(cx, fields[slot.key]);
        }
        if (problem) return inside((slots[i] as Slot).step, problem);
      } catch (thrown) {
        return inside((slots[i] as Slot).step, unreadable(thrown));
      }
      return undefined;
    },
    load: (cx, pointer) => {
      const value = make() as Record<string, unknown>;
      if (a) value[a.key] = a.codec.load(cx, pointer + a.offset);
      if (b) value[b.key] = b.codec.load(cx, pointer + b.offset);
      if (c) value[c.key] = c.codec.load(cx, pointer + c.offset);
      for (let i = 3; i < count; i++) {
        const slot = slots[i] as Slot;
        value[slot.key] = slot.codec.load(cx, pointer + slot.offset);
      }
      return value;
    },
    store: (cx, pointer, value) => {
      for (let i = 0; i < count; i++) {
        const slot = slots[i] as Slot;
        slot.codec.store(cx, pointer + slot.offset, (value as Record<string, unknown>)[slot.key]);
      }
    },
    lift: (cx, flat, at) => {
      const value = make() as Record<string, unknown>;
      for (let i = 0; i < count; i++) {
        const slot = slots[i] as Slot;
        value[slot.key] = slot.codec.lift(cx, flat, at + slot.flatAt);
      }
      return value;
    },
    lower: (cx, value, flat, at) => {
      const fields = value as Record<string, unknown>;
      if (a) a.codec.lower(cx, fields[a.key], flat, at);
      if (b) b.codec.lower(cx, fields[b.key], flat, at + b.flatAt);
      if (c) c.codec.lower(cx, fields[c.key], flat, at + c.flatAt);
      for (let i = 3; i < count; i++) {
        const slot = slots[i] as Slot;
        slot.codec.lower(cx, fields[slot.key], flat, at + slot.flatAt);
      }
    },
  };
}

/** How the cases of one variant-like type look in JavaScript. */
interface CaseView {
  /** The case index of a value, or -1. */
  indexOf(value: unknown): number;
  payloadOf(value: unknown): unknown;
  make(index: number, payload: unknown): unknown;
  readonly expected: string;
  /** The path from the value to its payload. */
  readonly step: string;
}

export function variantCodec(type: ValueTypeOf<'variant' | 'enum' | 'option' | 'result'>, codecOf: CodecOf): Codec {
  const cases = casesOf(type);
  const view = viewOf(type, cases);
  const payloads = cases.map((c) => (c.type ? payloadCodec(c.type, type, codecOf) : undefined));
  const offset = payloadOffset(cases);
  const tag = discriminant(discriminantSize(cases.length));
  const shape = shapeOf(type);
  const payloadCost = payloads.reduce((max, payload) => Math.max(max, payload?.codec.cost ?? 0), VALUE_COST);
  const check = (cx: GuestMemory, index: number): number =>
    index < cases.length
      ? index
      : cx.instance.store.trap('E_TRAP_INVALID_DISCRIMINANT', `${index} of ${cases.length} cases`);
  // Between the check and now, a getter may have changed its mind.
  const indexOf = (value: unknown): number => {
    const index = view.indexOf(value);
    if (index < 0) throw new TypeError(misfit(view.expected, value).why);
    return index;
  };
  return {
    ...shape,
    cost: view.step === '' ? payloadCost : VALUE_COST + payloadCost,
    load: (cx, pointer) => {
      const index = check(cx, tag.load(cx, pointer));
      return view.make(index, payloads[index]?.codec.load(cx, pointer + offset));
    },
    store: (cx, pointer, value) => {
      const index = indexOf(value);
      tag.store(cx, pointer, index);
      payloads[index]?.codec.store(cx, pointer + offset, view.payloadOf(value));
    },
    lift: (cx, flat, at) => {
      const index = check(cx, (flat[at] as number) >>> 0);
      return view.make(index, payloads[index]?.lift(cx, flat, at + 1));
    },
    lower: (cx, value, flat, at) => {
      const index = indexOf(value);
      const payload = payloads[index];
      flat[at] = index;
      payload?.lower(cx, view.payloadOf(value), flat, at + 1);
      const wanted = type.shape.flat as string;
      for (let i = 1 + (payload?.codec.flatCount ?? 0); i < wanted.length; i++)
        flat[at + i] = wanted[i] === 'I' ? 0n : 0;
    },
    check: (cx, value) => {
      const index = view.indexOf(value);
      if (index < 0) return misfit(view.expected, value);
      const codec = payloads[index]?.codec;
      return codec && inside(view.step, codec.check(cx, view.payloadOf(value)));
    },
  };
}

/** A discriminant, or flags, of some bytes: an unsigned integer. */
function discriminant(size: 1 | 2 | 4): Discriminant {
  return SCALARS[({ 1: 'u8', 2: 'u16', 4: 'u32' } as const)[size]] as Discriminant;
}

interface Discriminant {
  load(cx: GuestMemory, pointer: number): number;
  store(cx: GuestMemory, pointer: number, index: number): void;
}

function viewOf(type: ValueTypeOf<'variant' | 'enum' | 'option' | 'result'>, cases: readonly Case[]): CaseView {
  const names = cases.map((c) => c.name);
  const indices = new Map(names.map((name, i) => [name, i]));
  if (type.kind === 'enum') {
    return {
      indexOf: (value) => indices.get(value as string) ?? -1,
      payloadOf: () => undefined,
      make: (index) => names[index],
      expected: `enum (${few(names)})`,
      step: '',
    };
  }
  // An option inside an option needs a tag, since undefined could mean either.
  if (type.kind === 'option' && type.some.kind !== 'option') {
    return {
      indexOf: (value) => (value === undefined || value === null ? 0 : 1),
      payloadOf: (value) => value,
      make: (_index, payload) => payload,
      expected: 'option',
      step: '',
    };
  }
  return {
    indexOf: (value) => indices.get((value as { tag?: string } | null | undefined)?.tag ?? '') ?? -1,
    payloadOf: (value) => (value as { val?: unknown }).val,
    make: (index, val) =>
      cases[index]?.type ? { tag: names[index], val } : makeBare(type.kind, names[index] as string),
    expected: `${type.kind} { tag: ${few(names.map((name) => JSON.stringify(name)))} }`,
    step: '.val',
  };
}

/** A case without a payload: results always have a `val`, variants only when there is one. */
function makeBare(kind: string, tag: string): object {
  return kind === 'result' ? { tag, val: undefined } : { tag };
}

function few(names: readonly string[]): string {
  return names.length <= 6 ? names.join(', ') : `${names.slice(0, 6).join(', ')}, …`;
}

interface Payload extends Pick<Codec, 'lift' | 'lower'> {
  readonly codec: Codec;
}

/** A case's codec, converting between the core types of the payload and the joined ones of the variant. */
function payloadCodec(payload: ValueType, variant: ValueType, codecOf: CodecOf): Payload {
  const codec = codecOf(payload);
  const have = variant.shape.flat?.slice(1) ?? '';
  const want = payload.shape.flat ?? '';
  if (variant.shape.flat === undefined || have.startsWith(want)) return { codec, lift: codec.lift, lower: codec.lower };
  return {
    codec,
    lift: (cx, flat, at) => {
      const core = Array.from(want, (to, i) => recast(have[i], to, flat[at + i]));
      return codec.lift(cx, core, 0);
    },
    lower: (cx, value, flat, at) => {
      codec.lower(cx, value, flat, at);
      for (let i = 0; i < want.length; i++) flat[at + i] = recast(want[i], have[i], flat[at + i]);
    },
  };
}

const bits = new DataView(new ArrayBuffer(8));
const ACCESS: Readonly<Record<string, string>> = { i: 'Int32', I: 'BigInt64', f: 'Float32', F: 'Float64' };

/** Takes a core value of one type as one of another, by its bits: the joined types of a variant hold those of every payload. */
function recast(from: string | undefined, to: string | undefined, core: unknown): unknown {
  if (from === to) return core;
  const view = bits as unknown as Record<string, (at: number, ...rest: unknown[]) => unknown>;
  bits.setBigInt64(0, 0n);
  view[`set${ACCESS[from as string]}`]?.(0, core, true);
  return view[`get${ACCESS[to as string]}`]?.(0, true);
}

export function flagsCodec(type: ValueTypeOf<'flags'>): Codec {
  const keys = type.names.map(camelCase);
  const known = new Set(keys);
  const tag = discriminant(type.shape.size as 1 | 2 | 4);
  const unpack = (bitmap: number): Record<string, boolean> => {
    const value: Record<string, boolean> = {};
    keys.forEach((key, i) => (value[key] = ((bitmap >>> i) & 1) === 1));
    return value;
  };
  const pack = (value: unknown): number =>
    keys.reduce(
      (bitmap, key, i) => ((value as Record<string, unknown>)[key] === true ? bitmap | (1 << i) : bitmap),
      0,
    ) >>> 0;
  return {
    ...shapeOf(type),
    cost: objectCost(keys.length) + keys.length * VALUE_COST,
    load: (cx, pointer) => unpack(tag.load(cx, pointer)),
    store: (cx, pointer, value) => tag.store(cx, pointer, pack(value)),
    lift: (_cx, flat, at) => unpack(flat[at] as number),
    lower: (_cx, value, flat, at) => void (flat[at] = pack(value)),
    check: (_cx, value): Misfit | undefined => {
      if (!isObject(value)) return misfit(`flags { ${few(keys)} }`, value);
      for (const [key, flag] of Object.entries(value)) {
        if (!known.has(key)) return inside(`.${key}`, misfit(`one of the flags ${few(keys)}`, flag));
        if (flag !== undefined && typeof flag !== 'boolean') return inside(`.${key}`, misfit('bool', flag));
      }
      return undefined;
    },
  };
}
