import { argumentMismatch, callBlocked, callReentrant, handleGone } from '../errors.ts';
import { ComponentError, type LoopError } from '../loop-error.ts';
import type { FuncType } from '../types/extern-type.ts';
import { checkValue, type Codec, explain } from './codec.ts';
import type { Lease } from './handles.ts';
import type { GuestMemory } from './memory.ts';
import type { Signature } from './signature.ts';
import type { InstanceState, Store } from './store.ts';

export type CoreFunction = (...args: unknown[]) => unknown;

/** A core function lifted to a component function (definitions.py, `canon_lift`, its synchronous part). */
export interface LiftedFunction {
  readonly kind: 'guest';
  readonly type: FuncType;
  readonly cx: GuestMemory;
  readonly core: CoreFunction;
  readonly postReturn: CoreFunction | undefined;
  /** Calling it can reach a suspending import, so its callers wait for a promise. */
  readonly isSuspending: boolean;
  readonly forHost: () => Signature;
  readonly forGuest: () => Signature;
}

/** Lifts the result out of the guest, checks that borrowed handles were given back, and ends what the call borrowed. */
export function liftResult(cx: GuestMemory, signature: Signature, core: unknown, lease: Lease | undefined): unknown {
  cx.begin();
  const value = signature.liftResult(cx, core);
  endLease(cx.instance.store, lease);
  return value;
}

/** Lets the guest free what it returned. It cannot call out meanwhile. */
export function afterReturn({ cx, postReturn }: LiftedFunction, core: unknown): void {
  cx.instance.mayLeave = false;
  postReturn?.(core);
  cx.instance.mayLeave = true;
}

/** Ends what a call borrowed, all of which the callee must have given back. */
export function endLease(store: Store, lease: Lease | undefined): void {
  if (!lease) return;
  if (lease.borrows > 0) store.trap('E_TRAP_BORROW_LEAKED', `${lease.borrows}`);
  for (const end of lease.onEnd) end();
}

/** Says why a call from the host cannot enter. */
export function refuseEntry({ store }: InstanceState, name: string): LoopError {
  const refusal = store.refusal(name);
  if (refusal) return refusal;
  if (!store.canWait) return callReentrant(name);
  return callBlocked(name, store.suspendedIn, 'this export is synchronous and cannot wait');
}

/** Says why the host's arguments cannot be passed, or gives undefined. */
export function refuseArguments(
  cx: GuestMemory,
  signature: Signature,
  name: string,
  args: readonly unknown[],
): LoopError | undefined {
  const { params } = signature.type;
  if (args.length > params.length) {
    return argumentMismatch({ function: name }, `expected ${params.length} arguments, got ${args.length}`);
  }
  cx.instance.store.checks++;
  for (const [i, param] of params.entries()) {
    const problem = checkValue(signature.params[i] as Codec, cx, args[i]);
    if (!problem) continue;
    const refuse = problem.isGone ? handleGone : argumentMismatch;
    return refuse({ function: name, path: param.name + problem.path }, explain(param.name, problem));
  }
  return undefined;
}

/** Turns the value of a top-level `result` into a return or a throw. */
export function unwrapResult(value: unknown): unknown {
  const { tag, val } = value as { tag: 'ok' | 'err'; val: unknown };
  if (tag === 'err') throw new ComponentError(val);
  return val;
}
