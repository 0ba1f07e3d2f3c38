import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { EXECUTORS } from './guests.ts';

type Call = readonly [name: string, args: readonly unknown[], options?: object];

interface Run {
  readonly executor: string;
  readonly grant: object;
  readonly calls: readonly Call[];
  readonly stdout?: number;
}

const LIVE = JSON.stringify({ instances: 0, threads: 0, handles: 0, calls: 0 });

/** Starts a process whose guest has its standard streams. */
function spawnGuest({ executor, grant, calls, stdout }: Run): {
  readonly child: ChildProcess;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly report: Promise<string[]>;
} {
  const script = new URL('wasi/inheriting.ts', import.meta.url).pathname;
  const args = ['--conditions=@loophost/source', script, executor, JSON.stringify(grant), JSON.stringify(calls)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', stdout ?? 'pipe', 'pipe', 'pipe'] });
  const errors = text(child.stderr as Readable);
  const report = text(child.stdio[3] as Readable).then(async (lines) => {
    if (lines === '') throw new Error(`the process failed: ${await errors}`);
    return lines.trimEnd().split('\n');
  });
  return { child, stdin: child.stdin as Writable, stdout: child.stdout as Readable, report };
}

function inFile(work: (fd: number, path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'loophost-'));
  const path = join(folder, 'out.txt');
  const fd = openSync(path, 'w');
  return work(fd, path).finally(() => {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  });
}

describe.each(EXECUTORS)('inherited streams in the executor %s', (executor) => {
  test('a guest writes to the output of the process, to none of the listeners, and to nothing that it was not granted', async () => {
    const run = spawnGuest({
      executor,
      grant: { stdout: 'inherit' },
      calls: [
        ['write', ['hello ', 2, false]],
        ['write', ['oh', 1, true]],
      ],
    });
    expect(await text(run.stdout)).toBe('hello hello ');
    expect(await run.report).toEqual(['0', '0', 'output', LIVE]);
  });

  test('what the process and its guest write to a file stands there in order', () =>
    inFile(async (fd, path) => {
      const calls: Call[] = [
        ['say', ['one ']],
        ['write', ['two ', 1, false]],
        ['say', ['three ']],
        ['write', ['four', 1, false]],
      ];
      await spawnGuest({ executor, grant: { stdout: 'inherit' }, calls, stdout: fd }).report;
      expect(readFileSync(path, 'utf8')).toBe('one two three four');
    }));

  test('a guest waits for the input of the process, and finds its end', async () => {
    const calls: Call[] = [
      ['read', ['100n']],
      ['read', ['2n']],
      ['read', ['100n']],
      ['read', ['100n']],
    ];
    const run = spawnGuest({
      executor,
      grant: { stdin: 'inherit', stdout: 'inherit' },
      calls: [['write', ['ready', 1, false]], ...calls],
    });
    await new Promise((resolve) => run.stdout.once('data', resolve));
    run.stdin.write('first');
    setTimeout(() => run.stdin.end('second'), 300);
    expect(await run.report).toEqual(['0', 'first', 'se', 'cond', 'undefined', LIVE]);
  });

  test('the process ends although nobody closes its input', async () => {
    const run = spawnGuest({ executor, grant: { stdin: 'inherit' }, calls: [['read', ['100n']]] });
    run.stdin.write('some');
    expect((await run.report)[0]).toBe('some');
    await new Promise((resolve) => run.child.once('exit', resolve));
  });

  test('a guest that waits for input is ended by the deadline, and the process ends', async () => {
    const run = spawnGuest({ executor, grant: { stdin: 'inherit' }, calls: [['read', ['100n'], { timeoutMs: 200 }]] });
    expect(await run.report).toEqual(['E_DEADLINE_EXCEEDED', LIVE]);
    await new Promise((resolve) => run.child.once('exit', resolve));
  });

  test('a guest whose reader goes away is told so once, and ended when it goes on', async () => {
    const calls: Call[] = [
      ['write', ['ready', 1, false]],
      ['read', ['1n']],
      ['write', ['x', 1, false]],
      ['write', ['x', 1, false]],
    ];
    const run = spawnGuest({ executor, grant: { stdin: 'inherit', stdout: 'inherit' }, calls });
    await new Promise((resolve) => run.stdout.once('data', resolve));
    run.stdout.destroy();
    await new Promise((resolve) => run.stdout.once('close', resolve));
    run.stdin.end('go');
    expect(await run.report).toEqual(['0', 'g', '1', 'E_OUTPUT_UNREAD', 'output-closed', LIVE]);
  });

  test('a guest hears that the disk is full, and goes on', async () => {
    const fd = openSync('/dev/full', 'w');
    const calls: Call[] = [
      ['write', ['x', 3, false]],
      ['terminals', []],
    ];
    const run = spawnGuest({ executor, grant: { stdout: 'inherit' }, calls, stdout: fd });
    expect(await run.report).toEqual(['3', '0', LIVE]);
    closeSync(fd);
  });

  test('a bound holds for inherited output too, when one is given', async () => {
    const run = spawnGuest({
      executor,
      grant: { stdout: 'inherit', outputLimitBytes: 3 },
      calls: [['write', ['hello', 1, false]]],
    });
    expect(await text(run.stdout)).toBe('hel');
    expect(await run.report).toEqual(['E_OUTPUT_LIMIT', LIVE]);
  });
});

describe('an output that nobody reads', () => {
  test('does not keep a guest from being ended', async () => {
    const call: Call = ['write', ['x'.repeat(1000), 1000, false], { timeoutMs: 300 }];
    const run = spawnGuest({ executor: 'thread', grant: { stdout: 'inherit' }, calls: [call] });
    run.stdout.pause();
    expect(await run.report).toEqual(['E_DEADLINE_EXCEEDED', LIVE]);
    run.stdout.destroy();
  });

  test('makes a guest wait until it is read', async () => {
    const call: Call = ['write', ['x'.repeat(1000), 1000, false]];
    const run = spawnGuest({ executor: 'thread', grant: { stdout: 'inherit' }, calls: [call] });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await text(run.stdout)).toHaveLength(1_000_000);
    expect(await run.report).toEqual(['0', LIVE]);
  });
});
