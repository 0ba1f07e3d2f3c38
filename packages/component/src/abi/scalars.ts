import type { PrimitiveKind } from '../types/value-type.ts';
import { type Codec, misfit, type Misfit, VALUE_COST } from './codec.ts';
import type { GuestMemory } from './memory.ts';
import { loadString, loadTransitString, storeString, type StringRange, type TransitString } from './strings.ts';

interface Scalar {
  readonly size: number;
  load(cx: GuestMemory, pointer: number): unknown;
  store(cx: GuestMemory, pointer: number, value: never): void;
  /** From the core value to the component value: masks, sign-extends, canonicalizes. */
  lift(cx: GuestMemory, core: never): unknown;
  /** From the component value to a core value, when it is not the same. */
  lower?(value: never): unknown;
  check(cx: GuestMemory, value: unknown): Misfit | undefined;
}

function bigInteger(
  kind: PrimitiveKind,
  min: bigint,
  max: bigint,
): (cx: GuestMemory, value: unknown) => Misfit | undefined {
  return (_cx, value) => {
    if (typeof value === 'bigint' && value >= min && value <= max) return undefined;
    return misfit(typeof value === 'number' ? `${kind} as a BigInt` : kind, value);
  };
}

function float(kind: PrimitiveKind): (cx: GuestMemory, value: unknown) => Misfit | undefined {
  return (_cx, value) => (typeof value === 'number' ? undefined : misfit(kind, value));
}

/** JavaScript cannot tell NaNs apart, so reading one as a Number canonicalizes it. */
export const SCALARS: Record<Exclude<PrimitiveKind, 'string' | 'error-context'>, Scalar> = {
  bool: {
    size: 1,
    load: (cx, p) => cx.bytes[p] !== 0,
    store: (cx, p, v: boolean) => void (cx.bytes[p] = v ? 1 : 0),
    lift: (_cx, core: number) => core !== 0,
    lower: (v: boolean) => (v ? 1 : 0),
    check: (_cx, v) => (typeof v === 'boolean' ? undefined : misfit('bool', v)),
  },
  u8: {
    size: 1,
    load: (cx, p) => cx.bytes[p],
    store: (cx, p, v: number) => void (cx.bytes[p] = v),
    lift: (_cx, core: number) => core & 0xff,
    check: (_cx, v) => (typeof v === 'number' && (v & 0xff) === v ? undefined : misfit('u8', v)),
  },
  s8: {
    size: 1,
    load: (cx, p) => cx.view.getInt8(p),
    store: (cx, p, v: number) => cx.view.setInt8(p, v),
    lift: (_cx, core: number) => (core << 24) >> 24,
    check: (_cx, v) => (typeof v === 'number' && (v << 24) >> 24 === v ? undefined : misfit('s8', v)),
  },
  u16: {
    size: 2,
    load: (cx, p) => cx.view.getUint16(p, true),
    store: (cx, p, v: number) => cx.view.setUint16(p, v, true),
    lift: (_cx, core: number) => core & 0xffff,
    check: (_cx, v) => (typeof v === 'number' && (v & 0xffff) === v ? undefined : misfit('u16', v)),
  },
  s16: {
    size: 2,
    load: (cx, p) => cx.view.getInt16(p, true),
    store: (cx, p, v: number) => cx.view.setInt16(p, v, true),
    lift: (_cx, core: number) => (core << 16) >> 16,
    check: (_cx, v) => (typeof v === 'number' && (v << 16) >> 16 === v ? undefined : misfit('s16', v)),
  },
  u32: {
    size: 4,
    load: (cx, p) => cx.view.getUint32(p, true),
    store: (cx, p, v: number) => cx.view.setUint32(p, v, true),
    lift: (_cx, core: number) => core >>> 0,
    check: (_cx, v) => (typeof v === 'number' && v >>> 0 === v ? undefined : misfit('u32', v)),
  },
  s32: {
    size: 4,
    load: (cx, p) => cx.view.getInt32(p, true),
    store: (cx, p, v: number) => cx.view.setInt32(p, v, true),
    lift: (_cx, core: number) => core | 0,
    check: (_cx, v) => (typeof v === 'number' && (v | 0) === v ? undefined : misfit('s32', v)),
  },
  u64: {
    size: 8,
    load: (cx, p) => cx.view.getBigUint64(p, true),
    store: (cx, p, v: bigint) => cx.view.setBigUint64(p, v, true),
    lift: (_cx, core: bigint) => BigInt.asUintN(64, core),
    check: bigInteger('u64', 0n, 2n ** 64n - 1n),
  },
  s64: {
    size: 8,
    load: (cx, p) => cx.view.getBigInt64(p, true),
    store: (cx, p, v: bigint) => cx.view.setBigInt64(p, v, true),
    lift: (_cx, core: bigint) => BigInt.asIntN(64, core),
    check: bigInteger('s64', -(2n ** 63n), 2n ** 63n - 1n),
  },
  f32: {
    size: 4,
    load: (cx, p) => cx.view.getFloat32(p, true),
    store: (cx, p, v: number) => cx.view.setFloat32(p, v, true),
    lift: (_cx, core: number) => core,
    check: float('f32'),
  },
  f64: {
    size: 8,
    load: (cx, p) => cx.view.getFloat64(p, true),
    store: (cx, p, v: number) => cx.view.setFloat64(p, v, true),
    lift: (_cx, core: number) => core,
    check: float('f64'),
  },
  char: {
    size: 4,
    load: (cx, p) => toChar(cx, cx.view.getUint32(p, true)),
    store: (cx, p, v: string) => cx.view.setUint32(p, v.codePointAt(0) as number, true),
    lift: (cx, core: number) => toChar(cx, core >>> 0),
    lower: (v: string) => v.codePointAt(0),
    check: (_cx, v) => (isChar(v) ? undefined : misfit('char (a string of one Unicode scalar value)', v)),
  },
};

