import { logging } from '@loophost/capabilities';
import { compile } from '@loophost/component';
import type { Host, HostEvent, Instance } from '@loophost/host';
import { createNodeHost } from '@loophost/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { importer } from './draft-importer.ts';
import { guest } from './guests.ts';

let host: Host;
let events: HostEvent[];

beforeEach(() => {
  host = createNodeHost({ capabilities: [logging()] });
  events = [];
  host.on((event) => events.push(event));
});

afterEach(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.live).toEqual({ instances: 0, threads: 0, handles: 0, calls: 0 });
});

const logged = (): unknown[] =>
  events.flatMap((event) => (event.kind === 'log' ? [[event.level, event.context, event.message]] : []));

describe.each(['thread', 'inline'])('in the executor %s', (executor) => {
  const start = async (grants: Record<string, unknown> = {}): Promise<Instance> =>
    (await host.link(await guest('logger'), { name: 'logger', trust: 'trusted', executor, grants })).instantiate();

  test('a grant sets the least level and the longest message', async () => {
    const instance = await start({ logging: { level: 'warn', maxMessageChars: 5 } });
    await instance.call('log', ['info', '', 'not passed on']);
    await instance.call('log', ['error', '', '123456789']);
    expect(logged()).toEqual([['error', '', '1234…']]);
  });

  test('a flood is cut, reported as denied once, and counted; the guest goes on', async () => {
    const instance = await start({ logging: { maxEntriesPerSecond: 10 } });
    await instance.call('log-times', ['info', '', 'again', 100_000]);
    expect(logged()).toHaveLength(10);
    const denials = events.filter((event) => event.kind === 'decision' && event.verdict === 'deny');
    expect(denials).toMatchObject([
      { capability: 'logging', request: 'log', reason: 'too-many-entries', fix: 'raise maxEntriesPerSecond above 10' },
    ]);
    await new Promise((resolve) => setTimeout(resolve, 1_010));
    await instance.call('log', ['info', '', 'later']);
    expect(events.at(-1)).toMatchObject({ kind: 'log', message: 'later', dropped: 100_001 - 10 });
  });

  test('a grant of more lets the same flood through', async () => {
    const instance = await start({ logging: { maxEntriesPerSecond: 200_000 } });
    await instance.call('log-times', ['info', '', 'again', 5_000]);
    expect(logged()).toHaveLength(5_001);
  });
});

test('what was logged before an endless loop arrives', async () => {
  const instance = await (await host.link(await guest('logger'))).instantiate();
  const looping = instance.call('log-and-loop', ['error', '', 'last words'], { timeoutMs: 200 });
  await expect(looping).rejects.toMatchObject({ code: 'E_DEADLINE_EXCEEDED' });
  expect(logged()).toContainEqual(['error', '', 'last words']);
});

test('everything that wit/deps/logging declares is served', async () => {
  await host.link(await compile(await importer('logging')));
});
