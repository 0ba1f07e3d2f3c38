import { ComponentError } from '@loophost/component';
import { type Host, type Instance, provide } from '@loophost/host';
import { createNodeHost } from '@loophost/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bytesOf } from '../src/thread/credit.ts';
import { CALLER, guest, wat } from './guests.ts';
import { REPORTER, RESOURCE_USER } from './provider-guests.ts';

const BYTES = 'loop:guests/types@0.1.0.echo-bytes';
/** How much later than its limit a guest may end. */
const GRACE_MS = 100;
const MIB = 2 ** 20;

let tick: (x: number) => unknown;
let constructing: () => void;
let host: Host;

class A {
  constructor() {
    constructing();
  }

  value(): number {
    return 1;
  }
}

beforeEach(() => {
  constructing = () => undefined;
  tick = (x) => x;
  const res = { A, B: class B {}, make: () => new A(), consume: () => 0, check: () => undefined };
  host = createNodeHost({
    capabilities: [
      provide({ name: 'test', interfaces: { 'acme:test/host@1.0.0': { f: (x: number) => tick(x) } } }),
      provide({ name: 'res', interfaces: { 'acme:test/res@1.0.0': res } }),
    ],
  });
});

afterEach(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.live).toEqual({ instances: 0, threads: 0, handles: 0, calls: 0 });
});

const grants = { test: true, res: true };

describe('an argument that cannot be copied or handed over is refused, and harms no other call', () => {
  const detached = (): Uint8Array => {
    const bytes = new Uint8Array(8);
    structuredClone(bytes, { transfer: [bytes.buffer] });
    return bytes;
  };
  const shared = new Uint8Array(8);
  const throwing = (): object =>
    Object.defineProperty({}, 'x', {
      enumerable: true,
      get: () => {
        throw Object.create(null);
      },
    });
  test.each<[string, () => [unknown, unknown[]?]]>([
    ['a function', () => [() => 1]],
    ['a symbol', () => [Symbol('s')]],
    ['a proxy', () => [new Proxy({}, {})]],
    ['a property that throws what has no text', () => [throwing()]],
    ['bytes that are gone', () => [detached()]],
    ['a view in the place of its buffer', () => [shared, [shared]]],
    ['one buffer twice', () => [shared, [shared.buffer, shared.buffer]]],
  ])('%s', async (_, given) => {
    const instance = await (await host.link(await guest('rust-types'))).instantiate();
    const [argument, transfer = []] = given();
    const [before, wrong, after] = await Promise.allSettled([
      instance.call(BYTES, [Uint8Array.of(1)]),
      instance.call(BYTES, [argument], { transfer: transfer as ArrayBuffer[] }),
      instance.call(BYTES, [Uint8Array.of(2)]),
    ]);
    expect(wrong).toMatchObject({ status: 'rejected', reason: { code: 'E_ARGUMENT_NOT_PLAIN' } });
    expect([before, after]).toMatchObject([{ value: Uint8Array.of(1) }, { value: Uint8Array.of(2) }]);
  });

  test('a buffer that two calls of one tick give away', async () => {
    const instance = await (await host.link(await guest('rust-types'))).instantiate();
    const bytes = Uint8Array.of(7);
    const give = (): Promise<unknown> => instance.call(BYTES, [bytes], { transfer: [bytes.buffer] });
    expect(await Promise.allSettled([give(), give()])).toMatchObject([
      { value: Uint8Array.of(7) },
      { status: 'rejected', reason: { code: 'E_ARGUMENT_NOT_PLAIN' } },
    ]);
  });
});

test('bytes that are given away are not copied to see whether they could be', async () => {
  const instance = await (await host.link(await guest('rust-types'))).instantiate();
  await instance.call(BYTES, [Uint8Array.of(1)]);
  const bytes = new Uint8Array(64 * MIB);
  const before = process.memoryUsage().arrayBuffers;
  const calling = instance.call(BYTES, [bytes], { transfer: [bytes.buffer] }).catch(() => undefined);
  await Promise.resolve();
  await Promise.resolve();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * MIB);
  await calling;
});

describe('a provider has failed that gives what cannot be copied', () => {
  test.each<[string, () => unknown]>([
    ['a function', () => () => 1],
    ['a symbol', () => Symbol('s')],
    [
      'an error with a function',
      () => {
        throw new ComponentError({ f: () => 1 });
      },
    ],
  ])('%s', async (_, answer) => {
    tick = answer;
    const instance = await (await host.link(await wat(CALLER), { grants })).instantiate();
    await expect(instance.call('once', [1])).rejects.toMatchObject({ code: 'E_PROVIDER_FAILED', fault: 'host' });
    tick = (x) => x;
    expect(await instance.call('once', [5])).toBe(5);
  });
});

