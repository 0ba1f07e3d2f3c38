import { Worker } from 'node:worker_threads';
import type { LiveCounter } from '@loophost/host';
import type { ToThread } from './protocol.ts';

/** How the threads of a host are made. */
export interface ThreadsOptions {
  /** How many are started at once, for guests that are known to come: up to {@link MAX_SPARE_THREADS}. Default 0. */
  readonly ahead?: number;
  /**
   * What JavaScript of one thread may use of V8's heap, in bytes: values on their way, not the guest's memory. At least
   * {@link MIN_HEAP_BYTES}. Default 256 MiB.
   */
  readonly maxHeapBytes?: number;
}

const DEFAULT_HEAP_BYTES = 268_435_456;
/** 16 MiB: a thread without a guest takes some 10. One that cannot even start ends the whole process. */
export const MIN_HEAP_BYTES = 16_777_216;
/** Each takes some 10 MB. */
export const MAX_SPARE_THREADS = 256;
const MIB = 1_048_576;
const RANGES: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['ahead', [0, MAX_SPARE_THREADS]],
  ['maxHeapBytes', [MIN_HEAP_BYTES, Number.MAX_SAFE_INTEGER]],
]);

/** Beside this file, as source and in every bundle: to find it by a name would take 3 ms. */
const PROGRAM = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.cjs', import.meta.url);

/**
 * The worker threads of one host, with those that wait for a guest. A program that is in a hurry makes them before it
 * loads the rest: a thread takes as long to start as the host to load.
 *
 * @example
 * import { Threads } from '@loophost/node/threads';
 * const threads = new Threads({ ahead: 1 });
 * const { createNodeHost } = await import('@loophost/node');
 * await using host = createNodeHost({ threads });
 */
export class Threads implements AsyncDisposable {
  private readonly maxHeapBytes: number;
  private readonly all = new Set<Worker>();
  private readonly waiting: Worker[] = [];
  private live: LiveCounter | undefined;
  private isDisposed = false;

  /** @throws {RangeError} when an option is unknown, or no whole number in its range. */
  constructor(options: ThreadsOptions = {}) {
    check(options);
    const { ahead = 0, maxHeapBytes = DEFAULT_HEAP_BYTES } = options;
    this.maxHeapBytes = maxHeapBytes;
    this.prepare(ahead);
  }

  /** Whether a host has them. @internal */
  get isTaken(): boolean {
    return this.live !== undefined;
  }

  /** From now on the threads count as those of a host. @internal */
  countIn(live: LiveCounter): void {
    this.live = live;
    live.threads += this.all.size;
  }

  /** Starts threads until so many wait. They load what most guests need, since they have the time. @internal */
  prepare(count: number): void {
    while (!this.isDisposed && this.waiting.length < count) {
      const worker = this.start();
      worker.unref();
      worker.postMessage([{ kind: 'warm' }] satisfies ToThread[]);
      this.waiting.push(worker);
    }
  }

  /** A thread for a guest: one that waits, if there is any. @internal */
  take(): Worker {
    const worker = this.waiting.shift() ?? this.start();
    worker.ref();
    return worker;
  }

  private start(): Worker {
    const worker = new Worker(PROGRAM, {
      env: {},
      // Nothing prints there, and piping them takes 3 ms to set up.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil(this.maxHeapBytes / MIB) },
    });
    this.all.add(worker);
    if (this.live) this.live.threads++;
    worker.once('exit', () => {
      this.all.delete(worker);
      if (this.live) this.live.threads--;
      const at = this.waiting.indexOf(worker);
      if (at >= 0) this.waiting.splice(at, 1);
    });
    // One that dies while it waits is replaced when it is missed; a guest has a listener of its own.
    worker.on('error', () => undefined);
    return worker;
  }

  /** Ends those that wait. The others end with their guests. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    await Promise.all(this.waiting.map((worker) => worker.terminate()));
  }
}

/** Throws a plain error: the class of the others comes with the engine, and that is not loaded yet. */
function check(options: ThreadsOptions): void {
  for (const [name, value] of Object.entries<unknown>({ ...options })) {
    const range = RANGES.get(name);
    if (!range) throw new RangeError(`cannot make threads: they have no option "${name}"`);
    const [least, most] = range;
    if (value !== undefined && !(Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most))
      throw new RangeError(`cannot make threads: expected a whole number from ${least} to ${most} as "${name}"`);
  }
}
