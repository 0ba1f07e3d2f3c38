import { ComponentError, isComponentError, isLoopError } from '@loophost/component';
import type { ExportedFunction } from './catalog.ts';
import { Deadline } from './deadline.ts';
import type { Signal } from './signal.ts';
import { callsExceeded, disposed, restartsExhausted, startTimedOut } from './errors.ts';
import { endOf } from './events.ts';
import type { GuestCall } from './executor.ts';
import type { LinkedComponent } from './linked.ts';
import { checkCall } from './options.ts';
import { RestartBudget } from './restarts.ts';
import type { RunningGuest } from './running.ts';

export interface CallOptions {
  /**
   * How long the call may take, in milliseconds: waiting for an instance of a pool, for its start and for other calls
   * included. When it has not returned by then, its guest is ended; when it has not begun, it is only refused. Default
   * `limits.timeoutMs`.
   */
  readonly timeoutMs?: number;
  /** Refuses the call when it is aborted, and ends the guest if that has begun the call already. */
  readonly signal?: Signal;
  /** Buffers among the arguments that are handed over instead of copied; they cannot be used here afterwards. */
  readonly transfer?: readonly ArrayBuffer[];
}

type State =
  | { readonly kind: 'new' }
  /** The guest may have ended since. */
  | { readonly kind: 'running'; readonly running: RunningGuest }
  | { readonly kind: 'disposed'; readonly done: Promise<void> };

const NO_ARGS: readonly unknown[] = [];
const NO_OPTIONS: CallOptions = {};

/**
 * A component that runs. When its guest is ended, by a deadline, an aborted call, a trap or its own thread, the next call
 * gets a fresh one, as often as the limits let it start again. State in the guest's memory is lost then.
 */
export class Instance implements AsyncDisposable {
  private readonly linked: LinkedComponent;
  private readonly onDispose: () => void;
  private readonly restarts: RestartBudget;
  private state: State = { kind: 'new' };
  private pending = 0;
  /** Guests that have not ended yet, those on their way out included. */
  private readonly guests = new Set<RunningGuest>();

  /** @internal */
  constructor(linked: LinkedComponent, onDispose: () => void) {
    this.linked = linked;
    this.onDispose = onDispose;
    this.restarts = new RestartBudget(linked.limits);
  }

  /**
   * Starts a guest, unless one runs.
   *
   * @internal
   */
  async start(): Promise<void> {
    await this.current().guest.started;
  }

  /**
   * No guest runs, and none may be started for a while.
   *
   * @internal
   */
  get isExhausted(): boolean {
    const { state } = this;
    return state.kind === 'running' && state.running.guest.hasEnded && this.restarts.isSpent;
  }

  /**
   * Calls an exported function: `greet`, `acme:calc/api@1.0.0.add`, or `api.[method]sum.add` with the resource first.
   * Arguments and results are in the engine's mapping; resources of the guest are {@link GuestResource}. Arguments are
   * read by the time that the call has returned, and not all of them at once: do not change them meanwhile.
   *
   * A guest works on one call at a time, and the others wait. A function of the host that a guest calls must therefore not
   * wait for a call of the same instance: neither would return.
   *
   * @throws {ComponentError} when the function returns the error case of its `result`.
   * @throws {LoopError} `E_OPTION_INVALID`; `E_FUNCTION_UNKNOWN`, `E_ARGUMENT_MISMATCH`, `E_ARGUMENT_NOT_PLAIN`,
   *   `E_RESOURCE_GONE`; `E_DEADLINE_EXCEEDED`; `E_CALL_ABORTED`; the code of a trap; `E_PROVIDER_FAILED`;
   *   `E_HOST_CALLS_EXCEEDED`; `E_HANDLES_EXCEEDED`; `E_THREAD_DIED`; `E_GUEST_ENDED` when another call ended the guest;
   *   what a start throws, when the guest has to be started: `E_START_TIMED_OUT`, `E_OUT_OF_MEMORY`;
   *   `E_RESTARTS_EXHAUSTED`; `E_CALLS_EXCEEDED`; `E_DISPOSED`.
   */
  async call(name: string, args?: readonly unknown[], options?: CallOptions): Promise<unknown> {
    const call = openCall(this.linked, name, args, options);
    try {
      return await this.run(call);
    } finally {
      call.deadline[Symbol.dispose]();
    }
  }