function toChar(cx: GuestMemory, code: number): string {
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
    cx.instance.store.trap('E_TRAP_INVALID_CHAR', `0x${code.toString(16)}`);
  return String.fromCodePoint(code);
}

function isChar(value: unknown): boolean {
  if (typeof value !== 'string' || value.length === 0 || value.length > 2) return false;
  const code = value.codePointAt(0) as number;
  return code > 0xffff ? value.length === 2 : value.length === 1 && (code < 0xd800 || code > 0xdfff);
}

export function scalarCodec(kind: keyof typeof SCALARS): Codec {
  const scalar = SCALARS[kind];
  // A getter may give something else than it gave to the check. In memory any value becomes one of the type.
  const type = kind === 's64' || kind === 'u64' ? 'bigint' : 'number';
  const { lift, lower } = scalar as { lift(cx: GuestMemory, core: unknown): unknown; lower?(value: unknown): unknown };
  return {
    size: scalar.size,
    align: scalar.size,
    flatCount: 1,
    cost: VALUE_COST,
    load: scalar.load,
    store: scalar.store as Codec['store'],
    lift: (cx, flat, at) => lift(cx, flat[at]),
    lower: lower
      ? (_cx, value, flat, at) => void (flat[at] = lower(value))
      : (_cx, value, flat, at) => {
          if (typeof value !== type) throw new TypeError(misfit(kind, value).why);
          flat[at] = value;
        },
    check: scalar.check,
  };
}

export function stringCodec(isHost: boolean): Codec {
  const load = isHost ? loadString : loadTransitString;
  const out: StringRange = { pointer: 0, units: 0 };
  return {
    size: 8,
    align: 4,
    flatCount: 2,
    cost: VALUE_COST,
    load: (cx, p) => load(cx, cx.view.getUint32(p, true), cx.view.getUint32(p + 4, true)),
    store: (cx, p, value) => {
      storeString(cx, value as string | TransitString, out);
      cx.view.setUint32(p, out.pointer, true);
      cx.view.setUint32(p + 4, out.units, true);
    },
    lift: (cx, flat, at) => load(cx, (flat[at] as number) >>> 0, (flat[at + 1] as number) >>> 0),
    lower: (cx, value, flat, at) => {
      storeString(cx, value as string | TransitString, out);
      flat[at] = out.pointer;
      flat[at + 1] = out.units;
    },
    check: (cx, value) => {
      if (typeof value !== 'string') return misfit('string', value);
      const max = cx.maxValueBytes;
      return value.length <= max ? undefined : misfit(`string of at most ${max} bytes`, `${value.length} code units`);
    },
  };
}
