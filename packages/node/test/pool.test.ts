import type { Host, HostEvent, PoolOptions } from '@loophost/host';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CALLER, COUNTER, counter, wat } from './guests.ts';
import { codeOf, failureOf, Stage } from './host-stage.ts';

const GRANTED = { grants: { test: true } };
const LOOPS_AT_START = `(component
  (core module $m (func $f (loop $l (br $l))) (start $f) (func (export "x")))
  (core instance $i (instantiate $m)) (func (export "x") (canon lift (core func $i "x"))))`;

let stage: Stage;
let host: Host;

beforeEach(() => {
  stage = new Stage();
  ({ host } = stage);
});

afterEach(() => stage[Symbol.asyncDispose]());

test('a pool leaves out an instance that may not be started again, as long as it has others', async () => {
  const pool = (await host.link(await wat(COUNTER), { limits: { maxRestarts: 2 } })).pool({ size: 2 });
  await pool.start();
  const codes: string[] = [];
  for (let i = 0; i < 4; i++) codes.push(await codeOf(pool.call('trap')));
  expect(codes).toEqual(Array(4).fill('E_TRAP_CORE'));
  expect(await pool.call('count')).toBe(1);
  expect(await codeOf(pool.call('trap'))).toBe('E_TRAP_CORE');
  for (let i = 0; i < 2; i++) await codeOf(pool.call('trap'));
  expect(await codeOf(pool.call('count'))).toBe('E_RESTARTS_EXHAUSTED');
});

test('a pool refuses options that are none', async () => {
  const linked = await host.link(await wat(COUNTER));
  for (const options of [{ size: 0 }, { size: Number.NaN }, { callsPerInstance: 0 }, { queueLimit: -1 }, { sise: 1 }])
    expect(() => linked.pool(options as PoolOptions)).toThrow(expect.objectContaining({ code: 'E_OPTION_INVALID' }));
  expect(() => linked.pool({ sise: 1 } as PoolOptions)).toThrow(
    'cannot make pool: options.sise is unknown: did you mean "size"?',
  );
});

test('a call that is aborted while it waits for an instance is refused at once and leaves the queue', async () => {
  const open = Promise.withResolvers<number>();
  stage.answer = () => open.promise;
  const pool = (await host.link(await wat(CALLER), GRANTED)).pool({ size: 1 });
  const first = pool.call('once', [1]);
  const controller = new AbortController();
  const second = codeOf(pool.call('once', [2], { signal: controller.signal }));
  expect(pool.queued).toBe(1);
  controller.abort();
  expect(pool.queued).toBe(0);
  expect(await second).toBe('E_CALL_ABORTED');
  open.resolve(7);
  expect(await first).toBe(7);
});

test('time in the queue of a pool counts, and ends nobody else', async () => {
  const open = Promise.withResolvers<number>();
  stage.answer = () => open.promise;
  const pool = (await host.link(await wat(CALLER), GRANTED)).pool({ size: 1 });
  const first = pool.call('once', [1]);
  const failure = await failureOf(pool.call('once', [2], { timeoutMs: 30 }));
  expect(failure).toMatchObject({ code: 'E_DEADLINE_EXCEEDED', fix: expect.stringContaining('make the pool larger') });
  open.resolve(7);
  expect(await first).toBe(7);
});

test('a call whose time is up while its instance starts does not end it', async () => {
  const starts: HostEvent[] = [];
  host.on((event) => event.kind === 'start' && starts.push(event));
  const pool = (await host.link(await wat(counter(300_000_000)))).pool({ size: 1 });
  const failure = await failureOf(pool.call('spin', [1], { timeoutMs: 5 }));
  expect(failure).toMatchObject({ code: 'E_DEADLINE_EXCEEDED', message: expect.stringContaining('had not started') });
  expect(await pool.call('spin', [1])).toBe(1);
  expect(starts).toHaveLength(1);
});

test('calls get a free instance in the order in which they came', async () => {
  const order: number[] = [];
  stage.answer = (x) => order.push(x);
  const pool = (await host.link(await wat(CALLER), GRANTED)).pool({ size: 1 });
  const later = pool.call('once', [1]).then(() => pool.call('once', [4]));
  await Promise.all([pool.call('once', [2]), pool.call('once', [3]), later]);
  expect(order).toEqual([1, 2, 3, 4]);
});

test('a pool that is disposed of during a call leaves nothing alive, and cannot be used again', async () => {
  const asked = Promise.withResolvers<void>();
  stage.answer = () => (asked.resolve(), new Promise(() => undefined));
  const pool = (await host.link(await wat(CALLER), GRANTED)).pool({ size: 1 });
  const calls = [1, 2].map((x) => codeOf(pool.call('once', [x])));
  await asked.promise;
  await pool[Symbol.asyncDispose]();
  expect(host.live).toMatchObject({ instances: 0, calls: 0 });
  expect(await Promise.all(calls)).toEqual(['E_GUEST_ENDED', 'E_DISPOSED']);
  expect(await codeOf(pool.call('once', [1]))).toBe('E_DISPOSED');
  expect(await codeOf(pool.start())).toBe('E_DISPOSED');
});

test('a pool that is disposed of in the tick of its first call starts nothing', async () => {
  const pool = (await host.link(await wat(COUNTER))).pool();
  const call = codeOf(pool.call('count'));
  await pool[Symbol.asyncDispose]();
  expect([await call, host.live.instances]).toEqual(['E_DISPOSED', 0]);
});

test('a pool, and its host, end instances that are still starting', async () => {
  const linked = await host.link(await wat(LOOPS_AT_START), { limits: { startTimeoutMs: 60_000 } });
  const [pool, other] = [linked.pool({ size: 1 }), linked.pool({ size: 1 })];
  const starts = [pool.start(), other.start()].map(codeOf);
  await pool[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
  expect(await Promise.all(starts)).toEqual(['E_GUEST_ENDED', 'E_GUEST_ENDED']);
});

test('whoever disposes a second time waits as well', async () => {
  const linked = await host.link(await wat(COUNTER));
  const instance = await linked.instantiate();
  const pool = linked.pool({ size: 1 });
  await pool.start();
  for (const [owner, left] of [
    [instance, 1],
    [pool, 0],
    [host, 0],
  ] as const) {
    void owner[Symbol.asyncDispose]();
    await owner[Symbol.asyncDispose]();
    expect(host.live.instances).toBe(left);
  }
});
