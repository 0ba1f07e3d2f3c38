import type { ComponentMessage } from '@loophost/component';
import type { Executor, Guest, GuestSpec, LiveCounter, Outside } from '@loophost/host';
import { ThreadGuest } from './guest.ts';
import { Slices } from './inbox.ts';
import { Threads, type ThreadsOptions } from './threads.ts';

export interface ThreadOptions extends Pick<ThreadsOptions, 'maxHeapBytes'> {
  /** How many threads wait for a guest once the first has come. Each costs some 10 MB, and 256 are the most. Default 1. */
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
  private readonly slices = new Slices();
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

  start({ component, ...spec }: GuestSpec, outside: Outside): Guest {
    let message = this.messages.get(component);
    if (!message) this.messages.set(component, (message = component.toMessage({ allMaySuspend: true })));
    const guest = new ThreadGuest(this.threads.take(), { message, spec }, outside, this.slices);
    this.guests.add(guest);
    void guest.ended.then(() => this.guests.delete(guest));
    // After the guest has started: two threads that start at once take turns on the cores.
    void guest.started.then(
      () => this.warm(),
      () => this.warm(),
    );
    return guest;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const guests = [...this.guests];
    for (const guest of guests) guest.kill();
    await Promise.all([this.threads[Symbol.asyncDispose](), ...guests.map((guest) => guest.ended)]);
  }
}
