import type { PrimitiveKind } from '../types/value-type.ts';
import { type Codec } from './codec.ts';
import { checkArguments, endLease, type LiftedFunction, newLease, refuseEntry, unwrapResult } from './calls.ts';
import { INTEGER_RANGES, scalarLift } from './scalars.ts';
import type { InstanceState } from './store.ts';

type HostFunction = (...args: unknown[]) => unknown;

/**
 * Makes the JavaScript function by which the host calls an export that never suspends. A guest with exception handlers
 * may return normally after a trap inside it, so the store is asked again after each run of guest code.
 */
export function exportFunction(lifted: LiftedFunction, name: string): HostFunction {
  return scalarExport(lifted, name) ?? generalExport(lifted, name);
}

/** All in one function, as far as it is the common way: V8 inlines only so many calls into one another. */
function generalExport(lifted: LiftedFunction, name: string): HostFunction {
  const { instance, type, core, cx, postReturn } = lifted;
  const { store } = instance;
  const root = instance.chain.at(-1) as InstanceState;
  const isFallible = type.result?.kind === 'result';
  const hasResult = type.result !== undefined;
  return (...args) => {
    const signature = lifted.forHost();
    const { params, result } = signature;
    if (args.length > params.length) checkArguments(cx, signature, name, args);
    for (let i = 0; i < params.length; i++) {
      if ((params[i] as Codec).check(cx, args[i])) checkArguments(cx, signature, name, args);
    }
    if (!root.mayEnter) throw refuseEntry(root, name);
    enter(instance);
    let value: unknown;
    try {
      cx.begin();
      const lease = signature.hasBorrow ? (cx.lease = newLease()) : undefined;
      let flat: unknown[] = [];
      if (signature.spillsParams) flat = signature.lowerParams(cx, args);
      else for (let i = 0; i < params.length; i++) (params[i] as Codec).lower(cx, args[i], flat);
      const returned = apply(core, flat);
      if (store.trapped) throw store.trapped;
      cx.refresh();
      if (signature.spillsResult) value = signature.liftResult(cx, returned);
      else if (result) value = result.lift(cx, [returned], 0);
      if (lease) lifted.endHostLease(lease);
      if (postReturn) {
        instance.mayLeave = false;
        if (hasResult) postReturn(returned);
        else postReturn();
        instance.mayLeave = true;
        if (store.trapped) throw store.trapped;
      }
    } catch (thrown) {
      throw store.fail(thrown);
    }
    if (instance === root && !store.needsCare) instance.mayEnter = true;
    else leave(instance);
    return isFallible ? unwrapResult(value) : value;
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
    if (!root.mayEnter) await turn(root, name);
    enter(instance);
    const lease = signature.hasBorrow ? newLease() : undefined;
    let value: unknown;
    try {
      const flat = lifted.lowerParams(signature, args, lease);
      const result = await apply(core, flat);
      if (store.trapped) throw store.trapped;
      value = lifted.liftResult(signature, result, lease);
      if (lease) endLease(lease);
      if (lifted.postReturn) lifted.afterReturn(result);
      if (store.trapped) throw store.trapped;
    } catch (thrown) {
      throw store.fail(thrown);
    }
    leave(instance);
    return type.result?.kind === 'result' ? unwrapResult(value) : value;
  };
}

/** Waits until a suspended call, and those before it in the queue, have left. */
async function turn(root: InstanceState, name: string): Promise<void> {
  const { store } = root;
  const isWorthWaiting = store.suspendedIn !== undefined || store.needsCare;
  if (store.refusal(name) || !isWorthWaiting) throw refuseEntry(root, name);
  await store.turn(name);
  const refusal = store.refusal(name);
  if (refusal) throw refusal;
}

function enter(entered: InstanceState): void {
  for (let instance: InstanceState | undefined = entered; instance; instance = instance.parent)
    instance.mayEnter = false;
}

