import type { ValueType, ValueTypeOf } from '@loophost/component';
import { camelCase } from '../packages/component/src/types/names.ts';
import type { Random } from './random.ts';

/** Gives an object for a handle to a resource, by the identity of its type. */
export type HandleSource = (resource: number) => unknown;

type Numeric = 'u8' | 's8' | 'u16' | 's16' | 'u32' | 's32' | 'u64' | 's64' | 'f32' | 'f64';

const ARRAYS: Readonly<Record<Numeric, { from(items: never[]): unknown }>> = {
  u8: Uint8Array, s8: Int8Array, u16: Uint16Array, s16: Int16Array, u32: Uint32Array, s32: Int32Array,
  u64: BigUint64Array, s64: BigInt64Array, f32: Float32Array, f64: Float64Array,
}; // prettier-ignore

const BITS: Readonly<Record<string, number>> = { '8': 8, '16': 16, '32': 32, '64': 64 };
const TEXTS = ['', 'a', 'plain text', 'Grüße', '計算', '🧮🧮', 'a\u0000b', 'x'.repeat(300)];
const FLOATS = [0, -0, 1.5, -1e300, 5e-324, Infinity, -Infinity, NaN, 16_777_217];

/** Makes values of types, as a host gives them to a component, out of random numbers. */
export class Sampler {
  private readonly from: Random;
  private readonly handle: HandleSource;

  constructor(from: Random, handle: HandleSource) {
    this.from = from;
    this.handle = handle;
  }

  value(type: ValueType): unknown {
    const { from } = this;
    switch (type.kind) {
      case 'bool':
        return from.chance(50);
      case 'f32':
      case 'f64':
        return from.pick(FLOATS);
      case 'char':
        return String.fromCodePoint(from.pick([0, 65, 0xd7ff, 0xe000, 0xffff, 0x1_f98a, 0x10_ffff]));
      case 'string':
        return from.pick(TEXTS);
      case 'enum':
        return from.pick(type.names);
      case 'flags':
        return Object.fromEntries(type.names.map((name) => [camelCase(name), from.chance(50)]));
      case 'own':
      case 'borrow':
        return this.handle(type.resource.id);
      case 'error-context':
      case 'stream':
      case 'future':
        return {};
      case 'record':
      case 'tuple':
      case 'list':
      case 'map':
        return this.aggregate(type);
      case 'variant':
      case 'option':
      case 'result':
        return this.choice(type);
      default:
        return this.integer(type.kind);
    }
  }

  private integer(kind: string): number | bigint {
    const bits = BITS[kind.slice(1)] ?? 32;
    const low = kind.startsWith('s') ? -(2n ** BigInt(bits - 1)) : 0n;
    const span = 2n ** BigInt(bits);
    const any = low + (((BigInt(this.from.word()) << 32n) | BigInt(this.from.word())) % span);
    const value = this.from.pick([0n, 1n, 7n, low, low + span - 1n, any]);
    return bits === 64 ? value : Number(value);
  }

  private aggregate(type: ValueTypeOf<'record' | 'tuple' | 'list' | 'map'>): unknown {
    switch (type.kind) {
      case 'record':
        return Object.fromEntries(type.fields.map((field) => [camelCase(field.name), this.value(field.type)]));
      case 'tuple':
        return type.items.map((item) => this.value(item));
      case 'map':
        return new Map(this.times(3, () => [this.value(type.map.key), this.value(type.map.value)]));
      case 'list': {
        const { element, length } = type;
        const items =
          length === undefined
            ? this.times(5, () => this.value(element))
            : Array.from({ length: Math.min(length, 100_000) }, () => this.value(element));
        return element.kind in ARRAYS ? ARRAYS[element.kind as Numeric].from(items as never[]) : items;
      }
    }
  }

  private times<T>(bound: number, make: () => T): T[] {
    return Array.from({ length: this.from.below(bound) }, make);
  }

  private choice(type: ValueTypeOf<'variant' | 'option' | 'result'>): unknown {
    const { from } = this;
    if (type.kind === 'variant') {
      const { name: tag, type: payload } = from.pick(type.cases);
      return payload ? { tag, val: this.value(payload) } : { tag };
    }
    if (type.kind === 'result') {
      const [tag, payload] = from.chance(70) ? ['ok', type.ok] : ['err', type.err];
      return payload ? { tag, val: this.value(payload) } : { tag };
    }
    const isNone = from.chance(40);
    if (type.some.kind !== 'option') return isNone ? undefined : this.value(type.some);
    return isNone ? { tag: 'none' } : { tag: 'some', val: this.value(type.some) };
  }
}
