// What `loop run --audit FILE` writes down, so that a run can be accounted for, and what it refuses to write to.
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { TemporaryFolder } from './support/files.ts';
import { expectGolden, transcript } from './support/golden.ts';
import { loop, ROOT, spawnLoopSync, startLoop } from './support/loop.ts';

const KV = 'guests/kv-user/kv-user.wasm';
const LOOP = 'guests/hostile/endless-loop.wasm';
const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

type Event = Readonly<Record<string, unknown>>;

/** The events of a file, each as the values of what was asked for. */
function eventsOf(file: string, ...fields: readonly string[]): unknown[][] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => fields.map((field) => (JSON.parse(line) as Event)[field]));
}

describe('--audit', () => {
  test('adds each decision and event to a file, and how each run ended', async () => {
    const file = join(folder.path, 'audit.jsonl');
    for (const store of ['default', 'secret'])
      await loop('run', KV, '--kv', 'memory', '--audit', file, '--call', `get("${store}", "a")`);
    expect(eventsOf(file, 'component', 'kind', 'verdict', 'exitCode')).toEqual([
      ['kv-user', 'start', undefined, undefined],
      ['kv-user', 'decision', 'allow', undefined],
      ['kv-user', 'end', undefined, undefined],
      ['kv-user', 'exit', undefined, 0],
      ['kv-user', 'start', undefined, undefined],
      ['kv-user', 'decision', 'deny', undefined],
      ['kv-user', 'end', undefined, undefined],
      ['kv-user', 'exit', undefined, 1],
    ]);
    expect(eventsOf(file, 'verdict', 'fix')).toContainEqual(['deny', 'allow it with --kv secret=memory']);
  });

  test('has every reason for which a component was not started', async () => {
    const file = join(folder.path, 'refused.jsonl');
    await loop('run', KV, '--audit', file, '--call', 'get("default", "a")');
    await loop('run', 'no-such.wasm', '--audit', file, '--call', 'get()');
    expect(eventsOf(file, 'component', 'kind', 'code', 'fix', 'exitCode')).toEqual([
      ['kv-user', 'error', 'E_GRANT_MISSING', 'allow it with --kv memory', undefined],
      ['kv-user', 'exit', undefined, undefined, 3],
      ['no-such', 'error', 'E_FILE', 'check the path', undefined],
      ['no-such', 'exit', undefined, undefined, 3],
    ]);
    await loop('run', KV, '--audit', file, '--memory', 'much', '--call', 'get("default", "a")');
    expect(eventsOf(file, 'component', 'kind', 'code', 'exitCode').slice(4)).toEqual([
      ['kv-user', 'error', 'E_USAGE', undefined],
      ['kv-user', 'exit', undefined, 2],
    ]);
  });

  test('has the end of a guest that was stopped, by its deadline or from outside', async () => {
    const file = join(folder.path, 'stopped.jsonl');
    await loop('run', LOOP, '--timeout', '100ms', '--audit', file, '--call', 'attack()');
    const args = ['run', 'guests/wasi-probe/wasi-probe.wasm', '--timeout', 'none', '--audit', file];
    await using running = startLoop([...args, '--call', 'write-and-spin("spinning")']);
    await running.says('out', 'spinning');
    await running.ended('SIGTERM');
    const ends = eventsOf(file, 'component', 'kind', 'code', 'exitCode').filter(([, kind]) => kind !== 'decision');
    expect(ends.map(([component, kind, , exitCode]) => [component, kind, exitCode])).toEqual([
      ['endless-loop', 'start', undefined],
      ['endless-loop', 'end', undefined],
      ['endless-loop', 'error', undefined],
      ['endless-loop', 'exit', 1],
      ['wasi-probe', 'start', undefined],
      ['wasi-probe', 'end', undefined],
      ['wasi-probe', 'exit', 143],
    ]);
    expect(ends[2]?.[2]).toBe('E_DEADLINE_EXCEEDED');
  });

  test('ends a run that it cannot account for', async () => {
    const args = ['run', KV, '--kv', 'memory', '--audit', '/dev/full', '--call', 'get("default", "a")'];
    const { err, code } = await loop(...args);
    expect(code).toBe(4);
    expect(err).toMatch(
      /^error\[E_FILE\]: cannot write "\/dev\/full": .+\n.*\n {2}fix: choose another place with --audit\n$/,
    );
  });

  test('refuses a file that cannot be made, and one that holds something else', async () => {
    const args = ['run', KV, '--audit', 'no/such/folder/audit.jsonl', '--call', 'get("default", "a")'];
    expectGolden('audit-no-folder', transcript(args, await loop(...args)));
    const own = join(folder.path, 'own.wasm');
    copyFileSync(join(ROOT, KV), own);
    for (const place of [own, '-', folder.path]) {
      const { err, code } = await loop('run', own, '--kv', 'memory', '--audit', place, '--call', 'get("", "")');
      expect({ isUsage: err.startsWith(`error[E_USAGE]: cannot use --audit "${place}": it `), code }).toEqual({
        isUsage: true,
        code: 2,
      });
    }
    expect(readFileSync(own)).toEqual(readFileSync(join(ROOT, KV)));
  });

  test.each([
    ['a JSON file', '{\n  "name": "app"\n}\n'],
    ['lines of other JSON', '{"name":"app"}\n'],
    ['an event that is cut off', '{"component":"a","timeMs":1,"kind":"exit"}'],
  ])('leaves %s as it is', async (_, content) => {
    const file = folder.write('other.json', content);
    const { err, code } = await loop('run', KV, '--kv', 'memory', '--audit', file, '--call', 'get("default", "a")');
    expect(err).toContain('it holds something else than events');
    expect({ code, content: readFileSync(file, 'utf8') }).toEqual({ code: 2, content });
  });

  test('goes to standard error, though that is a file with text in it', () => {
    const errors = folder.write('errors.txt', 'some text\n');
    const args = ['run', KV, '--kv', 'memory', '--audit', '/dev/stderr', '--call', 'get("default", "a")'];
    const { status } = spawnLoopSync(args, join(folder.path, 'out.txt'), errors);
    expect(status).toBe(0);
    expect(readFileSync(errors, 'utf8')).toMatch(/^some text\n\{.*"kind":"start".*\}\n/);
  });
});
