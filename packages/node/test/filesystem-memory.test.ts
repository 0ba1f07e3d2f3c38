import { compile } from '@loophost/component';
import { io, memoryFilesystem } from '@loophost/capabilities';
import { memoryBackend, memoryFilesystemPart } from '@loophost/capabilities/guest';
import { createNodeHost } from '@loophost/node';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
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

test('a tree that does not exist is refused when the component is linked', async () => {
  await using host = createNodeHost({ capabilities: [io(), memoryFilesystem(TREES)] });
  const component = await compile(await readFile(new URL('../../../guests/file-user/file-user.wasm', import.meta.url)));
  const wrong = { filesystem: [{ host: 'other', guest: '/x' }] };
  await expect(host.link(component, { grants: wrong })).rejects.toMatchObject({
    problems: [{ code: 'E_GRANT_INVALID', message: expect.stringContaining('there are notes') }],
  });
});

test('files in memory together take no more than the limit, and give back what is removed', () => {
  using files = new TestFiles(memoryBackend({ tree: {} }), 'tree');
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
  files.root.unlinkFileAt('a');
  b.setSize(60_000_000n);
});

test('the guest part does nothing before a function is called', () => {
  const provided = memoryFilesystemPart.link(
    { mounts: [{ host: 'none', guest: '/x', mode: 'ro' }], platform: {} },
    {
      capability: 'filesystem',
      waiting: 'block',
      ask: () => Promise.reject(new Error()),
      tell: () => undefined,
      report: () => undefined,
    },
  );
  expect(Object.keys(provided.imports)).toEqual(['wasi:filesystem/types@0.2.12', 'wasi:filesystem/preopens@0.2.12']);
});
