import {
  DEFAULT_HOST_LIMITS,
  GuestResource,
  type Host,
  type HostEvent,
  type LinkOptions,
  provide,
} from '@loophost/host';
import { createNodeHost } from '@loophost/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CALLER, COUNTER, guest, RESOURCE, wat } from './guests.ts';

const NOTHING = { instances: 0, threads: 0, handles: 0, calls: 0 };

let host: Host;
let tick: (x: number) => unknown;
let events: HostEvent[];

beforeEach(() => {
  tick = (x) => x * 2;
  events = [];
  host = createNodeHost({
    capabilities: [
      provide({ name: 'test', interfaces: { 'acme:test/host@1.0.0': { f: (x: number) => tick(x) } } }),
      provide({ name: 'counters', interfaces: { 'loop:guests/counter-host@0.1.0': { log: () => undefined } } }),
    ],
  });
  host.on((event) => events.push(event));
});

afterEach(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.live).toEqual(NOTHING);
});

describe.each(['thread', 'inline'])('the executor %s', (executor) => {
  const trusted: LinkOptions = { trust: 'trusted', executor, grants: { test: true } };

  test('calls a function and gives its result', async () => {
    const linked = await host.link(await guest('agent'), trusted);
    const instance = await linked.instantiate();
    expect(await instance.call('run-code', ['6 * 7'])).toBe('42');
  });

  test('ends a guest whose provider fails, by name, and starts a fresh one for the next call', async () => {
    tick = (x) => {
      if (x === 1) throw new Error('no disk');
      return x;
    };
    const instance = await (await host.link(await wat(CALLER), trusted)).instantiate();
    const failed = await instance.call('once', [1]).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'E_PROVIDER_FAILED', fault: 'host' });
    expect(String(failed)).toContain('acme:test/host@1.0.0.f');
    expect(await instance.call('once', [5])).toBe(5);
  });

  test('gives each instance its own state, and a fresh one after a trap', async () => {
    const linked = await host.link(await wat(COUNTER), trusted);
    const [a, b] = [await linked.instantiate(), await linked.instantiate()];
    expect([await a.call('count'), await a.call('count'), await b.call('count')]).toEqual([1, 2, 1]);
    await expect(a.call('trap')).rejects.toMatchObject({ code: 'E_TRAP_CORE' });
    expect([await a.call('count'), await b.call('count')]).toEqual([1, 2]);
    expect(events.filter(({ kind }) => kind === 'start')).toHaveLength(3);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'end', reason: expect.stringContaining('unreachable') }),
    );
  });

  test('stops restarting a guest that ends at every call', async () => {
    const linked = await host.link(await wat(COUNTER), { ...trusted, limits: { maxRestarts: 3 } });
    const instance = await linked.instantiate();
    const codes: string[] = [];
    for (let i = 0; i < 6; i++) codes.push(await codeOf(instance.call('trap')));
    expect(codes).toEqual([...Array<string>(4).fill('E_TRAP_CORE'), 'E_RESTARTS_EXHAUSTED', 'E_RESTARTS_EXHAUSTED']);
  });

  test('ends a call that waits for a provider which never answers', async () => {
    tick = () => new Promise(() => undefined);
    const instance = await (await host.link(await wat(CALLER), trusted)).instantiate();
    expect(await codeOf(instance.call('once', [1], { timeoutMs: 50 }))).toBe('E_DEADLINE_EXCEEDED');
    tick = (x) => x;
    expect(await instance.call('once', [9])).toBe(9);
  });

  test('ends a call that its caller aborts', async () => {
    tick = () => new Promise(() => undefined);
    const instance = await (await host.link(await wat(CALLER), trusted)).instantiate();
    const controller = new AbortController();
    const calling = codeOf(instance.call('once', [1], { signal: controller.signal }));
    setTimeout(() => controller.abort(), 20);
    expect(await calling).toBe('E_CALL_ABORTED');
    expect(await codeOf(instance.call('once', [1], { signal: controller.signal }))).toBe('E_CALL_ABORTED');
  });

  test('counts the calls of imports that one call makes', async () => {
    const component = await wat(CALLER);
    const bounded = await (await host.link(component, { ...trusted, limits: { maxHostCalls: 10 } })).instantiate();
    expect(await bounded.call('times', [10])).toBe(110);
    expect(await codeOf(bounded.call('times', [11]))).toBe('E_HOST_CALLS_EXCEEDED');
    expect(await bounded.call('times', [10])).toBe(110);
    const free = await (await host.link(component, trusted)).instantiate();
    expect(await free.call('times', [11])).toBe(132);
  });

  test('passes resources of the guest by number, and drops them', async () => {
    const linked = await host.link(await guest('rust-counter'), { ...trusted, grants: { counters: true } });
    const instance = await linked.instantiate();
    const counter = (await instance.call('counters.[constructor]counter', [40])) as GuestResource;
    expect(counter).toBeInstanceOf(GuestResource);
    expect(host.live.handles).toBe(1);
    expect(await instance.call('counters.[method]counter.increment', [counter, 2])).toBe(42);
    const moved = (await instance.call('counters.or-new', [counter])) as GuestResource;
    expect(await instance.call('counters.[method]counter.value', [moved])).toBe(42);
    expect(host.live.handles).toBe(1);
    expect(await codeOf(instance.call('counters.[method]counter.increment', [counter, 1]))).toBe('E_RESOURCE_GONE');
  });

  test('runs the destructor of a resource that the host disposes of', async () => {
    const instance = await (await host.link(await wat(RESOURCE), trusted)).instantiate();
    const resource = (await instance.call('[constructor]r', [7])) as GuestResource;
    expect(await instance.call('[method]r.value', [resource])).toBe(7);
    resource[Symbol.dispose]();
    expect([host.live.handles, await instance.call('dropped')]).toEqual([0, 7]);
    expect(await codeOf(instance.call('[method]r.value', [resource]))).toBe('E_RESOURCE_GONE');
  });

  test('bounds the resources that the host may hold', async () => {
    const component = await wat(RESOURCE);
    const bounded = await (await host.link(component, { ...trusted, limits: { maxHandles: 2 } })).instantiate();
    const held = [await bounded.call('[constructor]r', [1]), await bounded.call('[constructor]r', [2])];
    expect(await codeOf(bounded.call('[constructor]r', [3]))).toBe('E_HANDLES_EXCEEDED');
    (held[0] as GuestResource)[Symbol.dispose]();
    expect(await bounded.call('[constructor]r', [4])).toBeInstanceOf(GuestResource);
    const free = await (await host.link(component, trusted)).instantiate();
    for (let i = 0; i < 3; i++) expect(await free.call('[constructor]r', [i])).toBeInstanceOf(GuestResource);
  });

  test('refuses a function that is not exported, and wrong arguments, without harm', async () => {
    const instance = await (await host.link(await guest('agent'), trusted)).instantiate();
    expect(await codeOf(instance.call('run-cod', ['1']))).toBe('E_FUNCTION_UNKNOWN');
    expect(await codeOf(instance.call('run-code', [5]))).toBe('E_ARGUMENT_MISMATCH');
    expect(await instance.call('run-code', ['1'])).toBe('1');
    expect(events.filter(({ kind }) => kind === 'end')).toEqual([]);
  });

  test('refuses calls after it was disposed of', async () => {
    const instance = await (await host.link(await guest('agent'), trusted)).instantiate();
    await instance[Symbol.asyncDispose]();
    expect(await codeOf(instance.call('run-code', ['1']))).toBe('E_DISPOSED');
  });

  test('refuses more open calls than the limit', async () => {
    tick = () => new Promise(() => undefined);
    const linked = await host.link(await wat(CALLER), { ...trusted, limits: { maxPendingCalls: 2 } });
    const instance = await linked.instantiate();
    const open = [1, 2].map((x) => codeOf(instance.call('once', [x], { timeoutMs: 100 })));
    expect(await codeOf(instance.call('once', [3]))).toBe('E_CALLS_EXCEEDED');
    expect((await Promise.all(open)).sort()).toEqual(['E_DEADLINE_EXCEEDED', 'E_GUEST_ENDED']);
  });
});

