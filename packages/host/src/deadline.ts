import type { LoopError } from '@loophost/component';
import { callAborted, type CallStage, deadlineExceeded } from './errors.ts';
import { refuseSignal } from './options.ts';
import type { Signal } from './signal.ts';

/** The longest that a timer of JavaScript runs; what is longer would run out at once. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;

/** Refuses a call, and gives the reason: what it waited for is part of that. */
export type Refuse = (stage: CallStage) => LoopError;

/** Gives up what is waited for on behalf of a call, which is to be refused. */
export type GiveUp = (refuse: Refuse) => void;

/** The end that a call is to have come to at the latest: when its time is up, or its caller aborts it. */
export class Deadline implements Disposable {
  private readonly name: string;
  private readonly timeoutMs: number;
  private readonly signal: Signal | undefined;
  private readonly timer: ReturnType<typeof setTimeout>;
  private readonly passed = Promise.withResolvers<never>();
  private reason: LoopError | undefined;
  private giveUp: GiveUp | undefined;

  constructor(name: string, timeoutMs: number, signal: Signal | undefined) {
    if (signal?.aborted) throw callAborted(name, signal.reason);
    this.name = name;
    this.timeoutMs = timeoutMs;
    this.signal = signal;
    this.passed.promise.catch(() => undefined);
    this.listen();
    this.timer = setTimeout(() => this.expire(), Math.min(timeoutMs, MAX_TIMER_MS));
  }

  private listen(): void {
    try {
      this.signal?.addEventListener('abort', this.abort, { once: true });
    } catch {
      refuseSignal(this.signal);
    }
  }

  get hasPassed(): boolean {
    return this.reason !== undefined;
  }

  /** Throws when it is too late to begin something. */
  check(): void {
    if (this.reason) throw this.reason;
  }

  /** Waits for something until the deadline, and gives it up then. */
  wait<T>(promise: Promise<T>, giveUp: GiveUp): Promise<T> {
    this.giveUp = giveUp;
    return Promise.race([promise, this.passed.promise]);
  }

  private expire(): void {
    this.end((stage) => deadlineExceeded(this.name, this.timeoutMs, stage));
  }

  private readonly abort = (): void => this.end(() => callAborted(this.name, this.signal?.reason));

  private end(reasonOf: Refuse): void {
    const refuse: Refuse = (stage) => {
      this.reason = reasonOf(stage);
      // Before the guest is ended, which refuses its calls with another reason.
      this.passed.reject(this.reason);
      return this.reason;
    };
    if (this.giveUp) this.giveUp(refuse);
    else refuse({ kind: 'starting' });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.timer);
    this.signal?.removeEventListener('abort', this.abort);
  }
}
