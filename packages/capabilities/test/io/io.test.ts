import { isComponentError, isLoopError } from '@loophost/component';
import { io, IoFailure, type ByteSink, type ByteSource, sourceOf } from '@loophost/capabilities/guest';
import { describe, expect, test, vi } from 'vitest';

type Method = (...args: unknown[]) => unknown;

function call(object: object, method: string, ...args: unknown[]): unknown {
  return ((object as Record<string, Method>)[method] as Method).apply(object, args);
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'no error';
  } catch (thrown) {
    if (isLoopError(thrown)) return thrown.code;
    if (isComponentError(thrown)) return (thrown.payload as { tag: string }).tag;
    throw thrown;
  }
}

const { poll } = io('block').imports['wasi:io/poll@0.2.12'] as { poll: Method };

describe('an input stream', () => {
  test('gives what is there and then says that it is closed, every time', () => {
    const stream = io('block').inputStream(sourceOf(Uint8Array.of(1, 2, 3)));
    expect(call(stream, 'read', 2n)).toEqual(Uint8Array.of(1, 2));
    expect(call(stream, 'blockingRead', 5n)).toEqual(Uint8Array.of(3));
    expect(codeOf(() => call(stream, 'read', 1n))).toBe('closed');
    expect(codeOf(() => call(stream, 'read', 1n))).toBe('closed');
  });

  test('is ready when there is something to read, which is then not lost', () => {
    let bytes: Uint8Array | 'wait' = 'wait';
    const source: ByteSource = {
      read: (max) => {
        const found = bytes;
        if (found !== 'wait') bytes = found.length > max ? found.subarray(max) : 'wait';
        return found === 'wait' ? found : found.slice(0, max);
      },
      isReady: () => bytes !== 'wait',
      readable: () => Promise.resolve(),
    };
    const stream = io('suspend').inputStream(source);
    const pollable = call(stream, 'subscribe') as object;
    expect(call(pollable, 'ready')).toBe(false);
    bytes = Uint8Array.of(7, 8);
    expect(call(pollable, 'ready')).toBe(true);
    expect(call(stream, 'read', 1n)).toEqual(Uint8Array.of(7));
    expect(call(stream, 'read', 9n)).toEqual(Uint8Array.of(8));
    expect(call(stream, 'read', 9n)).toEqual(new Uint8Array());
  });

  test('waits by a promise when its guest can be suspended', async () => {
    let ready = (): void => undefined;
    const found: (Uint8Array | 'wait')[] = ['wait', Uint8Array.of(5)];
    const source: ByteSource = {
      read: () => found.shift() as Uint8Array,
      readable: () => new Promise<void>((resolve) => (ready = resolve)),
    };
    const reading = call(io('suspend').inputStream(source), 'blockingRead', 9n) as Promise<Uint8Array>;
    ready();
    expect(await reading).toEqual(Uint8Array.of(5));
  });

  test('tells a failure once, and is closed afterwards', () => {
    const source: ByteSource = {
      read: () => {
        throw new IoFailure('disk on fire');
      },
    };
    const stream = io('block').inputStream(source);
    expect(call(call(stream, 'subscribe') as object, 'ready')).toBe(true);
    expect(codeOf(() => call(stream, 'read', 1n))).toBe('last-operation-failed');
    expect(codeOf(() => call(stream, 'read', 1n))).toBe('closed');
  });
});

describe('an output stream', () => {
  function sink(capacity: () => number | 'wait'): ByteSink & { readonly written: number[] } {
    const written: number[] = [];
    return { written, capacity, write: (bytes) => void written.push(...bytes), writable: () => Promise.resolve() };
  }

  test('takes as much as it allowed, and ends a guest that writes more', () => {
    const target = sink(() => 3);
    const stream = io('block').outputStream(target);
    expect(call(stream, 'checkWrite')).toBe(3n);
    call(stream, 'write', Uint8Array.of(1, 2, 3));
    expect(target.written).toEqual([1, 2, 3]);
    expect(codeOf(() => call(stream, 'write', Uint8Array.of(1, 2, 3, 4)))).toBe('E_STREAM_MISUSED');
  });

  test('takes no memory for zeroes that it did not allow', () => {
    const stream = io('block').outputStream(sink(() => 10));
    expect(codeOf(() => call(stream, 'writeZeroes', 2n ** 40n))).toBe('E_STREAM_MISUSED');
    expect(codeOf(() => call(stream, 'blockingWriteZeroesAndFlush', 2n ** 40n))).toBe('E_STREAM_MISUSED');
    expect(codeOf(() => call(stream, 'writeZeroes', 10n))).toBe('no error');
  });

  test('writes the rest when there is room again', async () => {
    const room: (number | 'wait')[] = [2, 'wait', 'wait', 2];
    const target = sink(() => room.shift() ?? 2);
    const stream = io('suspend').outputStream(target);
    await call(stream, 'blockingWriteAndFlush', Uint8Array.of(1, 2, 3, 4));
    expect(target.written).toEqual([1, 2, 3, 4]);
  });

  test('tells a failure once, also when it was polled before', () => {
    const broken: ByteSink = {
      capacity: () => {
        throw new IoFailure('gone');
      },
      write: () => undefined,
    };
    const stream = io('block').outputStream(broken);
    expect(call(call(stream, 'subscribe') as object, 'ready')).toBe(true);
    expect(codeOf(() => call(stream, 'checkWrite'))).toBe('last-operation-failed');
    expect(codeOf(() => call(stream, 'checkWrite'))).toBe('closed');
  });

  test('takes what another stream gives', () => {
    const target = sink(() => 2);
    const { inputStream, outputStream } = io('block');
    expect(call(outputStream(target), 'splice', inputStream(sourceOf(Uint8Array.of(4, 5, 6))), 9n)).toBe(2n);
    expect(target.written).toEqual([4, 5]);
  });
});

describe('poll', () => {
  test('gives the positions of what is ready', () => {
    const { pollable } = io('block');
    const ready = pollable({ isReady: () => true });
    const later = pollable({ isReady: () => false, atMs: performance.now() + 60_000 });
    expect(poll([later, ready, ready])).toEqual(Uint32Array.of(1, 2));
  });

  test('sleeps until the first timer', () => {
    const started = performance.now();
    const at = (ms: number): object =>
      io('block').pollable({ isReady: () => performance.now() >= started + ms, atMs: started + ms });
    expect(poll([at(10_000), at(20)])).toEqual(Uint32Array.of(1));
    expect(performance.now() - started).toBeGreaterThanOrEqual(20);
  });

  test('leaves one reaction behind on what it waits for, however often that is', async () => {
    const { imports, pollable } = io('suspend');
    const waiting = imports['wasi:io/poll@0.2.12'] as { poll: Method };
    const { promise: never, resolve: settle } = Promise.withResolvers<void>();
    const reactions = vi.spyOn(never, 'then');
    let isReady = false;
    const input = pollable({ isReady: () => isReady, wait: () => never });
    for (let i = 0; i < 100; i++) {
      let looks = 0;
      const other = pollable({ isReady: () => looks++ > 0, wait: () => Promise.resolve() });
      expect(await waiting.poll([input, input, other])).toEqual(Uint32Array.of(2));
    }
    expect(reactions).toHaveBeenCalledTimes(1);
    const last = [waiting.poll([input]), waiting.poll([input])];
    isReady = true;
    settle();
    expect(await Promise.all(last)).toEqual([Uint32Array.of(0), Uint32Array.of(0)]);
  });

  test('ends a guest that waits for nothing at all', () => {
    expect(codeOf(() => poll([]))).toBe('E_STREAM_MISUSED');
  });
});
