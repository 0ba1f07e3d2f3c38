import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { beforeEach, expect, test } from 'vitest';
import { deskOfFile, type Disk, SECRET } from './file-desk.ts';

const desk = deskOfFile();
let disk: Disk;

beforeEach(() => {
  disk = desk.open();
});

/** A thread of the host that renames, over and over, until it is disposed of. */
class Swapper implements AsyncDisposable {
  private readonly stop = new Int32Array(new SharedArrayBuffer(8));
  private readonly worker: Worker;

  constructor(...steps: readonly (readonly [from: string, to: string])[]) {
    const renames = steps.map((step) => step.map((name) => disk.path(name)));
    this.worker = new Worker(SWAP, { eval: true, workerData: { renames, stop: this.stop } });
  }

  async started(): Promise<void> {
    await Atomics.waitAsync(this.stop, 1, 0, 10_000).value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    Atomics.store(this.stop, 0, 1);
    await new Promise((resolve) => this.worker.once('exit', resolve));
  }
}

const SWAP = `
  const { workerData: { renames, stop } } = require('node:worker_threads');
  const { renameSync } = require('node:fs');
  while (Atomics.load(stop, 0) === 0) {
    for (const [from, to] of renames) renameSync(from, to);
    Atomics.store(stop, 1, 1);
    Atomics.notify(stop, 1);
  }`;

/** Puts a link in place of something, and takes it away again. */
function inTurn(name: string): readonly (readonly [string, string])[] {
  return [
    [name, 'inside/was'],
    ['inside/link', name],
    [name, 'inside/link'],
    ['inside/was', name],
  ];
}

const TIMES = 20_000;

/** Has a guest do a thing many times, and gives its different answers without their counts. */
async function answers(command: string): Promise<readonly string[]> {
  const user = await desk.user('thread', { mode: 'rw' });
  const [counted = ''] = await user.do(`repeat ${TIMES} ${command}`);
  return counted
    .split(', ')
    .map((one) => one.replace(/^\d+ /, ''))
    .sort();
}

test('a directory that is swapped for a link while the guest opens a file in it does not lead outside', async () => {
  disk.write('inside/sub/secret.txt', 'harmless');
  symlinkSync('../outside', disk.path('inside/link'));
  await using swapper = new Swapper(...inTurn('inside/sub'));
  await swapper.started();
  const found = await answers('peek 0 sub/secret.txt r');
  expect(found).not.toContain(SECRET);
  // All three were met, so there was a race.
  expect(found).toEqual(expect.arrayContaining(['error not-permitted', 'harmless']));
});

test('a file that is swapped for a link while the guest opens it does not lead outside', async () => {
  disk.write('inside/file', 'harmless');
  symlinkSync('../secret.txt', disk.path('inside/link'));
  await using swapper = new Swapper(...inTurn('inside/file'));
  await swapper.started();
  const found = await answers('peek 0 file fr');
  expect(found).not.toContain(SECRET);
  expect(found).toEqual(expect.arrayContaining(['error not-permitted', 'harmless']));
});

test('a directory that is swapped for a link while the guest creates files in it has nothing created outside', async () => {
  symlinkSync('../outside', disk.path('inside/link'));
  await using swapper = new Swapper(...inTurn('inside/sub'));
  await swapper.started();
  const found = await answers('open 0 sub/new.txt cw');
  expect(found).toEqual(expect.arrayContaining(['error not-permitted', 'opened']));
  expect(readdirSync(disk.path('outside'))).toEqual(['secret.txt']);
});

test('a file that the guest creates while a dangling link takes its name is not created where that leads', async () => {
  symlinkSync('../outside/new.txt', disk.path('inside/link'));
  await using swapper = new Swapper(['inside/link', 'inside/file'], ['inside/file', 'inside/link']);
  await swapper.started();
  const found = await answers('open 0 file cw');
  expect(found).toEqual(expect.arrayContaining(['error loop', 'opened']));
  expect(readdirSync(disk.path('outside'))).toEqual(['secret.txt']);
});

test('a directory that is moved outside while the guest goes through it and up again does not lead outside', async () => {
  disk.write('inside/a/b/x', '');
  await using swapper = new Swapper(['inside/a/b', 'outside/b'], ['outside/b', 'inside/a/b']);
  await swapper.started();
  const found = await answers('peek 0 a/b/../../secret.txt r');
  expect(found).toEqual(['error no-entry']);
  expect(await answers('peek 0 a/b/../../notes.txt r')).toEqual(['error no-entry', 'notes']);
});

test('a directory that is swapped for a link while the guest removes files in it has nothing removed outside', async () => {
  disk.write('inside/sub/secret.txt', 'harmless');
  symlinkSync('../outside', disk.path('inside/link'));
  await using swapper = new Swapper(...inTurn('inside/sub'));
  await swapper.started();
  await answers('unlink 0 sub/secret.txt');
  expect(existsSync(disk.path('outside/secret.txt'))).toBe(true);
});

test('a sibling that has more of the disk cannot lead the guest there', async () => {
  disk.write('inside/sub/secret.txt', 'harmless');
  const sibling = await desk.user('thread', { host: '.', guest: '/all', mode: 'rw' });
  const user = await desk.user('thread', { mode: 'rw' });
  symlinkSync('../outside', disk.path('link'));
  expect(await sibling.do('rename 0 link 0 inside/link')).toEqual(['ok']);
  const swap = inTurn('inside/sub').map(([from, to]) => `rename 0 ${from} 0 ${to}`);
  const swaps = sibling.do(...Array.from({ length: 3000 }, () => swap).flat());
  const [found = ''] = await user.do(`repeat ${TIMES} peek 0 sub/secret.txt r`);
  expect(new Set(await swaps)).toEqual(new Set(['ok']));
  expect(found).not.toContain(SECRET);
  expect(found).toContain('error not-permitted');
  expect(found).toContain('harmless');
});
