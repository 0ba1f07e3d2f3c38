import type { FuncType } from '../types/extern-type.ts';
import { alignTo, flattenAll } from '../types/type-table.ts';
import type { Codec, Partner } from './codec.ts';
import type { Codecs } from './codecs.ts';
import type { GuestMemory } from './memory.ts';

/**
 * How the parameters and the result of a function type cross the boundary, toward the host or another guest
 * (CanonicalABI.md, "Lifting and Lowering Values"): as core values, or in memory when there are too many.
 */
export class Signature {
  readonly type: FuncType;
  readonly params: readonly Codec[];
  readonly result: Codec | undefined;
  /** Core values of the parameters, a pointer counted as one. */
  readonly flatParams: number;
  readonly spillsParams: boolean;
  readonly spillsResult: boolean;
  readonly hasBorrow: boolean;
  readonly hasResource: boolean;
  private readonly offsets: readonly number[];
  private readonly align: number;
  private readonly size: number;

  constructor(type: FuncType, codecs: Codecs, partner: Partner) {
    this.type = type;
    this.params = type.params.map((param) => codecs.of(param.type, partner));
    this.result = type.result && codecs.of(type.result, partner);
    const flat = flattenAll(type.params.map((param) => param.type));
    this.spillsParams = flat === undefined;
    this.flatParams = flat?.length ?? 1;
    this.spillsResult = this.result !== undefined && this.result.flatCount !== 1;
    this.hasBorrow = type.params.some((param) => param.type.shape.hasBorrow);
    this.hasResource = type.params.some((param) => param.type.shape.hasResource);
    let size = 0;
    this.offsets = this.params.map((codec) => {
      const offset = alignTo(size, codec.align);
      size = offset + codec.size;
      return offset;
    });
    this.align = this.params.reduce((max, codec) => Math.max(max, codec.align), 1);
    this.size = alignTo(size, this.align);
  }

  /** Writes arguments as the core values that a lifted function takes into `flat`, which has a place for each. */
  lowerParams(cx: GuestMemory, values: readonly unknown[], flat: unknown[] = new Array(this.flatParams)): unknown[] {
    const { params } = this;
    cx.instance.mayLeave = false;
    if (this.spillsParams) {
      const pointer = cx.allocate(this.align, this.size);
      for (let i = 0; i < params.length; i++)
        (params[i] as Codec).store(cx, pointer + (this.offsets[i] as number), values[i]);
      flat[0] = pointer;
    } else {
      for (let i = 0, at = 0; i < params.length; i++) {
        const codec = params[i] as Codec;
        codec.lower(cx, values[i], flat, at);
        at += codec.flatCount;
      }
    }
    cx.instance.mayLeave = true;
    return flat;
  }

  /** The result of a lifted function from what its core function returned. */
  liftResult(cx: GuestMemory, core: unknown): unknown {
    const { result } = this;
    if (!result) return undefined;
    if (!this.spillsResult) return result.lift(cx, [core], 0);
    const pointer = (core as number) >>> 0;
    cx.checkPointer(pointer, result.align, result.size);
    return result.load(cx, pointer);
  }

  /** Arguments from the core values that a lowered function was called with. */
  liftParams(cx: GuestMemory, flat: readonly unknown[]): unknown[] {
    const { params } = this;
    const values: unknown[] = [];
    if (!this.spillsParams) {
      let at = 0;
      for (const codec of params) {
        values.push(codec.lift(cx, flat, at));
        at += codec.flatCount;
      }
      return values;
    }
    const pointer = (flat[0] as number) >>> 0;
    cx.checkPointer(pointer, this.align, this.size);
    for (let i = 0; i < params.length; i++)
      values.push((params[i] as Codec).load(cx, pointer + (this.offsets[i] as number)));
    return values;
  }

  /** The core result of a lowered function; one in memory goes where the last core argument points. */
  lowerResult(cx: GuestMemory, value: unknown, flat: readonly unknown[]): unknown {
    const { result } = this;
    if (!result) return undefined;
    const out: unknown[] = [];
    cx.instance.mayLeave = false;
    if (this.spillsResult) {
      const pointer = (flat[this.flatParams] as number) >>> 0;
      cx.checkPointer(pointer, result.align, result.size);
      result.store(cx, pointer, value);
    } else result.lower(cx, value, out, 0);
    cx.instance.mayLeave = true;
    return out[0];
  }
}

/** Number of core values that a lowered function takes. */
export function loweredArity(type: FuncType): number {
  const params = flattenAll(type.params.map((param) => param.type))?.length ?? 1;
  return params + (type.result && type.result.shape.flat?.length !== 1 ? 1 : 0);
}
