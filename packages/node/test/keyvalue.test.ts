import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, type Component } from '@loophost/component';
import type { Host, HostEvent, Instance, LinkedComponent } from '@loophost/host';
import { createNodeHost, keyValue } from '@loophost/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { importer } from './draft-importer.ts';
import { guest } from './guests.ts';

const NOTHING = { instances: 0, threads: 0, handles: 0, calls: 0 };
const MEMORY = { stores: { default: 'memory' } };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: unknown): string => new TextDecoder().decode(value as Uint8Array);

let host: Host;
let events: HostEvent[];
let folder: string;
let kvUser: Component;

beforeAll(async () => {
  host = createNodeHost({ capabilities: [keyValue()] });
  host.on((event) => events.push(event));
  folder = await mkdtemp(join(tmpdir(), 'loophost-kv-'));
  kvUser = await guest('kv-user');
});

beforeEach(() => {
  events = [];
});

afterEach(async () => {
  for (const one of linked.splice(0)) await one[Symbol.asyncDispose]();
});

afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.live).toEqual(NOTHING);
  await rm(folder, { recursive: true });
});

const linked: LinkedComponent[] = [];

async function link(executor: string, grant: unknown): Promise<LinkedComponent> {
  const one = await host.link(kvUser, { trust: 'trusted', executor, grants: { keyValue: grant } });
  linked.push(one);
  return one;
}

async function start(executor: string, grant: unknown): Promise<Instance> {
  return (await link(executor, grant)).instantiate();
}

describe.each(['thread', 'inline'])('in the executor %s', (executor) => {
  test('numbers are increased, and what is no number is refused', async () => {
    const user = await start(executor, MEMORY);
    expect(await user.call('increment', ['default', 'n', 5n])).toBe(5n);
    expect(await user.call('increment', ['default', 'n', -8n])).toBe(-3n);
    await user.call('set', ['default', 'word', bytes('seven')]);
    await expect(user.call('increment', ['default', 'word', 1n])).rejects.toMatchObject({
      payload: 'the value is not a whole number in decimal digits',
    });
  });

  test('a swap holds, unless the key was written since the guest looked', async () => {
    const user = await start(executor, MEMORY);
    expect(await user.call('swap', ['default', 'a', bytes('1'), false])).toBe(true);
    expect(await user.call('swap', ['default', 'a', bytes('2'), true])).toBe(false);
    expect(text(await user.call('get', ['default', 'a']))).toBe('rival');
    expect(await user.call('swap', ['default', 'a', bytes('3'), false])).toBe(true);
    expect(text(await user.call('get', ['default', 'a']))).toBe('3');
  });

  test('batches write, read and delete many keys', async () => {
    const user = await start(executor, MEMORY);
    const keys = Array.from({ length: 2_500 }, (_, i) => `key ${i}`);
    for (const some of [keys.slice(0, 2_048), keys.slice(2_048)])
      await user.call('set-many', ['default', some.map((key) => [key, bytes(key)])]);
    expect(await user.call('keys', ['default'])).toEqual(keys);
    const found = await user.call('get-many', ['default', ['key 7', 'none']]);
    expect(found).toEqual([['key 7', bytes('key 7')], undefined]);
    await user.call('delete-many', ['default', keys.slice(1, 2_000)]);
    await user.call('delete-many', ['default', keys.slice(2_000)]);
    expect(await user.call('keys', ['default'])).toEqual(['key 0']);
  });
});

describe.each(['thread', 'inline'])('state, in the executor %s', (executor) => {
  test.each(['memory', 'file'])('what is kept in a %s store outlives the guest that kept it', async (kind) => {
    const user = await start(executor, {
      stores: { default: kind === 'memory' ? 'memory' : { file: join(folder, `${executor}.sqlite`) } },
    });
    await user.call('set', ['default', 'a', bytes('1')]);
    const { length } = events.filter(({ kind }) => kind === 'start');
    if (executor === 'thread') {
      const looping = user.call('set-and-loop', ['default', 'a', bytes('2')], { timeoutMs: 200 });
      await expect(looping).rejects.toMatchObject({ code: 'E_DEADLINE_EXCEEDED' });
    } else {
      // A loop would never let go of this thread: the guest is ended when it asks for its store.
      await user.call('set', ['default', 'a', bytes('2')]);
      const controller = new AbortController();
      using _ = host.on(({ kind }) => {
        if (kind === 'decision') controller.abort();
      });
      const waiting = user.call('get', ['default', 'a'], { signal: controller.signal });
      await expect(waiting).rejects.toMatchObject({ code: 'E_CALL_ABORTED' });
    }
    expect(text(await user.call('get', ['default', 'a']))).toBe('2');
    expect(events.filter(({ kind }) => kind === 'start')).toHaveLength(length + 1);
  });

  test('instances of one linked component share a store in memory; those of another do not', async () => {
    const shared = await link(executor, MEMORY);
    const [one, other] = [await shared.instantiate(), await shared.instantiate()];
    const stranger = await start(executor, MEMORY);
    await one.call('set', ['default', 'a', bytes('1')]);
    expect(text(await other.call('get', ['default', 'a']))).toBe('1');
    expect(await stranger.call('get', ['default', 'a'])).toBeUndefined();
  });

  test('the instances of a pool count together', async () => {
    const pool = (await link(executor, MEMORY)).pool({ size: 2 });
    await Promise.all(Array.from({ length: 40 }, () => pool.call('increment', ['default', 'n', 1n])));
    expect(await pool.call('increment', ['default', 'n', 0n])).toBe(40n);
  });

  test('components that are granted one file share it', async () => {
    const grant = { stores: { default: { file: join(folder, `shared-${executor}.sqlite`) } } };
    const [one, other] = [await start(executor, grant), await start(executor, grant)];
    await Promise.all([one, other].map((user) => user.call('increment', ['default', 'n', 1n])));
    expect(await one.call('increment', ['default', 'n', 0n])).toBe(2n);
  });
});

test.each(['keyvalue', 'keyvalue-draft'])('everything that wit/deps/%s declares is served', async (name) => {
  const component = await compile(await importer(name));
  expect(component.imports.map((item) => item.name).filter((one) => one.startsWith('wasi:keyvalue/'))).toHaveLength(3);
  await host.link(component, { grants: { keyValue: MEMORY } });
});