function leave(left: InstanceState): void {
  for (let instance: InstanceState | undefined = left; instance; instance = instance.parent) instance.mayEnter = true;
  if (left.store.needsCare) left.store.settle(left.chain.at(-1) as InstanceState);
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

/**
 * The shortest way, for functions of up to three numbers that return a number, a bool or nothing: nothing is
 * allocated, and the arguments are checked in place. Whatever does not fit goes the general way, which reports it.
 */
function scalarExport(lifted: LiftedFunction, name: string): HostFunction | undefined {
  const { type, core, instance, postReturn, cx } = lifted;
  const resultKind = type.result?.kind ?? 'none';
  const checks = type.params.map((param) => checkOf(param.type.kind));
  if (postReturn || instance.parent || checks.length > 3 || !checks.every((check) => check !== undefined))
    return undefined;
  if (resultKind !== 'none' && resultKind !== 'bool' && !checkOf(resultKind)) return undefined;
  const { store } = instance;
  const slow = generalExport(lifted, name);
  const isU32 = resultKind === 'u32';
  const lift = resultKind === 'none' ? () => undefined : scalarLift(resultKind as 'u32');
  const finish = (result: unknown): unknown => {
    if (store.trapped) throw store.trapped;
    instance.mayEnter = true;
    if (store.needsCare) store.settle(instance);
    return lift(cx, result);
  };
  const [[how0, min0, max0] = UNUSED, [how1, min1, max1] = UNUSED, [how2, min2, max2] = UNUSED] = checks;
  return [
    function (): unknown {
      if (arguments.length !== 0 || !instance.mayEnter) return slow(...arguments);
      instance.mayEnter = false;
      let result;
      try {
        result = core();
      } catch (thrown) {
        throw store.fail(thrown);
      }
      return finish(result);
    },
    function (a: unknown): unknown {
      if (arguments.length !== 1 || !instance.mayEnter || !fits(a, how0, min0, max0)) return slow(...arguments);
      instance.mayEnter = false;
      let result;
      try {
        result = core(a);
      } catch (thrown) {
        throw store.fail(thrown);
      }
      if (!isU32 || store.needsCare) return finish(result);
      instance.mayEnter = true;
      return (result as number) >>> 0;
    },
    function (a: unknown, b: unknown): unknown {
      if (arguments.length !== 2 || !instance.mayEnter || !fits(a, how0, min0, max0) || !fits(b, how1, min1, max1)) {
        return slow(...arguments);
      }
      instance.mayEnter = false;
      let result;
      try {
        result = core(a, b);
      } catch (thrown) {
        throw store.fail(thrown);
      }
      if (!isU32 || store.needsCare) return finish(result);
      instance.mayEnter = true;
      return (result as number) >>> 0;
    },
    function (a: unknown, b: unknown, c: unknown): unknown {
      const areFit = fits(a, how0, min0, max0) && fits(b, how1, min1, max1) && fits(c, how2, min2, max2);
      if (arguments.length !== 3 || !instance.mayEnter || !areFit) return slow(...arguments);
      instance.mayEnter = false;
      let result;
      try {
        result = core(a, b, c);
      } catch (thrown) {
        throw store.fail(thrown);
      }
      return finish(result);
    },
  ][checks.length];
}

/** How a Number parameter is checked: by one operator where there is one, else by its range. */
type NumberCheck = readonly [how: 'u32' | 's32' | 'range' | 'any', min: number, max: number];

const UNUSED: NumberCheck = ['any', 0, 0];

function checkOf(kind: string): NumberCheck | undefined {
  if (kind === 'f32' || kind === 'f64') return UNUSED;
  const range = INTEGER_RANGES[kind as PrimitiveKind];
  return range && [kind === 'u32' || kind === 's32' ? kind : 'range', range[0], range[1]];
}

function fits(value: unknown, how: NumberCheck[0], min: number, max: number): boolean {
  if (typeof value !== 'number') return false;
  if (how === 'u32') return value >>> 0 === value;
  if (how === 's32') return (value | 0) === value;
  return how === 'any' || (value >= min && value <= max && value === Math.floor(value));
}
