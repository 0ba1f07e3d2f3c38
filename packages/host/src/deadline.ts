import type { LoopError } from '@loophost/component';
import { callAborted, type CallStage, deadlineExceeded } from './errors.ts';
import type { Signal } from './signal.ts';

/** The longest that a timer of JavaScript runs; what is longer would run out at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What is waited for on behalf of a call. */
export interface Stage {
  /** For the error, when the time is up meanwhile. */
  readonly what: () => CallStage;
  /** Gives up the wait. */
  readonly stop?: (reason: LoopError) => void;
}

/** The end that a call is to have come to at the latest: when its time is up, or its caller aborts it. */
export class Deadline implements Disposable {
  private readonly function: string;
  private readonly timeoutMs: number;
  private readonly signal: Signal | undefined;
  private readonly timer: ReturnType<typeof setTimeout>;
  private readonly passed = Promise.withResolvers<never>();
  private reason: LoopError | undefined;
  private stage: Stage | undefined;

  constructor(name: string, timeoutMs: number, signal: Signal | undefined) {
    if (signal?.aborted) throw callAborted(name, signal.reason);
    this.function = name;
    this.timeoutMs = timeoutMs;
    this.signal = signal;
    this.passed.promise.catch(() => undefined);
    this.timer = setTimeout(() => this.expire(), Math.min(timeoutMs, MAX_TIMER_MS));
    signal?.addEventListener('abort', this.abort, { once: true });
  }

  /** Begins something, unless it is too late for that, and waits for it until the deadline. */
  wait<T>(stage: Stage, begin: () => Promise<T>): Promise<T> {
    if (this.reason) throw this.reason;
    this.stage = stage;
    return Promise.race([begin(), this.passed.promise]);
  }

  private expire(): void {
    const stage = this.stage?.what() ?? { kind: 'running' };
    this.end(deadlineExceeded(this.function, this.timeoutMs, stage));
  }

  private readonly abort = (): void => this.end(callAborted(this.function, this.signal?.reason));

  private end(reason: LoopError): void {
    this.reason = reason;
    this.passed.reject(reason);
    this.stage?.stop?.(reason);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.timer);
    this.signal?.removeEventListener('abort', this.abort);
  }
}
