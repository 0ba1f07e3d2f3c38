import { type Codec } from './codec.ts';
import { argumentMismatch, textOf } from '../errors.ts';
import type { LoopError } from '../loop-error.ts';
import {
  afterReturn,
  endLease,
  type LiftedFunction,
  liftResult,
  refuseArguments,
  refuseEntry,
  unwrapResult,
} from './calls.ts';
import { flattenAll } from '../types/type-table.ts';
import { scalarExport } from './scalar-export.ts';
import type { Signature } from './signature.ts';
import type { InstanceState } from './store.ts';

type HostFunction = (...args: unknown[]) => unknown;

/**
 * Makes the JavaScript function by which the host calls an export that never suspends. A guest with exception handlers
 * may return normally after a trap inside it, so the store is asked again after each run of guest code.
 */
export function exportFunction(lifted: LiftedFunction, name: string): HostFunction {
  const general = generalExport(lifted, name);
  return scalarExport(lifted, general) ?? general;
}

/** All in one function, as far as it is the common way: V8 inlines only so many calls into one another. */
function generalExport(lifted: LiftedFunction, name: string): HostFunction {
  const { type, core, cx, postReturn } = lifted;
  const { instance } = cx;
  const { store } = instance;
  const root = instance.chain.at(-1) as InstanceState;
  const isFallible = type.result?.kind === 'result';
  // One place for core arguments serves every call: a call that is under way forbids the next.
  const flat: unknown[] = Array.from(
    { length: flattenAll(type.params.map((param) => param.type))?.length ?? 1 },
    () => 0,
  );
  let signature: Signature | undefined;
  return function (): unknown {
    signature ??= lifted.forHost();
    const { params, result } = signature;
    let isChecked = arguments.length <= params.length && !signature.hasResource;
    try {
      for (let i = 0; isChecked && i < params.length; i++) isChecked = !(params[i] as Codec).check(cx, arguments[i]);
    } catch {
      isChecked = false;
    }
    const refusal = isChecked ? undefined : refuseArguments(cx, signature, name, [...arguments]);
    if (refusal) throw refusal;
    if (!root.mayEnter) throw refuseEntry(root, name);
    enter(instance);
    let value: unknown;
    let isLowered = false;
    try {
      cx.begin();
      const lease = signature.hasBorrow ? (cx.lease = signature.lease()) : undefined;
      if (signature.spillsParams) signature.lowerParams(cx, [...arguments], flat);
      else {
        instance.mayLeave = false;
        for (let i = 0, at = 0; i < params.length; i++) {
          const codec = params[i] as Codec;
          codec.lower(cx, arguments[i], flat, at);
          at += codec.flatCount;
        }
        instance.mayLeave = true;
      }
      isLowered = true;
      const returned = apply(core, flat);
      if (store.trapped) throw store.trapped;
      cx.refresh();
      if (signature.spillsResult) value = signature.liftResult(cx, returned);
      else if (result) value = result.lift(cx, [returned], 0);
      if (lease) endLease(store, lease);
      if (postReturn) {
        instance.mayLeave = false;
        postReturn(returned);
        instance.mayLeave = true;
        if (store.trapped) throw store.trapped;
      }
    } catch (thrown) {
      throw isLowered ? store.fail(thrown) : loweringFailed(lifted, name, [...arguments], thrown);
    }
    if (instance === root && !store.needsCare) instance.mayEnter = true;
    else leave(instance);
    return isFallible ? unwrapResult(value) : value;
  };
}

/** Makes the JavaScript function for an export that can reach a suspending import. It always gives a promise. */
export function suspendingExport(lifted: LiftedFunction, name: string): HostFunction {
  const { type, core, cx } = lifted;
  const { instance } = cx;
  const { store } = instance;
  const root = instance.chain.at(-1) as InstanceState;
  return async (...args) => {
    const signature = lifted.forHost();
    let refusal = refuseArguments(cx, signature, name, args);
    if (!refusal && !root.mayEnter) {
      await turn(root, name);
      // Handles may be gone, and objects changed, since the call was made.
      refusal = refuseArguments(cx, signature, name, args);
      if (refusal) leave(root);
    }
    if (refusal) throw refusal;
    enter(instance);
    store.isAsync = false;
    const lease = signature.lease();
    let value: unknown;
    let isLowered = false;
    try {
      cx.begin();
      cx.lease = lease;
      const flat = signature.lowerParams(cx, args);
      isLowered = true;
      store.canSuspend = true;
      const promise = core(...flat);
      store.isAsync = true;
      const result = await promise;
      store.canSuspend = false;
      if (store.trapped) throw store.trapped;
      value = liftResult(cx, signature, result, lease);
      afterReturn(lifted, result);
      if (store.trapped) throw store.trapped;
    } catch (thrown) {
      throw isLowered ? store.fail(thrown) : loweringFailed(lifted, name, args, thrown);
    }
    leave(instance);
    return type.result?.kind === 'result' ? unwrapResult(value) : value;
  };
}

/** Waits until a suspended call, and those before it in the queue, have left. */
async function turn(root: InstanceState, name: string): Promise<void> {
  const { store } = root;
  if (store.refusal(name) || !store.canWait) throw refuseEntry(root, name);
  await store.turn(name);
  const refusal = store.refusal(name);
  if (!refusal) return;
  // Disposing left to this call, whose turn it was, what is done when a call leaves.
  store.fail(refusal);
  throw refusal;
}

/**
 * Why arguments that fit when they were checked could not be lowered: a trap in the guest's `realloc`, or an object of
 * the host that reads differently the second time. Of the latter the guest has lost nothing but memory, and can be
 * called again, unless handles have moved into it.
 */
function loweringFailed(lifted: LiftedFunction, name: string, args: readonly unknown[], thrown: unknown): LoopError {
  const { cx } = lifted;
  const { instance } = cx;
  const { store } = instance;
  if (store.trapped) return store.fail(thrown);
  const signature = lifted.forHost();
  const changed = argumentMismatch({ function: name }, `an argument changed while it was read: ${textOf(thrown)}`);
  if (signature.hasResource) return store.fail(changed);
  instance.mayLeave = true;
  leave(instance);
  return refuseArguments(cx, signature, name, args) ?? changed;
}

function enter(entered: InstanceState): void {
  for (let instance: InstanceState | undefined = entered; instance; instance = instance.parent)
    instance.mayEnter = false;
}

function leave(left: InstanceState): void {
  for (let instance: InstanceState | undefined = left; instance; instance = instance.parent) instance.mayEnter = true;
  left.store.isAsync = false;
  if (left.store.needsCare) left.store.settle(left.chain.at(-1) as InstanceState);
}

/** Calls a core function without the cost of spreading for the common arities. */
function apply(core: HostFunction, flat: readonly unknown[]): unknown {
  // prettier-ignore
  switch (flat.length) {
    case 0: return core();
    case 1: return core(flat[0]);
    case 2: return core(flat[0], flat[1]);
    case 3: return core(flat[0], flat[1], flat[2]);
    case 4: return core(flat[0], flat[1], flat[2], flat[3]);
    case 5: return core(flat[0], flat[1], flat[2], flat[3], flat[4]);
    case 6: return core(flat[0], flat[1], flat[2], flat[3], flat[4], flat[5]);
    default: return core(...flat);
  }
}
