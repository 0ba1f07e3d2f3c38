import { ComponentError, type Imports, suspending } from '@loophost/component';
import { streamMisused } from '../errors.ts';
import { type ByteSink, type ByteSource, IoFailure } from './bytes.ts';

/** What a pollable waits for. */
export interface Readiness {
  isReady(): boolean;
  /** The time on `performance.now` at which it is ready by itself. */
  readonly atMs?: number;
  /** Settles when it may be ready. Needed where `atMs` is not. */
  wait?(): Promise<unknown>;
}

/** The interfaces of `wasi:io` for one way of waiting, and how other capabilities make streams for them. */
export interface Io {
  readonly imports: Imports;
  inputStream(source: ByteSource): InputStream;
  outputStream(sink: ByteSink): OutputStream;
  pollable(readiness: Readiness): Pollable;
}

/** The version of `wasi:io` that is served, and by the rule of compatible versions all older ones of 0.2. */
const VERSION = '0.2.12';
/** The interfaces that {@link Io.imports} has. */
export const IO_INTERFACES: readonly string[] = ['error', 'poll', 'streams'].map(
  (name) => `wasi:io/${name}@${VERSION}`,
);

const READ_LIMIT = 1024 * 1024;
const DEFAULT_CAPACITY = 65_536;
/** What one `blocking-write-zeroes-and-flush` may write (wasi:io/streams). */
const MAX_ZEROES = 4096n;
/** The longest that a timer of JavaScript runs. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** `wasi:io/error`. */
export class IoError {
  readonly failure: IoFailure;

  constructor(failure: IoFailure) {
    this.failure = failure;
  }

  toDebugString(): string {
    return this.failure.message;
  }
}

/** `wasi:io/poll.pollable`. */
export class Pollable {
  readonly readiness: Readiness;

  constructor(readiness: Readiness) {
    this.readiness = readiness;
  }

  ready(): boolean {
    return this.readiness.isReady();
  }
}

function failed(failure: unknown): ComponentError {
  if (!(failure instanceof IoFailure)) throw failure;
  return new ComponentError({ tag: 'last-operation-failed', val: new IoError(failure) });
}

const CLOSED = { tag: 'closed' } as const;

/** `wasi:io/streams.input-stream`, without what waits. */
export class InputStream {
  private readonly source: ByteSource;
  private end: ComponentError | undefined;

  constructor(source: ByteSource) {
    this.source = source;
  }

  /** Bytes that are there: none at all when there may be some later. */
  read(length: bigint): Uint8Array {
    const found = this.pull(length);
    return found === 'wait' ? new Uint8Array() : found;
  }

  skip(length: bigint): bigint {
    return BigInt(this.read(length).length);
  }

  /** @throws {ComponentError} at the end, and once when reading failed. */
  pull(length: bigint): Uint8Array | 'wait' {
    if (this.end) throw this.end;
    if (length === 0n) return new Uint8Array();
    try {
      const found = this.source.read(Number(length > READ_LIMIT ? READ_LIMIT : length));
      if (found !== undefined) return found;
      this.end = new ComponentError(CLOSED);
    } catch (thrown) {
      this.end = new ComponentError(CLOSED);
      throw failed(thrown);
    }
    throw this.end;
  }

  get readiness(): Readiness {
    const { source } = this;
    return {
      isReady: () => this.end !== undefined || (source.isReady?.() ?? true),
      wait: () => source.readable?.() ?? Promise.resolve(),
    };
  }

  [Symbol.dispose](): void {
    this.source.close?.();
  }
}

/** `wasi:io/streams.output-stream`, without what waits. */
export class OutputStream {
  readonly sink: ByteSink;
  private isOpen = true;

  constructor(sink: ByteSink) {
    this.sink = sink;
  }

  checkWrite(): bigint {
    const capacity = this.capacity();
    if (capacity === 'wait') return 0n;
    this.sink.promise?.(capacity);
    return BigInt(capacity);
  }

  capacity(): number | 'wait' {
    if (!this.isOpen) {
      this.sink.ignored?.();
      throw new ComponentError(CLOSED);
    }
    let capacity: number | 'wait' | undefined;
    try {
      capacity = this.sink.capacity ? this.sink.capacity() : DEFAULT_CAPACITY;
    } catch (thrown) {
      this.isOpen = false;
      throw failed(thrown);
    }
    if (capacity !== undefined) return capacity;
    this.isOpen = false;
    throw new ComponentError(CLOSED);
  }

