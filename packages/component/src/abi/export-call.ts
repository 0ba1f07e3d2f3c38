import type { PrimitiveKind } from '../types/value-type.ts';
import { checkArguments, endLease, type LiftedFunction, newLease, refuseEntry, unwrapResult } from './calls.ts';
import { INTEGER_RANGES, scalarLift } from './scalars.ts';
import type { InstanceState } from './store.ts';

type HostFunction = (...args: unknown[]) => unknown;

/** Makes the JavaScript function by which the host calls an export that never suspends. */
export function exportFunction(lifted: LiftedFunction, name: string): HostFunction {
  return scalarExport(lifted, name) ?? generalExport(lifted, name);
}

function generalExport(lifted: LiftedFunction, name: string): HostFunction {
  const { instance, type, core, cx } = lifted;
  const root = instance.chain.at(-1) as InstanceState;
  return (...args) => {
    const signature = lifted.forHost();
    checkArguments(cx, signature, name, args);
    if (!root.mayEnter) throw refuseEntry(root, name);
    enter(instance.chain);
    const lease = newLease(signature);
    let value: unknown;
    try {
      const flat = lifted.lowerParams(signature, args, lease);
      const result = apply(core, flat);
      failIfTrapped(instance);
      value = lifted.liftResult(signature, result, lease);
      endLease(lease);
      lifted.afterReturn(result);
      failIfTrapped(instance);
    } catch (thrown) {
      throw instance.store.fail(thrown);
    }
    leave(instance);
    return unwrapResult(type, value);
  };
}

/** Makes the JavaScript function for an export that can reach a suspending import. It always gives a promise. */
export function suspendingExport(lifted: LiftedFunction, name: string): HostFunction {
  const { instance, type, core, cx } = lifted;
  const { store } = instance;
  const root = instance.chain.at(-1) as InstanceState;
  return async (...args) => {
    const signature = lifted.forHost();
    checkArguments(cx, signature, name, args);
    if (!root.mayEnter) {
      if (store.suspendedIn === undefined && !store.hasWaiters) throw refuseEntry(root, name);
      await store.turn(name);
      const refusal = store.refusal(name);
      if (refusal) throw refusal;
    }
    enter(instance.chain);
    const lease = newLease(signature);
    let value: unknown;
    try {
      const flat = lifted.lowerParams(signature, args, lease);
      const result = await apply(core, flat);
      failIfTrapped(instance);
      value = lifted.liftResult(signature, result, lease);
      endLease(lease);
      lifted.afterReturn(result);
      failIfTrapped(instance);
    } catch (thrown) {
      throw store.fail(thrown);
    }
    leave(instance);
    return unwrapResult(type, value);
  };
}

function enter(chain: readonly InstanceState[]): void {
  for (const instance of chain) instance.mayEnter = false;
}

function leave(left: InstanceState): void {
  for (const instance of left.chain) instance.mayEnter = true;
  if (left.store.hasWaiters) left.store.settle(left.chain.at(-1) as InstanceState);
}

/** A guest with exception handlers may return normally after a trap inside it; the trap stands. */
function failIfTrapped({ store }: InstanceState): void {
  const { trapped } = store;
  if (trapped) throw trapped;
}

/** Calls a core function without the cost of spreading for the common arities. */
export function apply(core: HostFunction, flat: readonly unknown[]): unknown {
  switch (flat.length) {
    case 0:
      return core();
    case 1:
      return core(flat[0]);
    case 2:
      return core(flat[0], flat[1]);
    case 3:
      return core(flat[0], flat[1], flat[2]);
    case 4:
      return core(flat[0], flat[1], flat[2], flat[3]);
    default:
      return core(...flat);
  }
}

interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly isInteger: boolean;
}

function rangeOf(kind: string): NumberRange | undefined {
  if (kind === 'f32' || kind === 'f64') return { min: -Infinity, max: Infinity, isInteger: false };
  const range = INTEGER_RANGES[kind as PrimitiveKind];
  return range && { min: range[0], max: range[1], isInteger: true };
}

function fits(value: unknown, range: NumberRange): boolean {
  if (typeof value !== 'number') return false;
  return !range.isInteger || (value >= range.min && value <= range.max && value === Math.floor(value));
}

/**
 * The shortest way, for functions of up to three numbers that return a number or nothing: nothing is allocated, and
 * the arguments are checked in place. Whatever does not fit goes the general way, which reports it.
 */
function scalarExport(lifted: LiftedFunction, name: string): HostFunction | undefined {
  const { type, core, instance, postReturn } = lifted;
  const ranges = type.params.map((param) => rangeOf(param.type.kind));
  const resultKind = type.result?.kind ?? 'none';
  if (postReturn || instance.parent || ranges.length > 3 || !ranges.every((range) => range !== undefined))
    return undefined;
  if (resultKind !== 'none' && !rangeOf(resultKind) && resultKind !== 'bool') return undefined;
  const lift =
    resultKind === 'none'
      ? () => undefined
      : (scalarLift(resultKind as 'u32') as (cx: unknown, core: unknown) => unknown);
  const isU32 = resultKind === 'u32';
  const { store } = instance;
  const slow = generalExport(lifted, name);
  const { cx } = lifted;
  const finish = (result: unknown): unknown => {
    if (store.trapped) throw store.trapped;
    instance.mayEnter = true;
    if (store.hasWaiters) store.settle(instance);
    return isU32 ? (result as number) >>> 0 : lift(cx, result);
  };
  const [r0, r1, r2] = ranges as [NumberRange, NumberRange, NumberRange];
  switch (ranges.length) {
    case 0:
      return function (): unknown {
        if (arguments.length !== 0 || !instance.mayEnter) return slow(...arguments);
        instance.mayEnter = false;
        let result;
        try {
          result = core();
        } catch (thrown) {
          throw store.fail(thrown);
        }
        return finish(result);
      };
    case 1:
      return function (a: unknown): unknown {
        if (arguments.length !== 1 || !fits(a, r0) || !instance.mayEnter) return slow(...arguments);
        instance.mayEnter = false;
        let result;
        try {
          result = core(a);
        } catch (thrown) {
          throw store.fail(thrown);
        }
        return finish(result);
      };
    case 2:
      return function (a: unknown, b: unknown): unknown {
        if (arguments.length !== 2 || !fits(a, r0) || !fits(b, r1) || !instance.mayEnter) return slow(...arguments);
        instance.mayEnter = false;
        let result;
        try {
          result = core(a, b);
        } catch (thrown) {
          throw store.fail(thrown);
        }
        return finish(result);
      };
    default:
      return function (a: unknown, b: unknown, c: unknown): unknown {
        if (arguments.length !== 3 || !fits(a, r0) || !fits(b, r1) || !fits(c, r2) || !instance.mayEnter)
          return slow(...arguments);
        instance.mayEnter = false;
        let result;
        try {
          result = core(a, b, c);
        } catch (thrown) {
          throw store.fail(thrown);
        }
        return finish(result);
      };
  }
}