  /** @internal */
  async run(call: OpenCall): Promise<unknown> {
    const { limits, live } = this.linked;
    const open = this.pending + (this.state.kind === 'running' ? this.state.running.withdrawn : 0);
    if (open >= limits.maxPendingCalls)
      throw callsExceeded(`${open} calls are open`, limits.maxPendingCalls, 'limits.maxPendingCalls');
    this.pending++;
    live.calls++;
    try {
      const running = this.current();
      // A guest gets its calls when it has started, so that it need not end for one that is given up before.
      if (!running.hasStarted)
        await call.deadline.wait(running.guest.started, (refuse) => void refuse({ kind: 'starting' }));
      return await runIn(running, call);
    } finally {
      this.pending--;
      live.calls--;
    }
  }

  /** The guest that runs, or a fresh one. */
  private current(): RunningGuest {
    const { state } = this;
    switch (state.kind) {
      case 'disposed':
        throw disposed(`an instance of "${this.linked.name}"`);
      case 'running':
        return state.running.guest.hasEnded ? this.restart(state.running.guest.reason) : state.running;
      case 'new':
        return this.startGuest();
    }
  }

  /** Starts another guest, if the budget of restarts has one left. */
  private restart(cause: Error | undefined): RunningGuest {
    const { maxRestarts, restartWindowMs } = this.linked.limits;
    if (this.restarts.isSpent)
      throw restartsExhausted({ component: this.linked.name, maxRestarts, windowMs: restartWindowMs, cause });
    this.restarts.spend();
    return this.startGuest();
  }

  private startGuest(): RunningGuest {
    const { name, limits } = this.linked;
    const { startTimeoutMs } = limits;
    const running = this.linked.startGuest();
    const { guest, number } = running;
    this.state = { kind: 'running', running };
    this.guests.add(running);
    const timer = setTimeout(() => guest.kill(startTimedOut(name, startTimeoutMs)), startTimeoutMs);
    guest.started.then(
      () => clearTimeout(timer),
      () => clearTimeout(timer),
    );
    void guest.ended.then((reason) => {
      clearTimeout(timer);
      this.guests.delete(running);
      this.linked.emit(number, endOf(reason));
    });
    // A listener may dispose of the instance.
    this.linked.emit(number, { kind: 'start' });
    return running;
  }

  /** Ends the guest, and waits for those that were ended before. Open calls are refused with `E_GUEST_ENDED`. */
  [Symbol.asyncDispose](): Promise<void> {
    if (this.state.kind === 'disposed') return this.state.done;
    const guests = [...this.guests];
    const done = Promise.all(guests.map(({ guest }) => guest.ended)).then(() => this.onDispose());
    this.state = { kind: 'disposed', done };
    for (const { guest } of guests) guest.kill();
    return done;
  }
}

/** A call as it is made: of which function, with what, until when. */
export interface OpenCall {
  readonly func: ExportedFunction;
  readonly args: readonly unknown[];
  readonly transfer: readonly ArrayBuffer[] | undefined;
  readonly deadline: Deadline;
}

/** Checks what a call is given, and sets its deadline. */
export function openCall(
  { catalog, limits }: LinkedComponent,
  name: string,
  args: readonly unknown[] = NO_ARGS,
  options: CallOptions = NO_OPTIONS,
): OpenCall {
  if (typeof name !== 'string' || !Array.isArray(args) || options !== NO_OPTIONS) checkCall(name, args, options);
  const { timeoutMs = limits.timeoutMs, signal, transfer } = options;
  const func = catalog.find(name);
  return { func, args, transfer, deadline: new Deadline(func.name, timeoutMs, signal) };
}

async function runIn(
  running: RunningGuest,
  { func: { path, type }, args, transfer, deadline }: OpenCall,
): Promise<unknown> {
  const { guest, resources } = running;
  const { result } = type;
  const isFallible = result?.kind === 'result';
  deadline.check();
  const passed = resources.pass(type, args);
  try {
    const call: GuestCall = { path, args: passed.args, ...(transfer && { transfer }) };
    const { answer, giveUp } = running.call(call);
    const value = await deadline.wait(answer, giveUp);
    passed.settle(true);
    return resources.adopt(value, isFallible ? result.ok : result);
  } catch (thrown) {
    // A call that was given up has ended the guest, if it had begun.
    passed.settle(guest.hasEnded || (!deadline.hasPassed && hasBegun(thrown)));
    if (!isFallible || !result.err?.shape.hasResource || !isComponentError(thrown)) throw thrown;
    throw new ComponentError(resources.adopt(thrown.payload, result.err), thrown.message);
  }
}

/** Whether a call that failed got as far as the guest's own code. If not, what it would have passed is still the host's. */
function hasBegun(thrown: unknown): boolean {
  return !isLoopError(thrown) || thrown.fault === 'guest';
}