describe('a guest that tells its host more than it can take', () => {
  const busy = (ms: number): void => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  };

  /** Calls with a deadline. The end of it, how late that was, and the most memory that the host took meanwhile. */
  async function flood(
    instance: Instance,
    name: string,
    args: unknown[],
  ): Promise<{ code: string; lateMs: number; mib: number }> {
    const timeoutMs = 200;
    const before = process.memoryUsage().rss;
    const started = performance.now();
    const code = await instance.call(name, args, { timeoutMs }).then(
      () => 'no error',
      (error: { code: string }) => error.code,
    );
    const lateMs = performance.now() - started - timeoutMs;
    return { code, lateMs, mib: (process.memoryUsage().rss - before) / MIB };
  }

  test.each([0, 0.05, 0.5])('by resources, of which each costs %d ms, ends at its deadline', async (ms) => {
    constructing = () => busy(ms);
    const instance = await (await host.link(await wat(RESOURCE_USER), { grants })).instantiate();
    const { code, lateMs, mib } = await flood(instance, 'churn', [4_000_000]);
    expect(code).toBe('E_DEADLINE_EXCEEDED');
    expect(lateMs).toBeLessThan(GRACE_MS);
    expect(mib).toBeLessThan(64);
    constructing = () => undefined;
    expect(await instance.call('make', [1])).toBe(1);
  });

  test('by refusals, to each of which a listener gives its time, ends at its deadline', async () => {
    let heard = 0;
    using _ = host.on(() => {
      heard++;
      busy(0.05);
    });
    const instance = await (await host.link(await wat(REPORTER))).instantiate();
    const { code, lateMs, mib } = await flood(instance, 'flood', []);
    expect(code).toBe('E_DEADLINE_EXCEEDED');
    expect(lateMs).toBeLessThan(GRACE_MS);
    expect(mib).toBeLessThan(64);
    expect(heard).toBeGreaterThan(100);
  });

  test.each([65, 3000])('and hangs after %d refusals: all of them are heard, and then of its end', async (times) => {
    const heard: string[] = [];
    using _ = host.on(({ kind }) => void heard.push(kind));
    await using linked = await host.link(await wat(REPORTER));
    const { code } = await flood(await linked.instantiate(), 'hang', [times]);
    expect(code).toBe('E_DEADLINE_EXCEEDED');
    await linked[Symbol.asyncDispose]();
    expect(heard).toEqual(['start', ...Array.from({ length: times }, () => 'decision'), 'end']);
  });

  test('and is ended while the host is behind: what it has told is heard before the end of it', async () => {
    const heard: string[] = [];
    using _ = host.on(({ kind }) => {
      heard.push(kind);
      busy(2);
    });
    await using linked = await host.link(await wat(REPORTER));
    expect((await flood(await linked.instantiate(), 'hang', [200])).code).toBe('E_DEADLINE_EXCEEDED');
    expect(heard.length).toBeLessThan(200);
    await linked[Symbol.asyncDispose]();
    expect(heard).toEqual(['start', ...Array.from({ length: 200 }, () => 'decision'), 'end']);
  });

  test('waits, and loses nothing', async () => {
    let constructed = 0;
    constructing = () => constructed++;
    const instance = await (await host.link(await wat(RESOURCE_USER), { grants })).instantiate();
    await instance.call('churn', [20_000], { timeoutMs: 20_000 });
    expect(constructed).toBe(20_000);
  });
});

describe('a host is refused', () => {
  test.each([
    [{ maxHeapBytes: 1_048_576 }, 'options.maxHeapBytes: expected a whole number from 16777216, got 1048576'],
    [{ maxHeapBytes: Number.NaN }, 'options.maxHeapBytes'],
    [{ spareThreads: -1 }, 'options.spareThreads'],
    [{ spareThreads: 257 }, 'options.spareThreads: expected a whole number from 0 to 256, got 257'],
    [{ capabilities: {} }, 'options.capabilities'],
    [{ threads: 2 }, 'options.threads'],
    [{ maxHeapByte: 2 ** 28 }, 'did you mean "maxHeapBytes"?'],
    [null, 'options: expected an object'],
  ])('with the options %o', (options, why) => {
    const making = (): Host => createNodeHost(options as object);
    expect(making).toThrow(expect.objectContaining({ code: 'E_OPTION_INVALID' }));
    expect(making).toThrow(why);
  });
});

test('the smallest heap that a host takes is enough for a guest', async () => {
  await using small = createNodeHost({ maxHeapBytes: 16 * MIB });
  const instance = await (await small.link(await guest('rust-types'))).instantiate();
  expect(await instance.call(BYTES, [Uint8Array.of(1)])).toEqual(Uint8Array.of(1));
});

describe('a guest whose objects take their time to be disposed of', () => {
  let open = 0;
  let most = 0;
  let delayMs = 20;

  class Slow {
    value(): number {
      return 1;
    }

    async [Symbol.dispose](): Promise<void> {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      open--;
    }
  }

  async function slow(): Promise<{ other: Host; user: Instance }> {
    most = 0;
    const res = { A: Slow, B: class B {}, make: () => new Slow(), consume: () => 0, check: () => undefined };
    const other = createNodeHost({
      capabilities: [provide({ name: 'res', interfaces: { 'acme:test/res@1.0.0': res } })],
    });
    const linked = await other.link(await wat(RESOURCE_USER), { grants: { res: true } });
    return { other, user: await linked.instantiate() };
  }

  test('drops no more than its host can hold', async () => {
    delayMs = 20;
    const { other, user } = await slow();
    expect(await user.call('churn', [6_000])).toBe(0);
    expect(most).toBeLessThanOrEqual(MIB / 512);
    await other[Symbol.asyncDispose]();
    await expect.poll(() => other.live.handles).toBe(0);
  });

  test('is not told to wait for one when it is late', async () => {
    delayMs = 300;
    const { other, user } = await slow();
    await expect(user.call('churn', [1_000_000], { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'E_DEADLINE_EXCEEDED',
      message: expect.not.stringContaining('waited for'),
    });
    await other[Symbol.asyncDispose]();
  });
});

test('a message weighs what its maps hold', () => {
  const text = 'x'.repeat(1_000);
  expect(bytesOf(new Map([[1, text]]))).toBeGreaterThan(2_000);
  expect(bytesOf([new Map([[text, 1]])])).toBeGreaterThan(2_000);
});
