import { compile } from '@loophost/component';
import { io, memoryFilesystem } from '@loophost/capabilities';
import { memoryBackend, memoryFilesystemPart } from '@loophost/capabilities/guest';
import { createNodeHost } from '@loophost/node';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { outcome, TestFiles } from './file-part.ts';

const bytes = new Uint8Array([1, 2, 3]);
const TREES = { notes: { 'today.txt': 'milk', 'old/first.bin': bytes } };
const grants = { filesystem: [{ host: 'notes', guest: '/notes', mode: 'rw' }] };

test.each(['thread', 'inline'])('each guest in the executor %s has files of its own in memory', async (executor) => {
  await using host = createNodeHost({ capabilities: [io(), memoryFilesystem(TREES)] });
  const component = await compile(await readFile(new URL('../../../guests/file-user/file-user.wasm', import.meta.url)));
  const linked = await host.link(component, { trust: 'trusted', executor, grants });
  const run = [
    'peek 0 today.txt r',
    'stat 0 old/first.bin',
    'open 0 today.txt tw',
    'put 1 0 eggs',
    'peek 0 today.txt r',
    'peek 0 ../x r',
  ];
  for (let i = 0; i < 2; i++) {
    const instance = await linked.instantiate();
    expect(await instance.call('run', [run])).toEqual(['milk', 'f 3', '1', 'ok', 'eggs', 'error not-permitted']);
  }
  expect(bytes).toEqual(new Uint8Array([1, 2, 3]));
});

test('a guest has as many files open as its grant says', async () => {
  await using host = createNodeHost({ capabilities: [io(), memoryFilesystem(TREES)] });
  const component = await compile(await readFile(new URL('../../../guests/file-user/file-user.wasm', import.meta.url)));
  const run = Array.from({ length: 150 }, () => 'open 0 today.txt r');
  const opened = async (filesystem: object): Promise<number> => {
    const linked = await host.link(component, { trust: 'trusted', executor: 'inline', grants: { filesystem } });
    const answers = (await (await linked.instantiate()).call('run', [run])) as string[];
    return answers.filter((answer) => answer !== 'error quota').length;
  };
  const directories = [{ host: 'notes', guest: '/notes' }];
  // Its directory is one of them.
  expect(await opened(directories)).toBe(127);
  expect(await opened({ directories, maxOpenFiles: 3 })).toBe(2);
  expect(await opened({ directories, maxOpenFiles: 200 })).toBe(150);
});

test('a tree that does not exist is refused when the component is linked', async () => {
  await using host = createNodeHost({ capabilities: [io(), memoryFilesystem(TREES)] });
  const component = await compile(await readFile(new URL('../../../guests/file-user/file-user.wasm', import.meta.url)));
  const wrong = { filesystem: [{ host: 'other', guest: '/x' }] };
  await expect(host.link(component, { grants: wrong })).rejects.toMatchObject({
    problems: [{ code: 'E_GRANT_INVALID', message: expect.stringContaining('there are notes') }],
  });
});

describe('files in memory', () => {
  let files: TestFiles;
  beforeEach(() => (files = new TestFiles(memoryBackend({ tree: {} }), 'tree')));
  afterEach(() => files[Symbol.dispose]());

  /** How many bytes one more file can have. */
  function left(): number {
    const probe = files.open('probe', 'cw');
    let [fits, tooMany] = [0, 2 ** 27];
    while (tooMany - fits > 65_536) {
      const size = Math.floor((fits + tooMany) / 2);
      if (outcome(() => probe.setSize(BigInt(size))) === 'insufficient-space') tooMany = size;
      else fits = size;
    }
    probe[Symbol.dispose]();
    files.root.unlinkFileAt('probe');
    return fits;
  }

  test('together take no more than the limit', () => {
    files.open('a', 'cw').setSize(60_000_000n);
    const b = files.open('b', 'cw');
    expect(outcome(() => b.setSize(60_000_000n))).toBe('insufficient-space');
    const stream = b.writeViaStream(60_000_000n);
    const failed = outcome(() => stream.blockingWriteAndFlush(bytes)) as {
      tag: string;
      val: { toDebugString(): string };
    };
    expect(failed.tag).toBe('last-operation-failed');
    expect(files.errorCode(failed.val)).toBe('insufficient-space');
    expect(failed.val.toDebugString()).toBe('the file system failed: insufficient-space');
  });

  test('that are removed count while something has them open, and are given back then', () => {
    const whole = left();
    const file = files.open('a', 'crw');
    const stream = file.appendViaStream();
    file.setSize(60_000_000n);
    files.root.unlinkFileAt('a');
    expect(left()).toBeLessThan(10_000_000);
    file[Symbol.dispose]();
    expect(left()).toBeLessThan(10_000_000);
    stream[Symbol.dispose]();
    expect(left()).toBe(whole);
    using late = files.open('b', 'crw');
    files.root.unlinkFileAt('b');
    late.setSize(60_000_000n);
    late[Symbol.dispose]();
    expect(left()).toBe(whole);
  });

  test('keep their content when they are renamed, and are given back when they are replaced', () => {
    const whole = left();
    files.write('a', 'alpha');
    files.write('b', 'beta');
    files.root.renameAt('a', files.root, 'b');
    expect(files.text('b')).toBe('alpha');
    files.root.unlinkFileAt('b');
    expect(left()).toBe(whole);
  });

  test('give back what is cut off, and grow to the last byte', () => {
    const whole = left();
    using file = files.open('a', 'crw');
    file.setSize(60_000_000n);
    file.setSize(1n);
    expect(left()).toBeGreaterThan(whole - 70_000);
    file.setSize(50_000_000n);
    for (let i = 0; i < 16; i++) file.write(new Uint8Array(1_000_000), BigInt(50_000_000 + i * 1_000_000));
    expect(file.stat()).toMatchObject({ size: 66_000_000n });
  });

  test('can be made and removed for ever, and have a bound on how many there are', { timeout: 30_000 }, () => {
    for (let i = 0; i < 70_000; i++) {
      files.open('x', 'cw')[Symbol.dispose]();
      files.root.unlinkFileAt('x');
    }
    files.write('x', '');
    const linkTarget = 'y'.repeat(4000);
    const fill = (name: string): unknown =>
      outcome(() => {
        for (let i = 0; i < 70_000; i++) {
          if (name === 'hard') files.root.linkAt({ symlinkFollow: false }, 'x', files.root, `${name}${i}`);
          else files.root.symlinkAt(linkTarget, `${name}${i}`);
        }
      });
    expect(fill('soft')).toBe('insufficient-space');
    expect(files.names().length).toBeLessThan(8_000);
    expect(fill('hard')).toBe('insufficient-space');
  });
});

test('the guest part does nothing before a function is called', () => {
  const provided = memoryFilesystemPart.link(
    { mounts: [{ host: 'none', guest: '/x', mode: 'ro' }], maxOpenFiles: 1, platform: {} },
    {
      imports: [],
      capability: 'filesystem',
      waiting: 'block',
      ask: () => Promise.reject(new Error()),
      tell: () => undefined,
      report: () => undefined,
    },
  );
  expect(Object.keys(provided.imports)).toEqual(['wasi:filesystem/types@0.2.12', 'wasi:filesystem/preopens@0.2.12']);
});
