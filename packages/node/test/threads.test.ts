import { provide } from '@loophost/host';
import { createNodeHost } from '@loophost/node';
import { Threads, type ThreadsOptions } from '@loophost/node/threads';
import { expect, test } from 'vitest';
import { wat } from './guests.ts';

const ANSWER = `(component
  (core module $m (func (export "answer") (result i32) (i32.const 42)))
  (core instance $i (instantiate $m))
  (func (export "answer") (result u32) (canon lift (core func $i "answer"))))`;

test('a host runs its first guest in a thread that was started before it, and ends it', async () => {
  const threads = new Threads({ ahead: 1 });
  const host = createNodeHost({ threads, spareThreads: 0 });
  expect(host.live.threads).toBe(1);
  const linked = await host.link(await wat(ANSWER), { name: 'answer' });
  const instance = await linked.instantiate();
  expect(host.live.threads).toBe(1);
  expect(await instance.call('answer')).toBe(42);
  await host[Symbol.asyncDispose]();
  expect(host.live).toEqual({ instances: 0, threads: 0, handles: 0, calls: 0 });
});

test('threads that no guest has taken end with their host', async () => {
  const host = createNodeHost({ threads: new Threads({ ahead: 2 }) });
  expect(host.live.threads).toBe(2);
  await host[Symbol.asyncDispose]();
  expect(host.live.threads).toBe(0);
});

test('threads of one host are refused by another', async () => {
  const threads = new Threads();
  await using _ = createNodeHost({ threads });
  const refused = { code: 'E_OPTION_INVALID', message: expect.stringContaining('Threads that no other host has') };
  expect(() => createNodeHost({ threads })).toThrow(expect.objectContaining(refused));
  expect(() => createNodeHost({ threads: {} as Threads })).toThrow(expect.objectContaining(refused));
});

test('a host that cannot be made leaves its threads to another', async () => {
  const threads = new Threads({ ahead: 1 });
  const named = (name: string): ReturnType<typeof provide> => provide({ name: 'app', interfaces: { [name]: {} } });
  const capabilities = [named('acme:test/f@1.0.0'), named('acme:test/g@1.0.0')];
  expect(() => createNodeHost({ threads, capabilities })).toThrow('not two of the name "app"');
  await using host = createNodeHost({ threads });
  expect(host.live.threads).toBe(1);
});

test.each([
  [{ ahead: 257 }, 'expected a whole number from 0 to 256 as "ahead"'],
  [{ ahead: Number.NaN }, '"ahead"'],
  [{ maxHeapBytes: 1_048_576 }, 'expected a whole number from 16777216 to'],
  [{ maxHeapBytes: Number.NaN }, '"maxHeapBytes"'],
  [{ ahed: 1 } as ThreadsOptions, 'they have no option "ahed"'],
])('threads are refused with the options %o', (options, why) => {
  const making = (): Threads => new Threads(options);
  expect(making).toThrow(RangeError);
  expect(making).toThrow(why);
});