describe('a thread', () => {
  test('is ended at the deadline of a call that loops, and the next call is answered', async () => {
    const instance = await (await host.link(await wat(COUNTER))).instantiate();
    expect(await instance.call('count')).toBe(1);
    expect(await codeOf(instance.call('loop', [], { timeoutMs: 50 }))).toBe('E_DEADLINE_EXCEEDED');
    expect(await instance.call('count')).toBe(1);
  });

  test('is ended by a signal while it loops', async () => {
    const instance = await (await host.link(await wat(COUNTER))).instantiate();
    const calling = codeOf(instance.call('loop', [], { signal: AbortSignal.timeout(50) }));
    expect(await calling).toBe('E_CALL_ABORTED');
    expect(await instance.call('count')).toBe(1);
  });

  test('is ended while a start function loops', async () => {
    const text = '(component (core module $m (func $f (loop $l (br $l))) (start $f)) (core instance (instantiate $m)))';
    const linked = await host.link(await wat(text), { limits: { startTimeoutMs: 50 } });
    expect(await codeOf(linked.instantiate())).toBe('E_START_TIMED_OUT');
  });

  test('is not taken for a component of whose start nobody knows', async () => {
    const text = '(component (core module $m (func $f unreachable) (start $f)) (core instance (instantiate $m)))';
    expect(await codeOf((await host.link(await wat(text))).instantiate())).toBe('E_TRAP_CORE');
  });

  test('makes the calls of one tick in order', async () => {
    const instance = await (await host.link(await wat(COUNTER))).instantiate();
    const counts = await Promise.all(Array.from({ length: 100 }, () => instance.call('count')));
    expect(counts).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  });

  test('refuses arguments that cannot be copied, without harm to other calls', async () => {
    const instance = await (await host.link(await guest('agent'))).instantiate();
    const [wrong, right] = await Promise.allSettled([
      instance.call('run-code', [{ f: () => 1 }]),
      instance.call('run-code', ['2']),
    ]);
    expect(wrong).toMatchObject({ status: 'rejected', reason: { code: 'E_ARGUMENT_NOT_PLAIN' } });
    expect(right).toEqual({ status: 'fulfilled', value: '2' });
  });

  test('hands over buffers that the caller gives away', async () => {
    const bytes = new Uint8Array(1 << 20).fill(7);
    const { functions } = (await host.link(await guest('rust-types'))).catalog;
    const echo = functions.find(({ type: { params, result } }) => {
      const [only] = params;
      return (
        params.length === 1 && only?.type.kind === 'list' && only.type.element.kind === 'u8' && result?.kind === 'list'
      );
    });
    const instance = await (await host.link(await guest('rust-types'))).instantiate();
    const back = (await instance.call(echo?.name ?? '', [bytes], { transfer: [bytes.buffer] })) as Uint8Array;
    expect([back.length, back[0], bytes.length]).toEqual([1 << 20, 7, 0]);
  });

  test('that runs out of heap for JavaScript ends alone', async () => {
    await using small = createNodeHost({ maxHeapBytes: 32 * 2 ** 20 });
    const instance = await (await small.link(await wat(STRINGS))).instantiate();
    expect(await codeOf(instance.call('strings', [4_000], { timeoutMs: 15_000 }))).toBe('E_THREAD_DIED');
    expect(await instance.call('strings', [1])).toHaveLength(1);
  });
});

