import { camelCase } from '../types/names.ts';
import { type Case, casesOf, type ValueType, type ValueTypeOf } from '../types/value-type.ts';

/** How values look in JavaScript, for the notations that are read into values and written from them. */

export type VariantLike = ValueTypeOf<'variant' | 'enum' | 'option' | 'result'>;

interface ArrayClass {
  new (length: number): ArrayLike<number | bigint>;
  from(items: readonly never[]): ArrayLike<number | bigint>;
  readonly name: string;
}

const ARRAYS: Partial<Record<ValueType['kind'], ArrayClass>> = {
  u8: Uint8Array, s8: Int8Array, u16: Uint16Array, s16: Int16Array, u32: Uint32Array, s32: Int32Array,
  u64: BigUint64Array, s64: BigInt64Array, f32: Float32Array, f64: Float64Array,
}; // prettier-ignore

/** The typed array that a list of this element type is, if it is one. */
export function arrayClassOf(element: ValueType): ArrayClass | undefined {
  return ARRAYS[element.kind];
}

/** Makes the value of a list from its elements: a typed array for numbers, else an array. */
export function makeList(type: ValueTypeOf<'list'>, items: readonly unknown[]): unknown {
  const Typed = arrayClassOf(type.element);
  return Typed ? Typed.from(items as readonly never[]) : items;
}

/** A field of a record or a flag, with its key in JavaScript. */
export interface Member {
  readonly name: string;
  readonly key: string;
  readonly type?: ValueType;
}

/** The members and cases of types by name, each found once for a whole conversion. */
export class TypeIndex {
  private readonly members = new Map<ValueType, ReadonlyMap<string, Member>>();
  private readonly cases = new Map<ValueType, ReadonlyMap<string, Case>>();

  membersOf(type: ValueTypeOf<'record' | 'flags'>): ReadonlyMap<string, Member> {
    const known = this.members.get(type);
    if (known) return known;
    const list: readonly Case[] = type.kind === 'record' ? type.fields : type.names.map((name) => ({ name }));
    const made = new Map(list.map((member) => [member.name, { ...member, key: camelCase(member.name) }]));
    this.members.set(type, made);
    return made;
  }

  casesOf(type: VariantLike): ReadonlyMap<string, Case> {
    const known = this.cases.get(type);
    if (known) return known;
    const made = new Map(casesOf(type).map((c) => [c.name, c]));
    this.cases.set(type, made);
    return made;
  }
}

/** An option whose payload is itself an option is `{ tag, val }`, since undefined could mean either. */
export function isPlainOption(type: ValueType): boolean {
  return type.kind === 'option' && type.some.kind !== 'option';
}

/** Makes the value of one case of a variant, enum, option or result. */
export function makeCase(type: VariantLike, { name: tag, type: payload }: Case, val?: unknown): unknown {
  if (type.kind === 'enum') return tag;
  if (isPlainOption(type)) return val;
  return type.kind === 'result' || payload ? { tag, val } : { tag };
}

/** The name of the case that a value claims to be of, and its payload. */
export function caseOf(type: VariantLike, value: unknown): { readonly name: unknown; readonly payload: unknown } {
  if (type.kind === 'enum') return { name: value, payload: undefined };
  if (isPlainOption(type)) return { name: value === undefined || value === null ? 'none' : 'some', payload: value };
  const { tag, val } = (value ?? {}) as { readonly tag?: unknown; readonly val?: unknown };
  return { name: tag, payload: val };
}

/** What a value of this type is when nothing is written for it: `none` of an option; absent for other types. */
export function omittedValue(type: ValueType): { readonly value: unknown } | undefined {
  return type.kind === 'option' ? { value: makeCase(type, { name: 'none' }) } : undefined;
}

const RANGES: Partial<Record<ValueType['kind'], readonly [number, number] | readonly [bigint, bigint]>> = {
  u8: [0, 0xff], s8: [-0x80, 0x7f], u16: [0, 0xffff], s16: [-0x8000, 0x7fff], u32: [0, 0xffff_ffff], s32: [-0x8000_0000, 0x7fff_ffff],
  u64: [0n, 0xffff_ffff_ffff_ffffn], s64: [-0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn],
}; // prettier-ignore

/** The least and the greatest value of an integer type, BigInts for 64 bits; undefined for other types. */
export function integerRange(
  kind: ValueType['kind'],
): readonly [number, number] | readonly [bigint, bigint] | undefined {
  return RANGES[kind];
}

/** 64-bit integers are BigInts in JavaScript. */
export function isBigInteger(kind: ValueType['kind']): boolean {
  return kind === 'u64' || kind === 's64';
}

/** Tells whether a value is a text of one Unicode scalar value. */
export function isChar(value: unknown): boolean {
  if (typeof value !== 'string' || value.length === 0 || value.length > 2) return false;
  return value.isWellFormed() && value.length === ((value.codePointAt(0) as number) > 0xffff ? 2 : 1);
}
