import { logging } from '@loophost/capabilities';
import { compile } from '@loophost/component';
import type { Host, HostEvent } from '@loophost/host';
import { createNodeHost } from '@loophost/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
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

test('a flood is cut, reported as denied once, and counted; the guest goes on', async () => {
  const linked = await host.link(await guest('logger'), { grants: { logging: { maxEntriesPerSecond: 10 } } });
  const instance = await linked.instantiate();
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

test('what was logged before an endless loop arrives', async () => {
  const instance = await (await host.link(await guest('logger'))).instantiate();
  const looping = instance.call('log-and-loop', ['error', '', 'last words'], { timeoutMs: 200 });
  await expect(looping).rejects.toMatchObject({ code: 'E_DEADLINE_EXCEEDED' });
  expect(logged()).toContainEqual(['error', '', 'last words']);
});

test('everything that wit/deps/logging declares is served', async () => {
  await host.link(await compile(await importer('logging')));
});