/** Gives a list of `n` strings, each of the same 60,000 bytes of the guest's memory. */
const STRINGS = `(component
  (core module $m (memory (export "mem") 2)
    (func (export "strings") (param i32) (result i32) (local i32)
      (loop $next
        (i32.store (i32.add (i32.const 1024) (i32.mul (local.get 1) (i32.const 8))) (i32.const 65536))
        (i32.store offset=4 (i32.add (i32.const 1024) (i32.mul (local.get 1) (i32.const 8))) (i32.const 60000))
        (br_if $next (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))
      (i32.store (i32.const 8) (i32.const 1024))
      (i32.store (i32.const 12) (local.get 0))
      (i32.const 8)))
  (core instance $i (instantiate $m))
  (func (export "strings") (param "n" u32) (result (list string))
    (canon lift (core func $i "strings") (memory (core memory $i "mem")))))`;

test('an untrusted component does not run inline', async () => {
  await expect(host.link(await guest('agent'), { executor: 'inline' })).rejects.toMatchObject({
    problems: [{ code: 'E_TRUST_TOO_LOW', fix: expect.stringContaining('trusted') }],
  });
});

test('limits that are none are refused, all at once, and undefined stands for the default', async () => {
  const limits = { maxHostCalls: Number.NaN, timeoutMs: Infinity, maxHandels: 5, restartWindowMs: undefined };
  const linking = host.link(await guest('agent'), { limits: limits as object });
  await expect(linking).rejects.toMatchObject({ code: 'E_OPTION_INVALID' });
  const message = await linking.catch(({ message }: Error) => message);
  for (const text of ['limits.maxHostCalls', 'limits.timeoutMs', 'did you mean "maxHandles"?'])
    expect(message).toContain(text);
  const absent = { maxHostCalls: undefined, timeoutMs: undefined } as object;
  const linked = await host.link(await wat(CALLER), { grants: { test: true }, limits: absent });
  expect(linked.limits).toEqual(DEFAULT_HOST_LIMITS);
  const instance = await linked.instantiate();
  expect(await instance.call('once', [2], { timeoutMs: Infinity })).toBe(4);
});

