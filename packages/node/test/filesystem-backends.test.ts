import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryBackend } from '@loophost/capabilities/guest';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { linuxBackend } from '../src/files/linux.ts';
import { portableBackend } from '../src/files/portable.ts';
import { outcome, TestFiles } from './file-part.ts';

const BYTES = new TextEncoder();
const FOLLOW = { symlinkFollow: true };
const NO_FOLLOW = { symlinkFollow: false };
const KEEP = { tag: 'no-change' };
const at = (seconds: number): object => ({ tag: 'timestamp', val: { seconds: BigInt(seconds), nanoseconds: 0 } });

let folder: string;
let files: TestFiles;

function setUp(name: string): void {
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'loophost-backend-')));
    if (name === 'memory') files = new TestFiles(memoryBackend({ tree: {} }), 'tree');
    else files = new TestFiles(name === 'linux' ? linuxBackend() : portableBackend(), folder);
    files.write('a.txt', 'alpha');
    files.root.createDirectoryAt('dir');
    files.write('dir/b.txt', 'beta');
  });

  afterEach(() => {
    files[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });
}

const BACKENDS = ['linux', 'portable', 'memory'];

describe.each(BACKENDS)('an open file of the backend %s', (name) => {
  setUp(name);

  test('lists the entries of a directory with their types', () => {
    files.root.symlinkAt('a.txt', 'link');
    expect(files.names()).toEqual(['directory dir', 'regular-file a.txt', 'symbolic-link link']);
    expect(files.names(files.open('dir', 'dr'))).toEqual(['regular-file b.txt']);
    expect(outcome(() => files.open('a.txt').readDirectory())).toBe('not-directory');
  });

  test('reads parts of a file, and says when it is at the end', () => {
    using file = files.open('a.txt');
    expect(file.read(2n, 1n)).toEqual([BYTES.encode('lp'), false]);
    expect(file.read(100n, 3n)).toEqual([BYTES.encode('ha'), false]);
    expect(file.read(100n, 5n)).toEqual([new Uint8Array(), true]);
    expect(file.read(100n, 1n << 40n)).toEqual([new Uint8Array(), true]);
    expect(file.read(0n, 0n)).toEqual([new Uint8Array(), false]);
    expect(outcome(() => file.read(1n, 1n << 60n))).toBe('file-too-large');
  });

  test('reads and writes at most a megabyte at once', () => {
    using file = files.open('large', 'crw');
    expect(file.write(new Uint8Array(3_000_000), 0n)).toBe(1_048_576n);
    expect(file.write(new Uint8Array(1_048_576), 1_048_576n)).toBe(1_048_576n);
    expect(file.read(3_000_000n, 0n)[0]).toHaveLength(1_048_576);
    expect(file.read((1n << 64n) - 1n, 0n)[0]).toHaveLength(1_048_576);
  });

  test('writes beyond the end, and fills the gap with zeroes', () => {
    using file = files.open('gap', 'crw');
    file.write(BYTES.encode('x'), 4n);
    expect(file.read(10n, 0n)[0]).toEqual(new Uint8Array([0, 0, 0, 0, 120]));
    file.setSize(2n);
    file.setSize(5n);
    expect(file.read(10n, 0n)[0]).toEqual(new Uint8Array(5));
  });

  test.each([1, 123_456_789, 999_999_999])('sets a time with %i nanoseconds no later than that', (nanoseconds) => {
    const seconds = 1_700_000_000n;
    using file = files.open('a.txt', 'rw');
    file.setTimes(KEEP, { tag: 'timestamp', val: { seconds, nanoseconds } });
    const { dataModificationTimestamp: found } = file.stat() as Record<
      string,
      { seconds: bigint; nanoseconds: number }
    >;
    const late = Number((found?.seconds ?? 0n) - seconds) * 1e9 + (found?.nanoseconds ?? 0) - nanoseconds;
    expect(late).toBeLessThanOrEqual(0);
    expect(late).toBeGreaterThan(-1000);
  });

  test('streams a file in both directions, though its descriptor is gone', () => {
    const file = files.open('stream', 'crw');
    const out = file.writeViaStream(0n);
    const more = file.appendViaStream();
    const into = file.readViaStream(1n);
    file[Symbol.dispose]();
    out.blockingWriteAndFlush(BYTES.encode('one'));
    more.blockingWriteAndFlush(BYTES.encode('+two'));
    out.blockingWriteAndFlush(BYTES.encode('3'));
    expect(new TextDecoder().decode(into.blockingRead(100n))).toBe('ne3two');
    expect(outcome(() => into.blockingRead(1n))).toEqual({ tag: 'closed' });
    for (const stream of [out, more, into]) stream[Symbol.dispose]();
  });
});

