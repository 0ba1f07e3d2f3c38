import type { FuncType } from '../types/extern-type.ts';
import { afterReturn, type CoreFunction, endLease, type LiftedFunction, liftResult } from './calls.ts';
import type { Codecs } from './codecs.ts';
import type { GuestMemory } from './memory.ts';

/**
 * Connects a lowered import of one guest to a lifted export of another (definitions.py, `canon_lower`, `Store.lift`,
 * `canon_lift`). One that can suspend gives a promise, so that no JavaScript stands between the stacks of the two.
 */
export function lowerGuest(caller: GuestMemory, type: FuncType, callee: LiftedFunction, codecs: Codecs): CoreFunction {
  const { instance } = caller;
  const { store } = instance;
  const signatureOf = codecs.signature(type, 'guest');
  const all = callee.cx.instance.enteredFrom(instance);
  /** Enters the callee and gives the core arguments for it, and what brings its result back. */
  const begin = (flat: readonly unknown[]): { args: unknown[]; end: (result: unknown) => unknown } => {
    const signature = signatureOf();
    const target = callee.forGuest();
    const { cx } = callee;
    instance.checkLeave();
    for (const entered of all) if (!entered.mayEnter) store.trap('E_TRAP_CANNOT_ENTER');
    for (const entered of all) entered.mayEnter = false;
    const lent = signature.lease();
    caller.begin();
    caller.lease = lent;
    const values = signature.liftParams(caller, flat);
    const lease = target.lease();
    cx.begin();
    cx.lease = lease;
    const args = target.lowerParams(cx, values);
    const end = (result: unknown): unknown => {
      const value = liftResult(cx, target, result, lease);
      caller.refresh();
      const lowered = signature.lowerResult(caller, value, flat);
      afterReturn(callee, result);
      endLease(store, lent);
      for (const entered of all) entered.mayEnter = true;
      return lowered;
    };
    return { args, end };
  };
  if (callee.isSuspending) {
    return async (...flat) => {
      try {
        const { args, end } = begin(flat);
        return end(await callee.core(...args));
      } catch (thrown) {
        return store.rethrow(thrown);
      }
    };
  }
  return (...flat) => {
    try {
      const { args, end } = begin(flat);
      return end(callee.core(...args));
    } catch (thrown) {
      return store.rethrow(thrown);
    }
  };
}
