import type { LoopError, ValueType } from '@loophost/component';
import type { ExportedFunction } from './catalog.ts';
import {
  callAborted,
  callsExceeded,
  deadlineExceeded,
  disposed,
  guestEnded,
  resourceGone,
  restartsExhausted,
  startTimedOut,
} from './errors.ts';
import { endOf } from './events.ts';
import type { Guest } from './executor.ts';
import { isHandleRef } from './guest/handle-ref.ts';
import type { LinkedComponent, Running } from './linked.ts';
import { GuestResource } from './resource.ts';
import { swapResources } from './values.ts';

/** An `AbortSignal`, of whatever library declares it. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface CallOptions {
  /** When to end the guest if the call has not returned, in milliseconds. Default `limits.timeoutMs`. */
  readonly timeoutMs?: number;
  /** Ends the guest when it is aborted. */
  readonly signal?: Signal;
  /** Buffers among the arguments that are handed over instead of copied; they cannot be used here afterwards. */
  readonly transfer?: readonly ArrayBuffer[];
}

/** The longest that a timer of JavaScript runs; what is longer would run out at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * A component that runs. When its guest is ended, by a deadline, an aborted call, a trap or its own thread, the next call
 * gets a fresh one, as often as the limits let it start again. State in the guest's memory is lost then.
 */
export class Instance implements AsyncDisposable {
  private readonly linked: LinkedComponent;
  private readonly onDispose: () => void;
  private running: Running | undefined;
  private lastEnd: Error | undefined;
  private readonly restarts: number[] = [];
  private pending = 0;
  private hasStarted = false;
  private isDisposed = false;
  /** Guests that have not ended yet, those on their way out included. */
  private readonly guests = new Set<Guest>();

  constructor(linked: LinkedComponent, onDispose: () => void) {
    this.linked = linked;
    this.onDispose = onDispose;
  }

  /** Starts the first guest. */
  async start(): Promise<void> {
    await this.startedGuest();
  }

  /**
   * Calls an exported function: `greet`, `acme:calc/api@1.0.0.add`, or `api.[method]sum.add` with the resource first.
   * Arguments and results are in the engine's mapping; resources of the guest are {@link GuestResource}.
   *
   * @throws {ComponentError} when the function returns the error case of its `result`.
   * @throws {LoopError} `E_FUNCTION_UNKNOWN`, `E_ARGUMENT_MISMATCH`, `E_ARGUMENT_NOT_PLAIN`; `E_DEADLINE_EXCEEDED`;
   *   `E_CALL_ABORTED`; the code of a trap; `E_HOST_CALLS_EXCEEDED`; `E_GUEST_ENDED` when another call ended the guest;
   *   `E_RESTARTS_EXHAUSTED`; `E_CALLS_EXCEEDED`; `E_DISPOSED`.
   */
  async call(name: string, args: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> {
    const func = this.linked.catalog.find(name);
    const { maxPendingCalls } = this.linked.limits;
    if (this.isDisposed) throw disposed(`an instance of "${this.linked.name}"`);
    if (this.pending >= maxPendingCalls)
      throw callsExceeded(`${this.pending} calls are open`, maxPendingCalls, 'limits.maxPendingCalls');
    this.pending++;
    this.linked.live.calls++;
    try {
      return await this.callWithin(func, args, options);
    } finally {
      this.pending--;
      this.linked.live.calls--;
    }
  }

  private async callWithin(
    func: ExportedFunction,
    args: readonly unknown[],
    { timeoutMs = this.linked.limits.timeoutMs, signal, transfer }: CallOptions,
  ): Promise<unknown> {
    if (signal?.aborted) throw callAborted(func.name, signal.reason);
    const running = this.current();
    const { guest } = running;
    const { reject, promise } = Promise.withResolvers<never>();
    const kill = (reason: LoopError): void => {
      reject(reason);
      this.end(running, reason);
    };
    const timer = setTimeout(() => kill(deadlineExceeded(func.name, timeoutMs)), Math.min(timeoutMs, MAX_TIMER_MS));
    const abort = (): void => kill(callAborted(func.name, signal?.reason));
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const call = { path: func.path, args: this.encode(func, args, guest), ...(transfer && { transfer }) };
      return this.decode(func, await Promise.race([guest.call(call), promise]), guest);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  private async startedGuest(): Promise<Running> {
    const running = this.current();
    await running.guest.started;
    return running;
  }

  /** The guest that runs, or a fresh one. */
  private current(): Running {
    const { running } = this;
    return running && !running.guest.hasEnded ? running : this.restart();
  }

  /** Starts a guest, if the budget of restarts has one left. */
  private restart(): Running {
    if (this.isDisposed) throw disposed(`an instance of "${this.linked.name}"`);
    const { maxRestarts, restartWindowMs, startTimeoutMs } = this.linked.limits;
    const component = this.linked.name;
    if (this.hasStarted) {
      const now = performance.now();
      while (this.restarts.length > 0 && now - (this.restarts[0] as number) > restartWindowMs) this.restarts.shift();
      if (this.restarts.length >= maxRestarts)
        throw restartsExhausted({ component, maxRestarts, windowMs: restartWindowMs, cause: this.lastEnd });
      this.restarts.push(now);
    }
    this.hasStarted = true;
    const running = this.linked.startGuest();
    this.running = running;
    this.guests.add(running.guest);
    const timer = setTimeout(() => running.guest.kill(startTimedOut(component, startTimeoutMs)), startTimeoutMs);
    running.guest.started.then(
      () => clearTimeout(timer),
      () => clearTimeout(timer),
    );
    void running.guest.ended.then((reason) => {
      clearTimeout(timer);
      this.guests.delete(running.guest);
      this.linked.emit(running.number, endOf(this.isDisposed ? undefined : reason));
      if (this.running !== running) return;
      this.running = undefined;
      this.lastEnd = reason;
    });
    return running;
  }

  private end(running: Running, reason: Error): void {
    if (this.running === running) this.running = undefined;
    this.lastEnd = reason;
    running.guest.kill(guestEnded(this.linked.name, reason));
  }

  private encode({ type }: ExportedFunction, args: readonly unknown[], guest: Guest): readonly unknown[] {
    if (!type.params.some((param) => param.type.shape.hasResource)) return args;
    return args.map((arg, i) => {
      const of = type.params[i]?.type;
      return of ? swapResources(arg, of, (value, { kind }) => refOf(value, kind, guest)) : arg;
    });
  }

  private decode({ type }: ExportedFunction, value: unknown, guest: Guest): unknown {
    const { result } = type;
    if (!result?.shape.hasResource) return value;
    const of = result.kind === 'result' ? result.ok : result;
    return of ? swapResources(value, of, (ref) => this.adopt(ref, guest)) : value;
  }

  private adopt(ref: unknown, guest: Guest): unknown {
    if (!isHandleRef(ref)) return ref;
    return new GuestResource(guest, ref.$handle, this.linked.live);
  }

  /** Ends the guest, and waits for those that were ended before. Open calls are refused with `E_GUEST_ENDED`. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.running?.guest.kill(guestEnded(this.linked.name, undefined));
    this.running = undefined;
    this.onDispose();
    await Promise.all([...this.guests].map((guest) => guest.ended));
  }
}

function refOf(value: unknown, kind: ValueType['kind'], guest: Guest): unknown {
  if (!(value instanceof GuestResource)) return value;
  if (!value.isOf(guest)) throw resourceGone('its guest has ended, or it belongs to another instance');
  return kind === 'own' ? value.move() : value.ref();
}
