// `loop run --watch`, and how a run is ended from outside.
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { TemporaryFolder } from './support/files.ts';
import { loop, spawnLoop, startLoop } from './support/loop.ts';

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

/** A component whose function `answer` gives a number, or loops. */
function answering(body: string): string {
  return `(component
    (core module $m (func (export "answer") (result i32) ${body}))
    (core instance $i (instantiate $m))
    (func (export "answer") (result u32) (canon lift (core func $i "answer"))))`;
}

const FOREVER = '(loop $again (br $again)) unreachable';

describe('loop run --watch', () => {
  test('runs the file again when it changes, and keeps what runs when the new one fails', async () => {
    const file = await folder.assemble('watched.wasm', answering('(i32.const 1)'));
    await using running = startLoop(['run', file, '--watch', '--timeout', 'none', '--call', 'answer()']);
    await running.says('out', '1\n');
    await running.says('err', 'ended with exit code 0; waiting for a change\n');

    await folder.assemble('watched.wasm', answering(FOREVER));
    await running.says('err', 'has changed: running it again\n');
    writeFileSync(file, 'no component');
    await running.says(
      'err',
      `error\\[E_COMPONENT_OTHER_KIND\\]: [^]*\n${file} is not taken: the one before goes on\n`,
    );
    await folder.assemble('watched.wasm', '(component (import "acme:a/b@1.0.0" (func)))');
    await running.says('err', `error\\[E_NO_SUCH_FUNCTION\\]`);

    copyFileSync(await folder.assemble('next.wasm', answering('(i32.const 2)')), file);
    await running.says('out', '2\n');
    expect(await running.ended('SIGINT')).toBe(130);
  });

  test('waits for a file that is not right yet', async () => {
    const file = folder.write('later.wasm', '');
    await using running = startLoop(['run', file, '--watch', '--call', 'answer()']);
    await running.says('err', 'error\\[E_[^]*\nTMP is not taken: waiting for a change\n'.replace('TMP', file));
    await folder.assemble('later.wasm', answering('(i32.const 3)'));
    await running.says('out', '3\n');
    expect(await running.ended('SIGTERM')).toBe(143);
  });
});

describe('what loop run --watch tells', () => {
  test('is lines of JSON with --json', async () => {
    const file = await folder.assemble('json.wasm', answering('(i32.const 1)'));
    await using running = startLoop(['run', file, '--watch', '--json', '--call', 'answer()']);
    await running.says('err', `^{"watch":{"event":"ended","exitCode":0,"file":"${file}"}}\n$`);
    await folder.assemble('json.wasm', answering('(i32.const 2)'));
    await running.says('err', '^{"watch":{"event":"changed",.*\n{"watch":{"event":"ended",.*\n$');
    writeFileSync(file, 'no component');
    await running.says('err', '^{"error":.*\n{"watch":{"event":"refused","goesOn":false,.*\n$');
  });

  test('has the note on a command that may lack files', async () => {
    await using running = startLoop(['run', 'guests/rust-files/rust-files.wasm', '--watch', '--', '/data']);
    await running.says('err', 'note: it was given no files: --dir gives it a directory\nended with exit code 1;');
  });

  test('is how each run ended, in the audit', async () => {
    const [file, audit] = [await folder.assemble('audited.wasm', answering(FOREVER)), join(folder.path, 'audit.jsonl')];
    const args = ['run', file, '--watch', '--timeout', 'none', '--audit', audit, '--call', 'answer()'];
    await using running = startLoop(args);
    await vi.waitUntil(() => existsSync(audit) && readFileSync(audit, 'utf8').includes('"start"'), 10_000);
    writeFileSync(file, 'no component');
    await running.says('err', 'the one before goes on');
    await folder.assemble('audited.wasm', answering('(i32.const 2)'));
    await running.says('err', 'ended with exit code 0');
    await running.ended('SIGINT');
    const events = readFileSync(audit, 'utf8').trimEnd().split('\n');
    const kinds = events.map((line) => JSON.parse(line) as { kind: string; exitCode?: number; timeMs: number });
    expect(kinds.map(({ kind, exitCode }) => [kind, exitCode].join(' ').trim())).toEqual([
      'start', 'error', 'exit 3', 'end', 'exit 143', 'start', 'end', 'exit 0',
    ]); // prettier-ignore
    expect(kinds.map(({ timeMs }) => timeMs)).toEqual(kinds.map(({ timeMs }) => timeMs).toSorted((a, b) => a - b));
  });
});

describe('loop run --watch ends', () => {
  test('before anything runs, where no change of the file would help', async () => {
    const file = await folder.assemble('placed.wasm', answering('(i32.const 1)'));
    const args = ['--watch', '--call', 'answer()'];
    expect(await loop('run', file, '--dir', 'no/such', ...args)).toMatchObject({ code: 2 });
    expect(await loop('run', folder.path, ...args)).toMatchObject({
      err: expect.stringContaining('it is a directory') as unknown,
      code: 3,
    });
  });

  test('when nobody reads what it prints', async () => {
    const file = await folder.assemble('unread.wasm', answering('(i32.const 1)'));
    const ended = spawnLoop(['run', file, '--watch', '--call', 'answer()'], { closes: 'stdout' });
    expect((await ended).code).toBe(141);
  });
});

describe('a run', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('is ended by %s, whatever the guest does', async (signal, exitCode) => {
    const args = [
      'run',
      'guests/wasi-probe/wasi-probe.wasm',
      '--timeout',
      'none',
      '--call',
      'write-and-spin("spinning")',
    ];
    await using running = startLoop(args);
    await running.says('out', 'spinning');
    expect(await running.ended(signal)).toBe(exitCode);
  });
});
