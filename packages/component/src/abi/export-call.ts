import { type Codec } from './codec.ts';
import { checkArguments, endLease, type LiftedFunction, newLease, refuseEntry, unwrapResult } from './calls.ts';
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
  const { instance, type, core, cx, postReturn } = lifted;
  const { store } = instance;
  const root = instance.chain.at(-1) as InstanceState;
  const isFallible = type.result?.kind === 'result';
  const hasResult = type.result !== undefined;
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
    for (let i = 0; isChecked && i < params.length; i++) isChecked = !(params[i] as Codec).check(cx, arguments[i]);
    if (!isChecked) checkArguments(cx, signature, name, [...arguments]);
    if (!root.mayEnter) throw refuseEntry(root, name);
    enter(instance);
    let value: unknown;
    try {
      cx.begin();
      const lease = signature.hasBorrow ? (cx.lease = newLease()) : undefined;
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
      store.canSuspend = true;
      const result = await apply(core, flat);
      store.canSuspend = false;
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
  // prettier-ignore
  switch (flat.length) {
    case 0: return core();
    case 1: return core(flat[0]);
    case 2: return core(flat[0], flat[1]);
    case 3: return core(flat[0], flat[1], flat[2]);
    case 4: return core(flat[0], flat[1], flat[2], flat[3]);
    case 5: return core(flat[0], flat[1], flat[2], flat[3], flat[4]);
    case 6: return core(flat[0], flat[1], flat[2], flat[3], flat[4], flat[5]);
    case 7: return core(flat[0], flat[1], flat[2], flat[3], flat[4], flat[5], flat[6]);
    case 8: return core(flat[0], flat[1], flat[2], flat[3], flat[4], flat[5], flat[6], flat[7]);
    default: return core(...flat);
  }
}
