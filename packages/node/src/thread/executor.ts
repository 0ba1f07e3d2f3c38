import type { Worker } from 'node:worker_threads';
import type { ComponentMessage } from '@loophost/component';
import {
  type Executor,
  fromWire,
  type Guest,
  type GuestCall,
  guestEnded,
  type GuestSpec,
  type LiveCounter,
  notTransferable,
  type Outside,
  threadDied,
  toWire,
} from '@loophost/host';
import { Outbox } from './outbox.ts';
import type { FromThread, ToThread } from './protocol.ts';
import { Threads, type ThreadsOptions } from './threads.ts';

export interface ThreadOptions extends Pick<ThreadsOptions, 'maxHeapBytes'> {
  /** How many threads wait for a guest once the first has come. Each costs some 10 MB. Default 1. */
  readonly spareThreads?: number;
  /** Threads that were started before the host, which owns them from now on. They have their own `maxHeapBytes`. */
  readonly threads?: Threads;
}

const DEFAULT_SPARE_THREADS = 1;

/** Runs each guest in a worker thread of its own, which can be ended at any time. */
export class ThreadExecutor implements Executor {
  readonly name = 'thread';
  readonly trust = 'untrusted';
  readonly waiting = 'block';
  private readonly spareThreads: number;
  private readonly threads: Threads;
  private readonly guests = new Set<ThreadGuest>();
  /** Made once for each component, however many threads take it. */
  private readonly messages = new WeakMap<object, ComponentMessage>();

  constructor(live: LiveCounter, { spareThreads = DEFAULT_SPARE_THREADS, threads, ...made }: ThreadOptions = {}) {
    this.spareThreads = spareThreads;
    this.threads = threads ?? new Threads(made);
    this.threads.countIn(live);
  }

  /** Starts the spare threads now, instead of after the first guest. */
  warm(): void {
    this.threads.prepare(this.spareThreads);
  }

  start(spec: GuestSpec, outside: Outside): Guest {
    const guest = new ThreadGuest(this.threads.take(), outside);
    this.guests.add(guest);
    void guest.ended.then(() => this.guests.delete(guest));
    const { component, ...rest } = spec;
    let message = this.messages.get(component);
    if (!message) this.messages.set(component, (message = component.toMessage()));
    guest.post({ kind: 'start', message, spec: rest });
    // After the guest has started: two threads that start at once take turns on the cores.
    void guest.started.then(
      () => this.warm(),
      () => this.warm(),
    );
    return guest;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const guests = [...this.guests];
    for (const guest of guests) guest.dispose();
    await Promise.all([this.threads[Symbol.asyncDispose](), ...guests.map((guest) => guest.ended)]);
  }
}

class ThreadGuest implements Guest {
  readonly started: Promise<void>;
  readonly ended: Promise<Error | undefined>;
  private readonly worker: Worker;
  private readonly outside: Outside;
  private readonly outbox: Outbox<ToThread>;
  private readonly starting = Promise.withResolvers<void>();
  private readonly ending = Promise.withResolvers<Error | undefined>();
  private readonly open = new Map<number, PromiseWithResolvers<unknown>>();
  private nextCall = 1;
  private reason: Error | undefined;

  get hasEnded(): boolean {
    return this.reason !== undefined;
  }

  constructor(worker: Worker, outside: Outside) {
    this.worker = worker;
    this.outside = outside;
    this.outbox = new Outbox(worker);
    this.started = this.starting.promise;
    this.started.catch(() => undefined);
    this.ended = this.ending.promise;
    outside.live.instances++;
    worker.on('message', (messages: readonly FromThread[]) => {
      for (const message of messages) this.take(message);
    });
    worker.once('error', (thrown) => this.kill(threadDied(thrown instanceof Error ? thrown.message : String(thrown))));
    worker.once('exit', () => this.finish());
  }

  post(message: ToThread): void {
    this.outbox.push(message);
  }

  call({ path, args, transfer = [] }: GuestCall): Promise<unknown> {
    if (this.reason) return Promise.reject(this.reason);
    const id = this.nextCall++;
    const answer = Promise.withResolvers<unknown>();
    const problem = plainProblem(path, args, transfer);
    if (problem) return Promise.reject(problem);
    this.open.set(id, answer);
    this.outbox.push({ kind: 'call', id, path, args }, transfer);
    return answer.promise;
  }

  drop(handle: number): void {
    if (!this.reason) this.outbox.push({ kind: 'drop', handle });
  }

  private take(message: FromThread): void {
    if (this.reason) return;
    switch (message.kind) {
      case 'started':
        return this.starting.resolve();
      case 'failed':
        return this.kill(fromWire(message.error));
      case 'result':
        return this.settle(message.id)?.resolve(message.value);
      case 'error':
        return this.fail(message);
      case 'ask':
        return void this.answer(message);
      case 'report':
        return this.outside.report(message.decision);
    }
  }

  private fail({ id, error, isLast }: FromThread & { kind: 'error' }): void {
    const thrown = fromWire(error);
    this.settle(id)?.reject(thrown);
    if (isLast) this.kill(guestEnded('guest', thrown));
  }

  private settle(id: number): PromiseWithResolvers<unknown> | undefined {
    const found = this.open.get(id);
    this.open.delete(id);
    return found;
  }

  private async answer({ id, capability, operation, args }: FromThread & { kind: 'ask' }): Promise<void> {
    let message: ToThread & { kind: 'answer' | 'refusal' };
    try {
      const value = await this.outside.ask(capability, operation, args);
      message = { kind: 'answer', id: id ?? 0, value };
    } catch (thrown) {
      message = { kind: 'refusal', id: id ?? 0, error: toWire(thrown) };
    }
    if (id !== undefined && !this.reason) this.outbox.push(message);
  }

  kill(reason: Error): void {
    if (this.reason) return;
    this.reason = reason;
    this.starting.reject(reason);
    for (const answer of this.open.values()) answer.reject(reason);
    this.open.clear();
    void this.worker.terminate();
  }

  dispose(): void {
    this.kill(guestEnded('guest', undefined));
  }

  private finish(): void {
    this.kill(threadDied('it exited'));
    this.outside.live.instances--;
    this.ending.resolve(this.reason);
  }
}

/** Why arguments cannot be copied. Found before they are posted, where it would fail every message of the tick. */
function plainProblem(
  path: readonly string[],
  args: readonly unknown[],
  transfer: readonly ArrayBuffer[],
): Error | undefined {
  const isPlain = args.every((arg) => isQuicklyPlain(arg));
  if (isPlain && transfer.length === 0) return undefined;
  try {
    structuredClone(args);
    return undefined;
  } catch (cause) {
    return notTransferable(path.join('.'), cause);
  }
}

/** Numbers, strings and typed arrays need no closer look. */
function isQuicklyPlain(value: unknown): boolean {
  return (
    (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol') ||
    value === null ||
    ArrayBuffer.isView(value)
  );
}
