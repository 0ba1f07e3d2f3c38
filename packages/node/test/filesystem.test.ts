import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { deskOfFile, type Disk } from './file-desk.ts';

const desk = deskOfFile();
let disk: Disk;

beforeEach(() => {
  disk = desk.open();
});

/** How many files this process has open, in all threads. */
function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

describe.each(['thread', 'inline'])('a guest in the executor %s', (executor) => {
  test('reads what it was given', async () => {
    const user = await desk.user(executor, {});
    const [listed, ...answers] = await user.do(
      'list 0', 'directories', 'open 0 notes.txt r', 'type 1', 'flags 1', 'flags 0', 'read 1 1 3', 'read 1 5 100', 'cat 1',
      'stat 0 sub/deep.txt', 'open 0 sub dr', 'peek 2 deep.txt r', 'advise 1', 'same 1 0', 'same 0 0', 'close 1',
    ); // prettier-ignore
    expect(listed?.split(' ').sort()).toEqual(['d:sub', 'f:notes.txt']);
    expect(answers).toEqual([
      '/data', '1', 'f', '1', '1', 'ote', ' (end)', 'notes', 'f 4', '2', 'deep', 'ok', 'false', 'true', 'ok',
    ]); // prettier-ignore
    expect(desk.decisions).toEqual([
      'allow granted: list /data',
      'allow granted: open /data/notes.txt',
      'allow granted: open /data/sub',
      'allow granted: open /data/sub/deep.txt',
    ]);
  });

  test('changes what it was given to change', async () => {
    const user = await desk.user(executor, { mode: 'rw' });
    expect(
      await user.do(
        'open 0 new.txt crw', 'write 1 0 hello', 'put 1 5 %20world', 'append 1 !', 'read 1 0 64', 'resize 1 5', 'cat 1',
        'sync 1', 'sync-data 1', 'sync 0', 'times 1 1700000000', 'touch 0 new.txt 1600000000 f', 'stat 0 new.txt',
        'open 0 new.txt ctw', 'stat 0 new.txt', 'open 0 new.txt cxw', 'mkdir 0 box', 'rename 0 new.txt 0 box/moved.txt',
        'link 0 box/moved.txt 0 twin.txt', 'symlink 0 moved.txt box/link', 'readlink 0 box/link', 'stat 0 box/link f',
        'stat 0 box/link', 'rmdir 0 box', 'unlink 0 box/link', 'unlink 0 box/moved.txt', 'rmdir 0 box', 'flags 0',
      ),
    ).toEqual([
      '1', '5', 'ok', 'ok', 'hello world!', 'ok', 'hello', 'ok', 'ok', 'ok', '1700000000', 'ok', 'f 5', '2', 'f 0',
      'error exist', 'ok', 'ok', 'ok', 'ok', 'moved.txt', 'f 0', 'l 9', 'error not-empty', 'ok', 'ok', 'ok', '33',
    ]); // prettier-ignore
    expect(readdirSync(disk.path('inside')).sort()).toEqual(['notes.txt', 'sub', 'twin.txt']);
    expect(Math.floor(statSync(disk.path('inside/twin.txt')).atimeMs / 1000)).toBeGreaterThan(1_700_000_000);
    expect(desk.decisions).toContain('allow granted: create /data/new.txt');
    expect(desk.decisions).toContain('allow granted: rename /data/new.txt to /data/box/moved.txt');
  });

  test('cannot write to what it opened to read', async () => {
    const user = await desk.user(executor, { mode: 'ro' });
    expect(await user.do('open 0 notes.txt r', 'write 1 0 x', 'put 1 0 x', 'append 1 x', 'resize 1 0', 'times 1 5')).toEqual([
      '1', 'error bad-descriptor', 'error bad-descriptor', 'error bad-descriptor', 'error read-only', 'error read-only',
    ]); // prettier-ignore
    expect(desk.decisions.filter((one) => one.startsWith('deny read-only: '))).toHaveLength(2);
    expect(disk.read('inside/notes.txt')).toBe('notes');
  });

  test('has as many descriptors as the limit allows, and one more when it closes one', async () => {
    const user = await desk.user(executor, {});
    const open = Array.from({ length: 127 }, () => 'open 0 notes.txt r');
    const answers = await user.do(
      ...open,
      'open 0 notes.txt r',
      'list 0',
      'stat 0 notes.txt',
      'close 5',
      'open 0 notes.txt r',
    );
    expect(answers.slice(126)).toEqual(['127', 'error quota', 'error quota', 'f 5', 'ok', '128']);
    expect(desk.decisions).toContain('deny too-many-open: open /data/notes.txt');
  });

  test('leaves nothing open when it ends', async () => {
    await (await desk.user(executor, {})).do('peek 0 notes.txt r');
    await desk.close();
    disk = desk.open();
    const before = openFiles();
    const user = await desk.user(executor, {});
    await user.do(...Array.from({ length: 100 }, () => 'open 0 notes.txt r'), 'list 0', 'cat 1');
    expect(openFiles()).toBeGreaterThanOrEqual(before + 100);
    await user.instance[Symbol.asyncDispose]();
    await desk.close();
    expect(openFiles()).toBeLessThan(before + 20);
  });
});

