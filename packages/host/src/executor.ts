import type { Component } from '@loophost/component';
import type { CapabilityEvent, TrustClass } from './capability.ts';
import type { Decision } from './decision.ts';
import type { HostLimits } from './limits.ts';
import type { LiveCounter } from './live.ts';

/** Runs guests: here, in a thread, in a frame. */
export interface Executor extends AsyncDisposable {
  /** `thread` or `inline`. */
  readonly name: string;
  /** The least trust that a component must have to run here. */
  readonly trust: TrustClass;
  /** How a guest waits when nothing outside of its thread can make it wait. */
  readonly waiting: 'suspend' | 'block';
  /** Starts a guest: instantiates it, which runs its start functions. */
  start(spec: GuestSpec, outside: Outside): Guest;
}

/** Everything that a guest is made from. */
export interface GuestSpec {
  /** What messages call the component. */
  readonly name: string;
  readonly component: Component;
  /** Plain data: the same in every thread. */
  readonly parts: readonly PartSpec[];
  readonly limits: Pick<HostLimits, 'maxHostCalls' | 'maxHandles' | 'maxPendingCalls'>;
  readonly waiting: 'suspend' | 'block';
}

/** A guest part with the settings that one guest gets. */
export interface PartSpec {
  readonly capability: string;
  readonly guestPart: string;
  readonly settings: unknown;
}

/** What a guest can reach of its host. */
export interface Outside {
  readonly live: LiveCounter;
  /** Runs an operation of a capability. */
  ask(capability: string, operation: string, args: readonly unknown[]): unknown;
  /** The same, when the guest does not wait for it. */
  tell(capability: string, operation: string, args: readonly unknown[]): unknown;
  report(decision: Decision): void;
  emit(event: CapabilityEvent): void;
}

/** One call of an export: where it stands in the component's exports, and what it takes. */
export interface GuestCall {
  /** Names from the outside in: `['acme:calc/api@1.0.0', 'add']`. */
  readonly path: readonly string[];
  readonly args: readonly unknown[];
  /** Buffers of arguments that are handed over instead of copied. The caller cannot use them afterwards. */
  readonly transfer?: readonly ArrayBuffer[];
}

/** A resource of the guest that the host held and does not need any more. */
export interface GuestDrop {
  readonly handle: number;
}

/** A guest that starts or runs. It does one work at a time, in the order in which it is given. */
export interface Guest {
  /** Settles when the guest has started, or could not. */
  readonly started: Promise<void>;
  /** Settles when the guest has ended in any way, with the reason when it was not asked to. */
  readonly ended: Promise<Error | undefined>;
  /** It cannot be called any more, though it may still be on its way out. */
  readonly hasEnded: boolean;
  /** Why it has ended, when it was not asked to. */
  readonly reason: Error | undefined;
  /** Calls an export of a guest that has started. A trap ends the guest before the promise is settled. */
  call(call: GuestCall): Promise<unknown>;
  /** Drops a resource. Resolves when its destructor is through, or has ended the guest. */
  drop(drop: GuestDrop): Promise<void>;
  /** Whether the guest has come to some work that it has not finished. */
  hasBegun(work: GuestCall | GuestDrop): boolean;
  /**
   * Takes back a call that is not answered, however busy the guest is. False: it has begun. Else it never does, and is
   * answered by anything when its turn comes.
   */
  withdraw(call: GuestCall): boolean;
  /**
   * Ends the guest at once, whatever it is doing.
   *
   * @param reason - Why, unless it is simply not needed any more.
   * @param refusal - What open calls are refused with. Default `E_GUEST_ENDED`, with the reason as its cause.
   */
  kill(reason?: Error, refusal?: Error): void;
}
