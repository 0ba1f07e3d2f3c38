import { callsExceeded, disposed } from './errors.ts';
import type { CallOptions, Instance } from './instance.ts';
import type { LinkedComponent } from './linked.ts';

export interface PoolOptions {
  /** Instances. Default 2. */
  readonly size?: number;
  /** Calls that one instance works on at once. Default 1: a guest that waits blocks others anyway. */
  readonly callsPerInstance?: number;
  /** Calls that may wait for an instance. Beyond it, a call is refused at once. Default 100. */
  readonly queueLimit?: number;
}

interface Slot {
  instance: Promise<Instance> | undefined;
  open: number;
}

/** Instances of one component that share its calls. State in them is not shared: a call can reach any of them. */
export class Pool implements AsyncDisposable {
  private readonly linked: LinkedComponent;
  private readonly onDispose: () => void;
  private readonly slots: readonly Slot[];
  private readonly callsPerInstance: number;
  private readonly queueLimit: number;
  private readonly queue: (() => void)[] = [];
  private isDisposed = false;

  constructor(linked: LinkedComponent, options: PoolOptions, onDispose: () => void) {
    const { size = 2, callsPerInstance = 1, queueLimit = 100 } = options;
    this.linked = linked;
    this.onDispose = onDispose;
    this.callsPerInstance = callsPerInstance;
    this.queueLimit = queueLimit;
    this.slots = Array.from({ length: size }, () => ({ instance: undefined, open: 0 }));
  }

  /** Calls that wait for an instance. */
  get queued(): number {
    return this.queue.length;
  }

  /** Starts all instances, so that no call has to wait for one. */
  async start(): Promise<void> {
    await Promise.all(this.slots.map((slot) => this.instanceOf(slot)));
  }

  /**
   * Calls a function of the least busy instance, as {@link Instance.call} does. Time in the queue does not count.
   *
   * @throws {LoopError} `E_CALLS_EXCEEDED` when the queue is full.
   */
  async call(name: string, args: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> {
    const slot = await this.take();
    try {
      const instance = await this.instanceOf(slot);
      return await instance.call(name, args, options);
    } finally {
      slot.open--;
      this.queue.shift()?.();
    }
  }

  private async take(): Promise<Slot> {
    for (;;) {
      if (this.isDisposed) throw disposed(`a pool of "${this.linked.name}"`);
      const slot = this.slots.reduce((a, b) => (b.open < a.open ? b : a));
      if (slot.open < this.callsPerInstance) {
        slot.open++;
        return slot;
      }
      if (this.queue.length >= this.queueLimit)
        throw callsExceeded(`${this.queue.length} calls wait for an instance`, this.queueLimit, 'queueLimit');
      await new Promise<void>((resolve) => this.queue.push(resolve));
    }
  }

  private instanceOf(slot: Slot): Promise<Instance> {
    if (!slot.instance) {
      const starting = this.linked.instantiate();
      slot.instance = starting;
      starting.catch(() => (slot.instance = undefined));
    }
    return slot.instance;
  }

  /** Ends all instances. Calls that wait are refused. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    for (const go of this.queue.splice(0)) go();
    for (const { instance } of this.slots) await (await instance?.catch(() => undefined))?.[Symbol.asyncDispose]();
    this.onDispose();
  }
}