test('a guest that is stopped while it opens files leaves nothing open', async () => {
  await (await desk.user('thread', {})).do('peek 0 notes.txt r');
  const before = openFiles();
  const user = await desk.user('thread', {});
  await user.do(...Array.from({ length: 100 }, () => 'open 0 notes.txt r'));
  const endless = user.instance.call('run', [['repeat 100000000 peek 0 notes.txt r']], { timeoutMs: 200 });
  await expect(endless).rejects.toMatchObject({ code: 'E_DEADLINE_EXCEEDED' });
  await desk.close();
  expect(openFiles()).toBeLessThan(before + 20);
});

test('a directory that became a link after it was granted is not given', async () => {
  const grants = { filesystem: [{ host: disk.path('inside/sub'), guest: '/data' }] };
  const linked = await desk.link('inline', grants);
  renameSync(disk.path('inside/sub'), disk.path('inside/was'));
  symlinkSync('../outside', disk.path('inside/sub'));
  const instance = await linked.instantiate();
  expect(await instance.call('run', [['directories']])).toEqual(['']);
  expect(desk.decisions).toEqual(['deny directory-gone: open /data']);
});

test('a link whose target is no text leads nowhere, and not to the file of another name', async () => {
  symlinkSync(Buffer.from([0x61, 0xff]), disk.path('inside/link'));
  disk.write('inside/a\ufffd', 'another file');
  const user = await desk.user('inline', {});
  const answers = await user.do('peek 0 link fr', 'readlink 0 link', 'peek 0 link/x r');
  expect(answers).toEqual(Array.from({ length: 3 }, () => 'error illegal-byte-sequence'));
});

test('a directory that is granted by a link is the one that the link led to', async () => {
  symlinkSync('inside', disk.path('alias'));
  const user = await desk.user('inline', { host: 'alias' });
  expect(await user.do('peek 0 notes.txt r')).toEqual(['notes']);
});

test('a directory that was moved while it is open stays the one that was opened', async () => {
  const user = await desk.user('inline', { mode: 'rw' });
  await user.do('open 0 sub dr');
  renameSync(disk.path('inside/sub'), disk.path('inside/was'));
  mkdirSync(disk.path('inside/sub'));
  expect(await user.do('peek 1 deep.txt r', 'open 1 more.txt cw')).toEqual(['deep', '2']);
  expect(readFileSync(disk.path('inside/was/more.txt'), 'utf8')).toBe('');
});

test('a name that is no UTF-8 is an error of its own, since no guest could use it', async () => {
  writeFileSync(Buffer.from(`${disk.path('inside/sub')}/\xff`, 'latin1'), '');
  const user = await desk.user('inline', {});
  const [opened, listed] = await user.do('open 0 sub dr', 'list 1');
  expect(opened).toBe('1');
  expect(listed).toMatch(/error illegal-byte-sequence$/);
});

test('two directories are two, and files move from one that may be changed to the other', async () => {
  disk.write('other/x.txt', 'x');
  const user = await desk.user('inline', { mode: 'rw' }, { host: 'other', guest: '/other', mode: 'rw' });
  expect(
    await user.do('directories', 'rename 0 notes.txt 1 notes.txt', 'peek 1 notes.txt r', 'link 1 x.txt 0 y.txt'),
  ).toEqual(['/data /other', 'ok', 'notes', 'ok']);
});