test('an instance is disposed of when its guests have ended, those that were killed before included', async () => {
  const instance = await (await host.link(await wat(COUNTER))).instantiate();
  expect(await codeOf(instance.call('loop', [], { timeoutMs: 20 }))).toBe('E_DEADLINE_EXCEEDED');
  await instance[Symbol.asyncDispose]();
  expect(host.live.instances).toBe(0);
});

test('an executor that the host does not have is named', async () => {
  await expect(host.link(await guest('agent'), { executor: 'frame' })).rejects.toMatchObject({
    code: 'E_EXECUTOR_UNKNOWN',
    fix: 'use one of "thread", "inline"',
  });
});

test('every static problem is reported at once', async () => {
  const text = `(component
    (import "acme:test/host@1.0.0" (instance (export "f" (func (param "x" u32) (result u32)))))
    (import "acme:other/api@2.0.0" (instance (export "g" (func)))))`;
  const linking = host.link(await wat(text), { executor: 'inline', grants: { tset: true } });
  await expect(linking).rejects.toMatchObject({
    code: 'E_LINK_FAILED',
    problems: [
      { code: 'E_GRANT_INVALID' },
      { code: 'E_GRANT_MISSING' },
      { code: 'E_IMPORT_UNPROVIDED' },
      { code: 'E_TRUST_TOO_LOW' },
    ],
  });
});

describe('a pool', () => {
  test('spreads calls over its instances and queues the rest', async () => {
    let most = 0;
    let now = 0;
    tick = async (x) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 10));
      now--;
      return x;
    };
    const linked = await host.link(await wat(CALLER), { grants: { test: true } });
    const pool = linked.pool({ size: 2 });
    await pool.start();
    expect(host.live.instances).toBe(2);
    const results = await Promise.all(Array.from({ length: 8 }, (_, i) => pool.call('once', [i])));
    expect(results).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(2);
  });

  test('refuses calls beyond its queue', async () => {
    tick = () => new Promise(() => undefined);
    const pool = (await host.link(await wat(CALLER), { grants: { test: true } })).pool({ size: 1, queueLimit: 1 });
    const first = codeOf(pool.call('once', [1], { timeoutMs: 200 }));
    const second = codeOf(pool.call('once', [2], { timeoutMs: 100 }));
    expect(await codeOf(pool.call('once', [3]))).toBe('E_CALLS_EXCEEDED');
    expect([await first, await second]).toEqual(['E_DEADLINE_EXCEEDED', 'E_DEADLINE_EXCEEDED']);
  });
});

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'no error';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