describe.each(BACKENDS)('a path in the backend %s', (name) => {
  setUp(name);

  test('opens as the flags say', () => {
    expect(outcome(() => files.open('none'))).toBe('no-entry');
    expect(outcome(() => files.open('a.txt', 'cxw'))).toBe('exist');
    expect(outcome(() => files.open('a.txt', 'dr'))).toBe('not-directory');
    expect(outcome(() => files.open('a.txt/', 'r'))).toBe('not-directory');
    expect(outcome(() => files.open('a.txt/b', 'r'))).toBe('not-directory');
    expect(outcome(() => files.open('dir', 'w'))).toBe('is-directory');
    expect(outcome(() => files.open('dir', 'cr'))).toBe('is-directory');
    expect(outcome(() => files.open('new/', 'cw'))).toBe('is-directory');
    expect(outcome(() => files.open('new', 'cdr'))).toBe('invalid');
    expect(files.open('dir/../dir/./', 'r').getType()).toBe('directory');
    expect(files.open('.', 'r').isSameObject(files.root)).toBe(true);
    expect(files.open('a.txt', 'rwD').getFlags()).toMatchObject({ read: true, write: true, dataIntegritySync: true });
    files.open('a.txt', 'tw');
    expect(files.text('a.txt')).toBe('');
    files.write('a.txt', 'alpha');
    files.open('a.txt', 'tr');
    expect(files.text('a.txt')).toBe('');
  });

  test('tells what it knows of a file', () => {
    expect(files.root.statAt(NO_FOLLOW, 'a.txt')).toMatchObject({ type: 'regular-file', size: 5n, linkCount: 1n });
    expect(files.open('a.txt').stat()).toEqual(files.root.statAt(NO_FOLLOW, 'a.txt'));
    expect(files.root.stat()).toMatchObject({ type: 'directory' });
    expect(outcome(() => files.root.statAt(NO_FOLLOW, 'a.txt/'))).toBe('not-directory');
    const { seconds } = files.root.stat()['dataModificationTimestamp'] as { seconds: bigint };
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(60);
  });

  test('sets times, and leaves those that are not named', () => {
    files.root.setTimesAt(FOLLOW, 'a.txt', at(1000), at(2000));
    files.root.setTimesAt(FOLLOW, 'a.txt', KEEP, at(3000));
    expect(files.root.statAt(FOLLOW, 'a.txt')).toMatchObject({
      dataAccessTimestamp: { seconds: 1000n, nanoseconds: 0 },
      dataModificationTimestamp: { seconds: 3000n, nanoseconds: 0 },
    });
    files.open('a.txt', 'rw').setTimes({ tag: 'now' }, KEEP);
    const stat = files.root.statAt(FOLLOW, 'a.txt') as Record<string, { seconds: bigint }>;
    expect(stat['dataAccessTimestamp']?.seconds).toBeGreaterThan(1_700_000_000n);
    expect(stat['dataModificationTimestamp']).toEqual({ seconds: 3000n, nanoseconds: 0 });
    files.open('dir', 'dr').setTimes(KEEP, at(7));
    expect(files.root.statAt(FOLLOW, 'dir')).toMatchObject({ dataModificationTimestamp: { seconds: 7n } });
    const wrong = { tag: 'timestamp', val: { seconds: 1n, nanoseconds: 1_000_000_000 } };
    expect(outcome(() => files.root.setTimesAt(FOLLOW, 'a.txt', wrong, KEEP))).toBe('invalid');
  });

  test('follows links when asked to, and not otherwise', () => {
    files.root.symlinkAt('b.txt', 'dir/link');
    files.root.symlinkAt('dir/link', 'two');
    files.root.symlinkAt('dir', 'way');
    files.root.symlinkAt('none', 'dangling');
    expect(files.text('two')).toBe('beta');
    expect(files.text('way/link')).toBe('beta');
    expect(files.text('way/../a.txt')).toBe('alpha');
    expect(outcome(() => files.open('two', 'r'))).toBe('loop');
    expect(outcome(() => files.open('way', 'dr'))).toBe('loop');
    expect(files.open('way/', 'dr').getType()).toBe('directory');
    expect(files.root.statAt(NO_FOLLOW, 'two')).toMatchObject({ type: 'symbolic-link' });
    expect(files.root.statAt(FOLLOW, 'two')).toMatchObject({ type: 'regular-file', size: 4n });
    expect(files.root.readlinkAt('two')).toBe('dir/link');
    expect(outcome(() => files.root.readlinkAt('a.txt'))).toBe('invalid');
    expect(outcome(() => files.open('dangling', 'fr'))).toBe('no-entry');
    expect(outcome(() => files.open('dangling', 'fcxw'))).toBe('exist');
    files.open('dangling', 'fcw');
    expect(files.names()).toContain('regular-file none');
    files.root.setTimesAt(NO_FOLLOW, 'two', at(1), at(1));
    expect(files.root.statAt(FOLLOW, 'two')).not.toMatchObject({ dataModificationTimestamp: { seconds: 1n } });
  });

  test('makes, renames and removes', () => {
    const { root } = files;
    expect(outcome(() => root.createDirectoryAt('dir'))).toBe('exist');
    expect(outcome(() => root.createDirectoryAt('.'))).toBe('exist');
    expect(outcome(() => root.createDirectoryAt('none/x'))).toBe('no-entry');
    expect(outcome(() => root.removeDirectoryAt('dir'))).toBe('not-empty');
    expect(outcome(() => root.removeDirectoryAt('a.txt'))).toBe('not-directory');
    expect(outcome(() => root.removeDirectoryAt('.'))).toBe('invalid');
    expect(outcome(() => root.unlinkFileAt('dir'))).toBe('is-directory');
    expect(outcome(() => root.unlinkFileAt('a.txt/'))).toBe('not-directory');
    expect(outcome(() => root.renameAt('dir', root, 'dir/below'))).toBe('invalid');
    expect(outcome(() => root.renameAt('a.txt', root, 'dir'))).toBe('is-directory');
    expect(outcome(() => root.renameAt('dir', root, 'a.txt'))).toBe('not-directory');
    expect(outcome(() => root.renameAt('.', root, 'x'))).toBe('busy');
    root.renameAt('dir/b.txt', root, 'a.txt');
    expect(files.text('a.txt')).toBe('beta');
    root.removeDirectoryAt('dir/');
    root.createDirectoryAt('fresh/');
    root.renameAt('fresh/', root, 'newer/');
    root.unlinkFileAt('a.txt');
    expect(files.names()).toEqual(['directory newer']);
  });

  test('makes hard links to files, which are one object', () => {
    const { root } = files;
    root.linkAt(NO_FOLLOW, 'a.txt', root, 'dir/same');
    using a = files.open('a.txt', 'w');
    using same = files.open('dir/same');
    using other = files.open('dir/b.txt');
    a.write(BYTES.encode('A'), 0n);
    expect(files.text('dir/same')).toBe('Alpha');
    expect(a.isSameObject(same)).toBe(true);
    expect(a.metadataHash()).toEqual(root.metadataHashAt(NO_FOLLOW, 'dir/same'));
    expect(a.isSameObject(other)).toBe(false);
    expect(a.metadataHash()).not.toEqual(other.metadataHash());
    expect(outcome(() => root.linkAt(NO_FOLLOW, 'dir', root, 'x'))).toBe('not-permitted');
    expect(outcome(() => root.linkAt(NO_FOLLOW, 'a.txt', root, 'dir/b.txt'))).toBe('exist');
    expect(outcome(() => root.linkAt(NO_FOLLOW, 'a.txt', root, '.'))).toBe('exist');
  });

  test('keeps a file that is removed while it is open', () => {
    using file = files.open('a.txt', 'rw');
    files.root.unlinkFileAt('a.txt');
    expect(file.read(5n, 0n)[0]).toEqual(BYTES.encode('alpha'));
    expect(file.stat()).toMatchObject({ size: 5n, linkCount: 0n });
  });

  test('syncs files and directories', () => {
    using file = files.open('a.txt', 'rw');
    file.sync();
    file.syncData();
    file.advise(0n, 10n, 'will-need');
    files.root.sync();
    files.root.syncData();
    expect(outcome(() => files.root.advise(0n, 0n, 'normal'))).toBe('bad-descriptor');
  });

  test('refuses what no path can be', () => {
    const long = 'n'.repeat(256);
    expect(outcome(() => files.open(long))).toBe('name-too-long');
    expect(outcome(() => files.root.createDirectoryAt(long))).toBe('name-too-long');
    expect(outcome(() => files.root.symlinkAt('', 'x'))).toBe('no-entry');
    expect(outcome(() => files.root.statAt(FOLLOW, 'x\0'))).toBe('invalid');
    expect(outcome(() => files.root.statAt(FOLLOW, 'dir/'.repeat(1025)))).toBe('name-too-long');
  });

  test('goes no further down than the limit', () => {
    let deep: TestFiles['root'] = files.root;
    for (let i = 0; i < 300; i++) {
      deep.createDirectoryAt('d');
      const next = deep.openAt(
        NO_FOLLOW,
        'd',
        { create: false, directory: true, exclusive: false, truncate: false },
        READ,
      );
      if (i > 0) deep[Symbol.dispose]();
      deep = next;
    }
    expect(outcome(() => files.root.statAt(FOLLOW, 'd/'.repeat(250)))).toMatchObject({ type: 'directory' });
    expect(outcome(() => files.root.statAt(FOLLOW, 'd/'.repeat(290)))).toBe('name-too-long');
  });
});

const READ = {
  read: true,
  write: false,
  fileIntegritySync: false,
  dataIntegritySync: false,
  requestedWriteSync: false,
  mutateDirectory: false,
};
