import type { FuncType } from '../types/extern-type.ts';
import { type CoreFunction, endLease, type LiftedFunction, newLease } from './calls.ts';
import type { Codecs } from './codecs.ts';
import { apply } from './export-call.ts';
import type { Lease } from './handles.ts';
import { withArity } from './import-call.ts';
import type { GuestMemory } from './memory.ts';
import { loweredArity, Signature } from './signature.ts';
import type { InstanceState } from './store.ts';

/** A call from one guest's lowered import to another guest's lifted export, in the parts around the callee's run. */
export class GuestCall {
  readonly caller: GuestMemory;
  readonly callee: LiftedFunction;
  private readonly type: FuncType;
  private readonly codecs: Codecs;
  private readonly entered: readonly InstanceState[];
  private built: Signature | undefined;

  constructor(caller: GuestMemory, type: FuncType, callee: LiftedFunction, codecs: Codecs) {
    this.caller = caller;
    this.callee = callee;
    this.type = type;
    this.codecs = codecs;
    this.entered = callee.instance.enteredFrom(caller.instance);
  }

  private get signature(): Signature {
    return (this.built ??= new Signature(this.type, this.codecs, 'guest'));
  }

  /** Enters the callee and gives the core arguments for it (definitions.py, `canon_lower`, `Store.lift`, `canon_lift`). */
  begin(flat: readonly unknown[]): { args: unknown[]; lent: Lease | undefined; lease: Lease | undefined } {
    const { caller, callee, signature } = this;
    const { store } = caller.instance;
    if (!caller.instance.mayLeave) store.trap('E_TRAP_CANNOT_LEAVE');
    for (const instance of this.entered) if (!instance.mayEnter) store.trap('E_TRAP_CANNOT_ENTER');
    for (const instance of this.entered) instance.mayEnter = false;
    const lent = signature.hasBorrow ? newLease() : undefined;
    caller.begin();
    const outer = caller.lease;
    caller.lease = lent;
    const values = signature.liftParams(caller, flat);
    caller.lease = outer;
    const target = callee.forGuest();
    const lease = target.hasBorrow ? newLease() : undefined;
    return { args: callee.lowerParams(target, values, lease), lent, lease };
  }

  /** Brings the result back, lets the callee clean up, and leaves it. */
  end(result: unknown, flat: readonly unknown[], lent: Lease | undefined, lease: Lease | undefined): unknown {
    const { caller, callee, signature } = this;
    const value = callee.liftResult(callee.forGuest(), result, lease);
    caller.refresh();
    const lowered = signature.lowerResult(caller, value, flat);
    if (callee.postReturn) callee.afterReturn(result);
    if (lent) endLease(lent);
    for (const instance of this.entered) instance.mayEnter = true;
    return lowered;
  }
}

/** Connects a lowered import of one guest to a lifted export of another that never suspends. */
export function lowerGuest(caller: GuestMemory, type: FuncType, callee: LiftedFunction, codecs: Codecs): CoreFunction {
  const call = new GuestCall(caller, type, callee, codecs);
  return withArity(loweredArity(type), (flat) => {
    try {
      const { args, lent, lease } = call.begin(flat);
      return call.end(apply(callee.core, args), flat, lent, lease);
    } catch (thrown) {
      return caller.instance.store.rethrow(thrown);
    }
  });
}