  write(contents: Uint8Array): void {
    const capacity = this.capacity();
    if (capacity === 'wait' || contents.length > capacity)
      throw streamMisused('it wrote more than check-write allowed');
    this.push(contents);
  }

  push(bytes: Uint8Array): void {
    try {
      if (bytes.length > 0) this.sink.write(bytes);
    } catch (thrown) {
      this.isOpen = false;
      throw failed(thrown);
    }
  }

  writeZeroes(length: bigint): void {
    const capacity = this.capacity();
    if (capacity === 'wait' || length > capacity) throw streamMisused('it wrote more than check-write allowed');
    this.push(new Uint8Array(Number(length)));
  }

  /** Writes are handed on at once, so there is nothing to flush. */
  flush(): void {
    this.capacity();
  }

  splice(source: InputStream, length: bigint): bigint {
    const capacity = this.capacity();
    if (capacity === 'wait') return 0n;
    const bytes = source.read(length > capacity ? BigInt(capacity) : length);
    this.push(bytes);
    return BigInt(bytes.length);
  }

  get readiness(): Readiness {
    const { sink } = this;
    const isReady = (): boolean => {
      try {
        return !this.isOpen || sink.capacity?.() !== 'wait';
      } catch {
        // The next use of the stream tells the guest.
        return true;
      }
    };
    return { isReady, ...(sink.writable && { wait: () => sink.writable?.() ?? Promise.resolve() }) };
  }

  [Symbol.dispose](): void {
    this.sink.close?.();
  }
}

/** What an attempt gives when it has to wait before the next. */
class Wait {
  readonly until: readonly Readiness[];
  /** What to do afterwards, if not the same again. */
  readonly next: (() => unknown) | undefined;

  constructor(until: readonly Readiness[], next?: () => unknown) {
    this.until = until;
    this.next = next;
  }
}

type Attempt = (...args: never[]) => unknown;

/** Makes a function that tries, and tries again after each wait, until it has a result. */
type Retry = (attempt: Attempt) => Attempt;

const suspendingRetry = (bells: Bells): Retry => {
  return (attempt) =>
    suspending(async (...args: never[]) => {
      let next = (): unknown => attempt(...args);
      for (;;) {
        const found = next();
        if (!(found instanceof Wait)) return found;
        await bells.first(found.until);
        next = found.next ?? next;
      }
    });
};

const blockingRetry: Retry =
  (attempt) =>
  (...args) => {
    let next = (): unknown => attempt(...args);
    for (;;) {
      const found = next();
      if (!(found instanceof Wait)) return found;
      sleepFor(found.until);
      next = found.next ?? next;
    }
  };

/**
 * Waits for the first of several promises. A race would leave a reaction behind on each of them, which stays until it
 * settles: a guest that polls its input for hours would have the host keep all its polls.
 */
class Bells {
  private readonly waiting = new WeakMap<Promise<unknown>, Set<() => void>>();

  async first(until: readonly Readiness[]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timers: ReturnType<typeof setTimeout>[] = [];
    const rung = new Set<Set<() => void>>();
    for (const { atMs, wait } of until) {
      if (atMs !== undefined) timers.push(setTimeout(resolve, delayUntil(atMs)));
      else if (wait) rung.add(this.of(wait()).add(resolve));
    }
    try {
      await promise;
    } finally {
      for (const timer of timers) clearTimeout(timer);
      for (const one of rung) one.delete(resolve);
    }
  }

  /** Who is told when a promise settles. It has one reaction of ours, however often it is waited for. */
  private of(promise: Promise<unknown>): Set<() => void> {
    let found = this.waiting.get(promise);
    if (found) return found;
    this.waiting.set(promise, (found = new Set()));
    const waiting = found;
    const ring = (): void => waiting.forEach((tell) => tell());
    promise.then(ring, ring);
    return found;
  }
}

const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** Blocks the thread. Only timers can be waited for so: whatever else could come needs the thread. */
function sleepFor(until: readonly Readiness[]): void {
  const earliest = Math.min(...until.map(({ atMs = Infinity }) => atMs));
  Atomics.wait(NEVER, 0, 0, earliest === Infinity ? undefined : delayUntil(earliest));
}

function delayUntil(atMs: number): number {
  return Math.min(Math.max(0, Math.ceil(atMs - performance.now())), MAX_TIMER_MS);
}

