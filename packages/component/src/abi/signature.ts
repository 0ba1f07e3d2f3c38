import type { FuncType } from '../types/extern-type.ts';
import type { Codec, Partner } from './codec.ts';
import type { Codecs } from './codecs.ts';
import type { Lease } from './handles.ts';
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
  /** The parameters as the tuple that they form. */
  private readonly tuple: Codec;

  constructor(type: FuncType, codecs: Codecs, partner: Partner) {
    const types = type.params.map((param) => param.type);
    this.type = type;
    this.params = types.map((param) => codecs.of(param, partner));
    this.result = type.result && codecs.of(type.result, partner);
    const { codec, shape } = codecs.tuple(types, partner);
    this.tuple = codec;
    this.spillsParams = shape.flat === undefined;
    this.flatParams = shape.flat?.length ?? 1;
    this.spillsResult = this.result !== undefined && this.result.flatCount !== 1;
    this.hasBorrow = shape.hasBorrow;
    this.hasResource = shape.hasResource;
  }

  /** What a call borrows, for functions with borrowed handles among their parameters. */
  lease(): Lease | undefined {
    return this.hasBorrow ? { borrows: 0, onEnd: [] } : undefined;
  }

  /** Writes arguments as the core values that a lifted function takes into `flat`, which has a place for each. */
  lowerParams(cx: GuestMemory, values: readonly unknown[], flat: unknown[] = new Array(this.flatParams)): unknown[] {
    const { tuple } = this;
    cx.instance.mayLeave = false;
    if (this.spillsParams) {
      const pointer = cx.allocate(tuple.align, tuple.size);
      tuple.store(cx, pointer, values);
      flat[0] = pointer;
    } else tuple.lower(cx, values, flat, 0);
    cx.instance.mayLeave = true;
    return flat;
  }

  /** The result of a lifted function from what its core function returned. */
  liftResult(cx: GuestMemory, core: unknown): unknown {
    const { result } = this;
    if (!result) return undefined;
    return this.spillsResult ? loadFrom(cx, result, core) : result.lift(cx, [core], 0);
  }

  /** Arguments from the core values that a lowered function was called with. */
  liftParams(cx: GuestMemory, flat: readonly unknown[]): unknown[] {
    const { tuple } = this;
    return (this.spillsParams ? loadFrom(cx, tuple, flat[0]) : tuple.lift(cx, flat, 0)) as unknown[];
  }

  /** The core result of a lowered function; one in memory goes where the last core argument points. */
  lowerResult(cx: GuestMemory, value: unknown, flat: readonly unknown[]): unknown {
    const { result } = this;
    if (!result) return undefined;
    const out: unknown[] = [];
    cx.instance.mayLeave = false;
    if (this.spillsResult) result.store(cx, cx.checkPointer(flat[this.flatParams], result), value);
    else result.lower(cx, value, out, 0);
    cx.instance.mayLeave = true;
    return out[0];
  }
}

function loadFrom(cx: GuestMemory, codec: Codec, core: unknown): unknown {
  return codec.load(cx, cx.checkPointer(core, codec));
}
