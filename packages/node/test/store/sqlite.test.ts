import { execFile } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DEFAULT_STORE_BOUNDS, type KeyValueStore } from '@loophost/capabilities';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bytes, keyValueSuite, text } from './suite.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';

const run = promisify(execFile);
const WRITER = fileURLToPath(new URL('writer.ts', import.meta.url));
const S64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loophost-store-'));
  file = join(folder, 'store.sqlite');
});

afterEach(() => rm(folder, { recursive: true }));

const open = (): Promise<KeyValueStore> => openSqliteStore(file, DEFAULT_STORE_BOUNDS);

/** Runs a process of its own that works on the file. */
async function writer(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ['--conditions=@loophost/source', WRITER, file, ...args]);
  return stdout.trim();
}

keyValueSuite('a store in a file', (bounds) => openSqliteStore(join(folder, `${Math.random()}.sqlite`), bounds));

test('what one process wrote, the next finds', async () => {
  await writer('set', 'greeting', 'hello');
  using store = await open();
  expect(text((await store.get(['greeting']))[0])).toBe('hello');
});

test('what was written survives a process that is killed at once', async () => {
  await expect(writer('set-and-die', 'greeting', 'hello')).rejects.toMatchObject({ signal: 'SIGKILL' });
  using store = await open();
  expect(text((await store.get(['greeting']))[0])).toBe('hello');
});

test('increments of several processes at once are all counted', async () => {
  using store = await open();
  const others = [writer('increment', 'n', '200'), writer('increment', 'n', '200')];
  for (let i = 0; i < 200; i++) await store.increment('n', 1n, S64);
  await Promise.all(others);
  expect(await store.increment('n', 0n, S64)).toBe(600n);
});

test('several processes that make one file at once agree on it', async () => {
  await Promise.all(['a', 'b', 'c'].map((key) => writer('set', key, key)));
  using store = await open();
  expect([...(await store.list(undefined, 10)).keys].sort()).toEqual(['a', 'b', 'c']);
});

test('while another process writes, the thread stays free, and the write is done afterwards', async () => {
  using store = await open();
  const rival = new DatabaseSync(file);
  rival.exec('BEGIN IMMEDIATE');
  let isWritten = false;
  const writing = Promise.resolve(store.set([['a', bytes('1')]])).then(() => (isWritten = true));
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(isWritten).toBe(false);
  expect(await store.has('a')).toBe(false);
  rival.exec('COMMIT');
  rival.close();
  await writing;
  expect(await store.has('a')).toBe(true);
});

test('a file that another process keeps locked gives up after a while', async () => {
  using store = await openSqliteStore(file, DEFAULT_STORE_BOUNDS, 100);
  using rival = new DatabaseSync(file);
  rival.exec('BEGIN IMMEDIATE');
  await expect(Promise.resolve(store.set([['a', bytes('1')]]))).rejects.toMatchObject({
    reason: 'store-busy',
    message: 'the store is busy',
  });
});

test('bounds count what earlier processes wrote', async () => {
  await writer('set', 'a', '12345');
  using store = await openSqliteStore(file, { ...DEFAULT_STORE_BOUNDS, maxStoreBytes: 10 });
  await store.set([['b', bytes('123')]]);
  await expect(Promise.resolve(store.set([['c', bytes('')]]))).rejects.toMatchObject({ reason: 'store-full' });
});

test('a database of something else is left as it is', async () => {
  using other = new DatabaseSync(file);
  other.exec('CREATE TABLE entries (key TEXT)');
  const before = await readFile(file);
  await expect(open()).rejects.toMatchObject({
    reason: 'not-a-store',
    message: 'the store cannot be opened',
    fix: `name another file than "${file}", which is a database of something else`,
  });
  expect(await readFile(file)).toEqual(before);
});

const IDS = 'PRAGMA application_id = 0x4c6f6f70; PRAGMA user_version = 1;';
const LOOSE = 'CREATE TABLE entries (number INTEGER PRIMARY KEY, key BLOB UNIQUE, value, writes); ';

test.each([
  ['other tables', 'CREATE TABLE x (a);'],
  ['tables that hold other values', `${LOOSE} CREATE TABLE totals (keys, bytes); INSERT INTO totals VALUES (0, 0);`],
])('a database that has the numbers of a store, and %s, is refused and let go of', async (_what, schema) => {
  using other = new DatabaseSync(file);
  other.exec(schema + IDS);
  await expect(open()).rejects.toMatchObject({ reason: 'not-a-store', fix: expect.stringContaining(file) });
  other.close();
  const opened = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  expect(opened.filter((path) => path.startsWith(folder))).toEqual([]);
});

test('a store whose totals or triggers were taken away is refused', async () => {
  for (const change of ['DELETE FROM totals', 'DROP TRIGGER entry_added']) {
    (await open())[Symbol.dispose]();
    using other = new DatabaseSync(file);
    other.exec(change);
    other.close();
    await expect(open()).rejects.toMatchObject({ reason: 'not-a-store' });
    await rm(file);
  }
});

test('a large batch takes no longer for each key than a small one', async () => {
  using store = await open();
  const keys = Array.from({ length: 40_000 }, (_, i) => `key-${i}`);
  const start = performance.now();
  expect(await store.get(keys)).toHaveLength(40_000);
  // Some 30 ms; adding all values up again for each key took seconds.
  expect(performance.now() - start).toBeLessThan(1_000);
});

test('a store of a later version is left as it is', async () => {
  (await open())[Symbol.dispose]();
  using later = new DatabaseSync(file);
  later.exec('PRAGMA user_version = 2');
  await expect(open()).rejects.toMatchObject({
    reason: 'not-a-store',
    fix: expect.stringContaining('a later version'),
  });
});

test('a file that is no database is left as it is', async () => {
  await writeFile(file, 'dear diary, '.repeat(100));
  await expect(open()).rejects.toMatchObject({ reason: 'not-a-store' });
  expect(await readFile(file, 'utf8')).toBe('dear diary, '.repeat(100));
});

test('a file in a folder that is not there cannot be opened, and the guest is not told where', async () => {
  file = join(folder, 'missing', 'store.sqlite');
  await expect(open()).rejects.toMatchObject({
    reason: 'cannot-open',
    message: 'the store cannot be opened',
    fix: expect.stringContaining(file),
  });
});

test('a closed store says so', async () => {
  const store = await open();
  store[Symbol.dispose]();
  store[Symbol.dispose]();
  await expect(Promise.resolve(store.has('a'))).rejects.toMatchObject({ reason: 'store-closed' });
});
