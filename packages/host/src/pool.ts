import type { Deadline } from './deadline.ts';
import { callsExceeded, disposed } from './errors.ts';
import { type CallOptions, Instance, openCall } from './instance.ts';
import type { LinkedComponent } from './linked.ts';
import { checkPoolOptions } from './options.ts';

export interface PoolOptions {
  /** Instances. Default 2. */
  readonly size?: number;
  /** Calls that one instance has at once. Default 1: a guest works on one at a time, and the others wait. */
  readonly callsPerInstance?: number;
  /** Calls that may wait for an instance. Beyond it, a call is refused at once. Default 100. */
  readonly queueLimit?: number;
}

interface Slot {
  readonly instance: Instance;
  open: number;
}

/** Instances of one component that share its calls. State in them is not shared: a call can reach any of them. */
export class Pool implements AsyncDisposable {
  private readonly linked: LinkedComponent;
  private readonly onDispose: () => void;
  private readonly slots: readonly Slot[];
  private readonly callsPerInstance: number;
  private readonly queueLimit: number;
  private readonly queue = new Set<PromiseWithResolvers<Slot>>();
  private ending: Promise<void> | undefined;

  /** @internal */
  constructor(linked: LinkedComponent, options: PoolOptions, onDispose: () => void) {
    checkPoolOptions(options);
    const { size = 2, callsPerInstance = 1, queueLimit = 100 } = options;
    this.linked = linked;
    this.onDispose = onDispose;
    this.callsPerInstance = callsPerInstance;
    this.queueLimit = queueLimit;
    this.slots = Array.from({ length: size }, () => ({ instance: new Instance(linked, () => undefined), open: 0 }));
  }

  /** Calls that wait for an instance. */
  get queued(): number {
    return this.queue.size;
  }

  /**
   * Starts all instances, so that no call has to wait for one.
   *
   * @throws {LoopError} what {@link LinkedComponent.instantiate} does.
   */
  async start(): Promise<void> {
    if (this.ending) throw this.disposed();
    await Promise.all(this.slots.map(({ instance }) => instance.start()));
  }

  /**
   * Calls a function of the least busy instance, as {@link Instance.call} does. Its time begins here: waiting for an instance
   * counts. One that may not be started again for a while is left out, as long as there are others.
   *
   * A function of the host that a guest calls should not wait for a call of the same pool: when all instances wait so, none
   * returns.
   *
   * @throws {ComponentError} when the function returns the error case of its `result`.
   * @throws {LoopError} what {@link Instance.call} does; `E_CALLS_EXCEEDED` also when the queue is full.
   */
  async call(name: string, args?: readonly unknown[], options?: CallOptions): Promise<unknown> {
    const call = openCall(this.linked, name, args, options);
    try {
      const slot = await this.take(call.deadline);
      try {
        return await slot.instance.run(call);
      } finally {
        slot.open--;
        this.handOver();
      }
    } finally {
      call.deadline[Symbol.dispose]();
    }
  }

  /** Takes a place at an instance, or waits for one. */
  private take(deadline: Deadline): Slot | Promise<Slot> {
    if (this.ending) throw this.disposed();
    // An instance may have become usable by time alone.
    this.handOver();
    const slot = this.queue.size === 0 ? this.free() : undefined;
    if (slot) return taken(slot);
    if (this.queue.size >= this.queueLimit)
      throw callsExceeded(`${this.queue.size} calls wait for an instance`, this.queueLimit, 'queueLimit');
    const waiter = Promise.withResolvers<Slot>();
    this.queue.add(waiter);
    return deadline.wait(waiter.promise, (refuse) => {
      this.queue.delete(waiter);
      refuse({ kind: 'queued' });
    });
  }

  /** Gives places at instances to the calls that wait, the longest first. */
  private handOver(): void {
    for (const waiter of this.queue) {
      const slot = this.free();
      if (!slot) return;
      this.queue.delete(waiter);
      waiter.resolve(taken(slot));
    }
  }

  /** The least busy instance, if it has a place left. One that is exhausted comes last: it refuses its calls. */
  private free(): Slot | undefined {
    const rank = ({ instance, open }: Slot): number => (instance.isExhausted ? Infinity : open);
    const slot = this.slots.reduce((a, b) => (rank(b) < rank(a) ? b : a));
    return slot.open < this.callsPerInstance ? slot : undefined;
  }

  private disposed(): Error {
    return disposed(`a pool of "${this.linked.name}"`);
  }

  /** Ends all instances. Calls that wait are refused with `E_DISPOSED`, others with `E_GUEST_ENDED`. */
  [Symbol.asyncDispose](): Promise<void> {
    return (this.ending ??= this.end());
  }

  private async end(): Promise<void> {
    for (const waiter of this.queue) waiter.reject(this.disposed());
    this.queue.clear();
    await Promise.all(this.slots.map(({ instance }) => instance[Symbol.asyncDispose]()));
    this.onDispose();
  }
}

function taken(slot: Slot): Slot {
  slot.open++;
  return slot;
}