function makeIo(retry: Retry): Io {
  class RealPollable extends Pollable {}
  class RealInput extends InputStream {
    subscribe(): Pollable {
      return new RealPollable(this.readiness);
    }
  }
  class RealOutput extends OutputStream {
    subscribe(): Pollable {
      return new RealPollable(this.readiness);
    }
  }
  addMethods(RealPollable, retry, {
    block: (self: Pollable) => (self.ready() ? undefined : new Wait([self.readiness])),
  });
  addMethods(RealInput, retry, INPUT_WAITS);
  addMethods(RealOutput, retry, OUTPUT_WAITS);
  const [error, poll, streams] = IO_INTERFACES as readonly [string, string, string];
  return {
    imports: {
      [error]: { Error: IoError },
      [poll]: { Pollable: RealPollable, poll: retry(pollAll as Attempt) },
      [streams]: { InputStream: RealInput, OutputStream: RealOutput },
    },
    inputStream: (source) => new RealInput(source),
    outputStream: (sink) => new RealOutput(sink),
    pollable: (readiness) => new RealPollable(readiness),
  };
}

/** Adds methods that wait to a class. Each takes the object first. */
function addMethods(
  owner: abstract new (...args: never[]) => object,
  retry: Retry,
  methods: Record<string, unknown>,
): void {
  for (const [name, attempt] of Object.entries(methods)) {
    const run = retry(attempt as Attempt);
    const method = function (this: unknown, ...args: never[]): unknown {
      return run(this as never, ...args);
    };
    for (const key of Object.getOwnPropertySymbols(run))
      Object.defineProperty(method, key, Object.getOwnPropertyDescriptor(run, key) as PropertyDescriptor);
    Object.defineProperty(owner.prototype, name, { value: method });
  }
}

/** Gives the positions of the pollables that are ready; waits while none is (wasi:io/poll). */
function pollAll(pollables: readonly Pollable[]): Uint32Array | Wait {
  if (pollables.length === 0) throw streamMisused('it polled a list without pollables');
  const ready = pollables.flatMap((one, i) => (one.ready() ? [i] : []));
  return ready.length > 0 ? Uint32Array.from(ready) : new Wait(pollables.map((one) => one.readiness));
}

const INPUT_WAITS = {
  blockingRead: (self: InputStream, length: bigint): Uint8Array | Wait => {
    const found = self.pull(length);
    return found === 'wait' ? new Wait([self.readiness]) : found;
  },
  blockingSkip: (self: InputStream, length: bigint): bigint | Wait => {
    const found = self.pull(length);
    return found === 'wait' ? new Wait([self.readiness]) : BigInt(found.length);
  },
};

function writeAll(self: OutputStream, contents: Uint8Array): Wait | undefined {
  let left = contents;
  while (left.length > 0) {
    const capacity = self.capacity();
    if (capacity === 'wait') return new Wait([self.readiness], () => writeAll(self, left));
    self.push(left.subarray(0, capacity));
    left = left.subarray(capacity);
  }
  return undefined;
}

const OUTPUT_WAITS = {
  blockingWriteAndFlush: writeAll,
  blockingWriteZeroesAndFlush: (self: OutputStream, length: bigint) => {
    // The interface allows 4,096 bytes in one call; memory is not taken for more.
    if (length > MAX_ZEROES) throw streamMisused('it wrote more zeroes at once than the interface allows');
    return writeAll(self, new Uint8Array(Number(length)));
  },
  blockingFlush: (self: OutputStream) => (self.capacity() === 'wait' ? new Wait([self.readiness]) : undefined),
  blockingSplice: (self: OutputStream, source: InputStream, length: bigint): bigint | Wait => {
    const capacity = self.capacity();
    if (capacity === 'wait') return new Wait([self.readiness]);
    const bytes = source.pull(length > capacity ? BigInt(capacity) : length);
    if (bytes === 'wait') return new Wait([source.readiness]);
    self.push(bytes);
    return BigInt(bytes.length);
  },
};

const SUSPENDING = makeIo(suspendingRetry(new Bells()));
const BLOCKING = makeIo(blockingRetry);

/** The interfaces of `wasi:io`, for guests that wait in one way. Streams of one way cannot be used with the other. */
export function io(waiting: 'suspend' | 'block'): Io {
  return waiting === 'suspend' ? SUSPENDING : BLOCKING;
}
