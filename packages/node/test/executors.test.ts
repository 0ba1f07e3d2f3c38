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

  test('ends a call that waits for a provider which never answers', async () => {
    tick = () => new Promise(() => undefined);
    const instance = await (await host.link(await wat(CALLER), trusted)).instantiate();
    expect(await codeOf(instance.call('once', [1], { timeoutMs: 50 }))).toBe('E_DEADLINE_EXCEEDED');
    tick = (x) => x;
    expect(await instance.call('once', [9])).toBe(9);
  });

  test('refuses a call whose signal is aborted already', async () => {
    const instance = await (await host.link(await wat(CALLER), trusted)).instantiate();
    expect(await codeOf(instance.call('once', [1], { signal: AbortSignal.abort() }))).toBe('E_CALL_ABORTED');
    expect(await instance.call('once', [4])).toBe(8);
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

  test('ends the other calls of a guest that is ended', async () => {
    tick = () => new Promise(() => undefined);
    const instance = await (await host.link(await wat(CALLER), trusted)).instantiate();
    const open = [50, 5_000].map((timeoutMs) => codeOf(instance.call('once', [1], { timeoutMs })));
    expect(await Promise.all(open)).toEqual(['E_DEADLINE_EXCEEDED', 'E_GUEST_ENDED']);
  });
});

describe('a thread', () => {
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
});

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'no error';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
