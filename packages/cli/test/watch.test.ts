// `loop run --watch`, and how a run is ended from outside.
import { copyFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { TemporaryFolder } from './support/files.ts';
import { startLoop } from './support/loop.ts';

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
