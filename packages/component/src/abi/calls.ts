import { argumentMismatch, callBlocked, callReentrant, handleGone } from '../errors.ts';
import { ComponentError, type LoopError } from '../loop-error.ts';
import type { FuncType } from '../types/extern-type.ts';
import { checkValue, type Codec, explain } from './codec.ts';
import type { Codecs } from './codecs.ts';
import type { Lease } from './handles.ts';
import type { GuestMemory } from './memory.ts';
import { Signature } from './signature.ts';
import type { InstanceState } from './store.ts';

export type CoreFunction = (...args: unknown[]) => unknown;

/** A core function lifted to a component function (definitions.py, `canon_lift`, its synchronous part). */
export class LiftedFunction {
  readonly kind = 'guest';
  readonly type: FuncType;
  readonly cx: GuestMemory;
  readonly core: CoreFunction;
  readonly postReturn: CoreFunction | undefined;
  /** Calling it can reach a suspending import, so its callers wait for a promise. */
  readonly isSuspending: boolean;
  private readonly codecs: Codecs;
  private hostSignature: Signature | undefined;
  private guestSignature: Signature | undefined;

  constructor(parts: {
    readonly type: FuncType;
    readonly cx: GuestMemory;
    readonly core: CoreFunction;
    readonly postReturn: CoreFunction | undefined;
    readonly isSuspending: boolean;
    readonly codecs: Codecs;
  }) {
    this.type = parts.type;
    this.cx = parts.cx;
    this.core = parts.core;
    this.postReturn = parts.postReturn;
    this.isSuspending = parts.isSuspending;
    this.codecs = parts.codecs;
  }

  get instance(): InstanceState {
    return this.cx.instance;
  }

  forHost(): Signature {
    return (this.hostSignature ??= new Signature(this.type, this.codecs, 'host'));
  }

  forGuest(): Signature {
    return (this.guestSignature ??= new Signature(this.type, this.codecs, 'guest'));
  }

  /** Lowers arguments into the guest, as part of a call whose lease is given. */
  lowerParams(signature: Signature, values: readonly unknown[], lease: Lease | undefined): unknown[] {
    const { cx } = this;
    const outer = cx.lease;
    cx.lease = lease;
    cx.refresh();
    const flat = signature.lowerParams(cx, values);
    cx.lease = outer;
    return flat;
  }

  /** Lifts the result out of the guest and checks that borrowed handles were given back. */
  liftResult(signature: Signature, core: unknown, lease: Lease | undefined): unknown {
    const { cx } = this;
    cx.begin();
    const value = signature.liftResult(cx, core);
    if (lease && lease.borrows > 0) cx.instance.store.trap('E_TRAP_BORROW_LEAKED', `${lease.borrows}`);
    return value;
  }

  /** Ends what a call from the host borrowed. */
  endHostLease(lease: Lease): void {
    this.cx.lease = undefined;
    if (lease.borrows > 0) this.instance.store.trap('E_TRAP_BORROW_LEAKED', `${lease.borrows}`);
    endLease(lease);
  }

  /** Lets the guest free what it returned. It cannot call out meanwhile. */
  afterReturn(core: unknown): void {
    const { instance, postReturn } = this;
    instance.mayLeave = false;
    if (this.type.result) postReturn?.(core);
    else postReturn?.();
    instance.mayLeave = true;
  }
}

/** What a call borrows, for functions with borrowed handles among their parameters. */
export function newLease(): Lease {
  return { borrows: 0, onEnd: [] };
}

export function endLease(lease: Lease): void {
  for (const end of lease.onEnd) end();
}

/** Says why a call from the host cannot enter. */
export function refuseEntry(instance: InstanceState, name: string): LoopError {
  const { store } = instance;
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
  for (let i = 0; i < params.length; i++) {
    const problem = checkValue(signature.params[i] as Codec, cx, args[i]);
    if (!problem) continue;
    const param = params[i]?.name ?? '';
    const refuse = problem.isGone ? handleGone : argumentMismatch;
    return refuse({ function: name, path: param + problem.path }, explain(param, problem));
  }
  return undefined;
}

/** Turns the value of a top-level `result` into a return or a throw. */
export function unwrapResult(value: unknown): unknown {
  const { tag, val } = value as { tag: 'ok' | 'err'; val: unknown };
  if (tag === 'err') throw new ComponentError(val);
  return val;
}
