import {
  type CallOptions,
  createHost,
  type Host,
  type HostEvent,
  type HostOptions,
  type Instance,
  type LinkOptions,
} from '@loophost/host';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CALLER, COUNTER, counter, EXECUTORS, wat } from './guests.ts';
import { codeOf, failureOf, Stage, trusted } from './host-stage.ts';

/** `once` calls the import; `now` does not, and gives what it is given. */
const BOTH = CALLER.replace(
  '(func (export "forever")',
  '(func (export "now") (param i32) (result i32) (local.get 0)) (func (export "forever")',
).replace(/\)$/, '\n(func (export "now") (param "x" u32) (result u32) (canon lift (core func $i "now"))))');

let stage: Stage;
let host: Host;

beforeEach(() => {
  stage = new Stage();
  ({ host } = stage);
});

afterEach(() => stage[Symbol.asyncDispose]());

describe.each(EXECUTORS)('a guest, run by %s', (executor) => {
  const start = async (text: string, more: LinkOptions = {}): Promise<Instance> =>
    (await host.link(await wat(text), trusted(executor, more))).instantiate();

  test('has a budget of host calls for each call, also when others wait', async () => {
    stage.answer = async (x) => x;
    const instance = await start(CALLER, { limits: { maxHostCalls: 10 } });
    expect(await Promise.all([10, 2, 10].map((n) => instance.call('times', [n])))).toEqual([55, 3, 55]);
    const calls = [instance.call('times', [11]), instance.call('once', [1])];
    expect(await Promise.all(calls.map(codeOf))).toEqual(['E_HOST_CALLS_EXCEEDED', 'E_GUEST_ENDED']);
  });

  test('takes as many calls at once as the limit says, while it waits for its host', async () => {
    stage.answer = async (x) => x;
    const instance = await start(CALLER);
    const calls = Array.from({ length: 1_000 }, (_, i) => instance.call('once', [i]));
    expect(await codeOf(instance.call('once', [0]))).toBe('E_CALLS_EXCEEDED');
    expect(await Promise.all(calls)).toEqual(Array.from(calls.keys()));
  });

  test('is called in order, also by functions that cannot wait', async () => {
    const open = Promise.withResolvers<number>();
    stage.answer = () => open.promise;
    const instance = await start(BOTH);
    const done: string[] = [];
    const calls = ['once', 'now'].map((name) => instance.call(name, [5]).then(() => done.push(name)));
    open.resolve(1);
    await Promise.all(calls);
    expect(done).toEqual(['once', 'now']);
  });

  test('that is called by what it waits for is ended at its deadline, which names that', async () => {
    const instance = await start(CALLER);
    stage.answer = (x) => (x > 0 ? instance.call('once', [x - 1]) : 7);
    const failure = await failureOf(instance.call('once', [1], { timeoutMs: 50 }));
    expect(failure).toMatchObject({
      code: 'E_DEADLINE_EXCEEDED',
      message: expect.stringContaining('"acme:test/host@1.0.0.f"'),
      fix: expect.stringContaining('waits for another call'),
    });
    expect(await instance.call('once', [0])).toBe(7);
  });

  test('is not ended for a call that waits for its turn, which is refused alone and never begins', async () => {
    const open = Promise.withResolvers<number>();
    const begun: number[] = [];
    stage.answer = (x) => (begun.push(x), x === 1 ? open.promise : x);
    const instance = await start(CALLER);
    const first = instance.call('once', [1]);
    const aborted = new AbortController();
    const late = failureOf(instance.call('once', [2], { timeoutMs: 20 }));
    const stopped = failureOf(instance.call('once', [3], { signal: aborted.signal }));
    const last = instance.call('once', [4]);
    const { code, message } = await late;
    expect([code, message]).toEqual(['E_DEADLINE_EXCEEDED', expect.stringContaining('was at other calls')]);
    aborted.abort();
    expect(await stopped).toMatchObject({ code: 'E_CALL_ABORTED' });
    open.resolve(7);
    expect(await Promise.all([first, last])).toEqual([7, 4]);
    expect(begun).toEqual([1, 4]);
  });

  test('counts a call that was refused in line as open until its turn has come', async () => {
    const open = Promise.withResolvers<number>();
    stage.answer = () => open.promise;
    const instance = await start(CALLER, { limits: { maxPendingCalls: 2 } });
    const first = instance.call('once', [1]);
    expect(await codeOf(instance.call('once', [2], { timeoutMs: 10 }))).toBe('E_DEADLINE_EXCEEDED');
    expect(await codeOf(instance.call('once', [3]))).toBe('E_CALLS_EXCEEDED');
    open.resolve(7);
    expect([await first, await instance.call('once', [4])]).toEqual([7, 7]);
  });

  test('is not ended later by a call that was refused', async () => {
    const instance = await start(COUNTER);
    const signal = new AbortController() as unknown as AbortSignal;
    const deaf = { aborted: false, reason: 1, addEventListener: () => undefined };
    const failing = {
      ...deaf,
      removeEventListener: () => undefined,
      addEventListener: () => {
        throw new Error('deaf');
      },
    };
    for (const wrong of [signal, deaf as unknown as AbortSignal, failing]) {
      const failure = await failureOf(instance.call('count', [], { signal: wrong, timeoutMs: 30 }));
      expect(failure).toMatchObject({ code: 'E_OPTION_INVALID', message: expect.stringContaining('an AbortSignal') });
    }
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect([await instance.call('count'), await instance.call('count')]).toEqual([1, 2]);
  });
});

