import type { ValueType, ValueTypeOf } from '@loophost/component';
import fc from 'fast-check';
import { camelCase } from '../packages/component/src/types/names.ts';

type Integer = 'u8' | 's8' | 'u16' | 's16' | 'u32' | 's32' | 'u64' | 's64';
type Numeric = Integer | 'f32' | 'f64';

/** The typed array that a list of numbers is. */
const ARRAYS: Readonly<Record<Numeric, { from(items: never[]): unknown }>> = {
  u8: Uint8Array, s8: Int8Array, u16: Uint16Array, s16: Int16Array, u32: Uint32Array, s32: Int32Array,
  u64: BigUint64Array, s64: BigInt64Array, f32: Float32Array, f64: Float64Array,
}; // prettier-ignore

const LONGEST_LIST = 6;

/** The kind of a type of numbers; nothing for other types. */
export function numericKind({ kind }: ValueType): Numeric | undefined {
  return kind in ARRAYS ? (kind as Numeric) : undefined;
}

/** The least and the greatest value of an integer type. */
export function rangeOf(kind: Integer): readonly [bigint, bigint] {
  const bits = BigInt(kind.slice(1));
  return kind.startsWith('s') ? [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n] : [0n, 2n ** bits - 1n];
}

function integers(kind: Integer): fc.Arbitrary<number | bigint> {
  const [min, max] = rangeOf(kind);
  const any = fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max, min < 0n ? -1n : 1n));
  return kind.endsWith('64') ? any : any.map(Number);
}

/** Text of any kind, halves of surrogate pairs among it, which become U+FFFD on the way. */
function texts(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
    { weight: 2, arbitrary: fc.string({ maxLength: 200 }) },
    { weight: 1, arbitrary: fc.array(fc.nat(0xffff), { maxLength: 8 }).map((units) => String.fromCharCode(...units)) },
    { weight: 1, arbitrary: fc.constantFrom('', '\u0000', 'ÿ', 'Ā', '🧮'.repeat(40), 'x'.repeat(5000)) },
  );
}

/** Values of a type in every form that both engines promise to take. */
export function valuesOf(type: ValueType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'bool':
      return fc.boolean();
    case 'f32':
    case 'f64':
      return fc.oneof(fc.double(), fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 5e-324, 1e39, 16_777_217));
    case 'char':
      return fc.string({ unit: 'binary', minLength: 1, maxLength: 1 });
    case 'string':
      return texts();
    case 'list':
      return lists(type);
    case 'tuple':
      return fc.tuple(...type.items.map(valuesOf));
    case 'record':
      return fc
        .tuple(...type.fields.map((field) => valuesOf(field.type)))
        .map((values) => Object.fromEntries(type.fields.map((field, i) => [camelCase(field.name), values[i]])));
    case 'flags':
      // What is left out is false.
      return fc
        .array(fc.constantFrom(true, false, undefined), { minLength: type.names.length, maxLength: type.names.length })
        .map((set) => Object.fromEntries(type.names.flatMap((name, i) => flagOf(camelCase(name), set[i]))));
    case 'enum':
      return fc.constantFrom(...type.names);
    case 'variant':
      return fc.oneof(...type.cases.map(({ name, type: payload }) => tagged(name, payload)));
    case 'result':
      return fc.oneof(tagged('ok', type.ok), tagged('err', type.err));
    case 'option':
      return options(type);
    default: {
      const kind = numericKind(type);
      if (kind) return integers(kind as Integer);
      throw new Error(`no values of ${type.kind} are made here`);
    }
  }
}

function flagOf(key: string, set: boolean | undefined): [string, boolean][] {
  return set === undefined ? [] : [[key, set]];
}

function lists(type: ValueTypeOf<'list'>): fc.Arbitrary<unknown> {
  const { element, length } = type;
  const bounds = length === undefined ? { maxLength: LONGEST_LIST } : { minLength: length, maxLength: length };
  const plain = fc.array(valuesOf(element), bounds);
  const kind = numericKind(element);
  if (!kind) return plain;
  return fc.oneof(
    plain,
    plain.map((items) => ARRAYS[kind].from(items as never[])),
  );
}

function tagged(tag: string, payload: ValueType | undefined): fc.Arbitrary<unknown> {
  if (!payload) return fc.constantFrom({ tag }, { tag, val: undefined });
  return valuesOf(payload).map((val) => ({ tag, val }));
}

/** `none` is undefined, or null; an option of an option says which of the two it is. */
function options({ some }: ValueTypeOf<'option'>): fc.Arbitrary<unknown> {
  if (some.kind === 'option') return fc.oneof(fc.constant({ tag: 'none' }), tagged('some', some));
  return fc.oneof({ weight: 1, arbitrary: fc.constantFrom(undefined, null) }, { weight: 3, arbitrary: valuesOf(some) });
}