test.each<[string, unknown, unknown, unknown]>([
  ['name: expected a string', undefined, [], {}],
  ['args: expected an array', 'count', 'abc', {}],
  ['options: expected an object', 'count', [], null],
  ['options.timeoutMs: expected', 'count', [], { timeoutMs: Number.NaN }],
  ['options.timeoutMs: expected', 'count', [], { timeoutMs: -5 }],
  ['options.timeoutMs: expected', 'count', [], { timeoutMs: null }],
  ['options.timeout is unknown: did you mean "timeoutMs"?', 'count', [], { timeout: 5 }],
])('a call is refused with "%s"', async (text, name, args, options) => {
  const instance = await (await host.link(await wat(COUNTER))).instantiate();
  const failure = await failureOf(instance.call(name as string, args as unknown[], options as CallOptions));
  expect(failure).toMatchObject({ code: 'E_OPTION_INVALID', message: expect.stringContaining(text) });
  expect(await instance.call('count')).toBe(1);
});

test.each<[string, unknown]>([
  ['options: expected an object', null],
  ['options.grants: expected an object', { grants: null }],
  ['options.trust: expected "trusted" or "untrusted"', { trust: 'Trusted' }],
  ['options.grant is unknown: did you mean "grants"?', { grant: {} }],
  ['options.limits.maxMemoryBytes: expected it among the limits of compile', { limits: { maxMemoryBytes: 1 } }],
  ['options.limits.maxHandels is unknown: did you mean "maxHandles"?', { limits: { maxHandels: 1 } }],
])('a link and an inspection are refused with "%s"', async (text, options) => {
  const component = await wat(COUNTER);
  for (const work of [host.link(component, options as LinkOptions), host.inspect(component, options as LinkOptions)])
    expect(await failureOf(work)).toMatchObject({ code: 'E_OPTION_INVALID', message: expect.stringContaining(text) });
});

test('a guest that is busy all the time is not ended for a call that waits for its turn', async () => {
  const instance = await (await host.link(await wat(counter()), trusted('thread'))).instantiate();
  const first = instance.call('spin', [400_000_000], { timeoutMs: 20_000 });
  expect(await codeOf(instance.call('spin', [4_000_000_000], { timeoutMs: 20 }))).toBe('E_DEADLINE_EXCEEDED');
  expect([await first, await instance.call('spin', [5])]).toEqual([400_000_000, 5]);
});

test('a call that has begun ends its guest at its deadline, also when nothing was heard of those before', async () => {
  const instance = await (await host.link(await wat(COUNTER), trusted('thread'))).instantiate();
  const calls = [instance.call('count'), instance.call('loop', [], { timeoutMs: 50 })];
  // The answer to the first call waits in the guest's thread for the tick in which the second never returns.
  expect(await Promise.all(calls.map(codeOf))).toEqual(['E_GUEST_ENDED', 'E_DEADLINE_EXCEEDED']);
  expect(await instance.call('count')).toBe(1);
});

test('what is no component is refused', async () => {
  for (const wrong of [new Uint8Array(8), wat(COUNTER), undefined])
    expect(await failureOf(host.link(wrong as never))).toMatchObject({
      code: 'E_OPTION_INVALID',
      message: expect.stringContaining('component: expected a component, as compile gives it'),
    });
});

test.each<[string, unknown]>([
  ['options: expected an object', undefined],
  ['options.executors: expected at least one executor', { executors: [], guestParts: () => undefined }],
  ['options.guestParts: expected a function', { executors: [{}] }],
  ['options.capability is unknown: did you mean "capabilities"?', { capability: [] }],
])('a host is refused with "%s"', (text, options) => {
  expect(() => createHost(options as HostOptions)).toThrow(
    expect.objectContaining({ code: 'E_OPTION_INVALID', message: expect.stringContaining(text) }),
  );
});

test('a host that is disposed of while it links gives no linked component', async () => {
  const linking = codeOf(host.link(await wat(CALLER), { grants: { test: true } }));
  await host[Symbol.asyncDispose]();
  expect(await linking).toBe('E_DISPOSED');
});

test('a host that is disposed of by a listener leaves nothing alive', async () => {
  const ends: HostEvent[] = [];
  let disposing: Promise<void> | undefined;
  host.on((event) => {
    if (event.kind === 'start') disposing = host[Symbol.asyncDispose]();
    if (event.kind === 'end') ends.push(event);
  });
  expect(await codeOf((await host.link(await wat(COUNTER))).instantiate())).toBe('E_GUEST_ENDED');
  await disposing;
  expect([ends.length, host.live.instances]).toEqual([1, 0]);
});
