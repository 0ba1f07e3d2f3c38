// The program as a process of its own: what only a process has, such as standard streams and an exit code.
import { existsSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { TemporaryFolder } from './support/files.ts';
import { expectGolden, transcript } from './support/golden.ts';
import { spawnLoop, spawnLoopSync } from './support/loop.ts';

const C = 'guests/c-hello/c-hello.wasm';
const RUST = 'guests/rust-hello/rust-hello.wasm';

describe('a command component', () => {
  const cases: readonly (readonly [golden: string, args: readonly string[], input: string])[] = [
    ['command-c', [C, '--', 'one', 'two words'], ''],
    ['command-c-stdin', [C, '--', '--stdin'], 'line one\nwörld 🦀\n'],
    ['command-c-exit', [C, '--', '--exit', '42'], ''],
    ['command-c-fail', [C, '--', '--fail'], ''],
    ['command-rust', [RUST, '--', 'one', 'two words'], ''],
    ['command-rust-stdin', [RUST, '--', '--stdin'], 'line one\nwörld 🦀\n'],
    ['command-rust-exit', [RUST, '--', '--exit', '0'], ''],
  ];
  test.each(cases)('%s', async (golden, more, input) => {
    const args = ['run', ...more];
    expectGolden(golden, transcript(args, await spawnLoop(args, { input })));
  });

  test('that traps ends with what it said, the trap and a backtrace', async () => {
    const { out, err, code } = await spawnLoop(['run', RUST, '--', '--panic']);
    expect({ out, code }).toEqual({ out: 'Hello from Rust!\n', code: 1 });
    expect(err).toMatch(/^thread 'main'.* panicked at [^]*asked to/);
    expect(err).toMatch(
      /\nerror\[E_TRAP_CORE\]: guest trapped: .+\n {3}at guests\/.+\n( {3}at .+ \+0x.+\n)+ {2}fix: .+\n$/,
    );
  });

  test('gets more input than a pipe holds', async () => {
    const input = 'x'.repeat(300_000);
    const { out, code } = await spawnLoop(['run', C, '--', '--stdin'], { input });
    expect({ length: out.length - 'Hello from C!\n'.length, code }).toEqual({ length: input.length, code: 0 });
  });
});

/** Writes to standard output for ever, whatever comes of it. */
const ENDLESS = `(component
  (import "wasi:io/error@0.2.0" (instance $errors (export "error" (type (sub resource)))))
  (alias export $errors "error" (type $error))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (export "output-stream" (type $stream (sub resource)))
    (export "error" (type $failure (eq $error)))
    (type $problem' (variant (case "last-operation-failed" (own $failure)) (case "closed")))
    (export "stream-error" (type $problem (eq $problem')))
    (export "[method]output-stream.write"
      (func (param "self" (borrow $stream)) (param "contents" (list u8)) (result (result (error $problem)))))))
  (alias export $streams "output-stream" (type $stream))
  (import "wasi:cli/stdout@0.2.0" (instance $stdout
    (export "output-stream" (type $own (eq $stream)))
    (export "get-stdout" (func (result (own $own))))))
  (core module $memory (memory (export "memory") 1))
  (core instance $m (instantiate $memory))
  (core func $get (canon lower (func $stdout "get-stdout")))
  (core func $write (canon lower (func $streams "[method]output-stream.write") (memory (core memory $m "memory"))))
  (core module $main
    (import "" "get" (func $get (result i32)))
    (import "" "write" (func $write (param i32 i32 i32 i32)))
    (func (export "endless") (local $out i32)
      (local.set $out (call $get))
      (loop $again (call $write (local.get $out) (i32.const 0) (i32.const 4096) (i32.const 8192)) (br $again))))
  (core instance $i (instantiate $main
    (with "" (instance (export "get" (func $get)) (export "write" (func $write))))))
  (func (export "endless") (canon lift (core func $i "endless"))))`;

describe('the output of a guest', () => {
  const folder = new TemporaryFolder();
  afterAll(() => folder[Symbol.dispose]());

  test('goes as fast as it is read, and ends the guest when nobody reads it, as a shell expects', async () => {
    const endless = await folder.assemble('endless.wasm', ENDLESS);
    expect(await spawnLoop(['run', endless, '--call', 'endless()'], { readsOnce: true })).toMatchObject({
      err: '',
      code: 141,
    });
  });

  test('that nobody reads is an error to a guest that asks', async () => {
    const input = 'y\n'.repeat(500_000);
    const { err, code } = await spawnLoop(['run', RUST, '--', '--stdin'], { input, readsOnce: true });
    expect({ err, code }).toEqual({ err: 'cannot copy stdin: I/O error (os error 29)\n', code: 141 });
  });

  test.skipIf(!existsSync('/dev/full'))('that finds no room is an error to a guest, by its name', () => {
    const { stderr, status } = spawnLoopSync(['run', RUST], '/dev/full');
    expect(stderr).toContain('failed printing to stdout: No space left on device');
    expect(status).toBe(1);
  });
});

describe('the process', () => {
  const folder = new TemporaryFolder();
  afterAll(() => folder[Symbol.dispose]());

  test('ends quietly when the reader of its output goes away', async () => {
    const inspected = await spawnLoop(['inspect', 'guests/wat-types/wat-types.wasm'], { closes: 'stdout' });
    expect(inspected).toEqual({ out: '', err: '', code: 0 });
    const failed = await spawnLoop(['run', 'no-such-file.wasm'], { closes: 'stderr' });
    expect(failed).toEqual({ out: '', err: '', code: 3 });
  });

  test.skipIf(!existsSync('/dev/full'))('fails when its output cannot be written', () => {
    const { stderr, status } = spawnLoopSync(['inspect', C, '--json'], '/dev/full');
    expect(stderr).toMatch(
      /^error\[E_OUTPUT\]: cannot write the output: ENOSPC.*\n {3}at standard output\n {2}fix: .+\n$/,
    );
    expect(status).toBe(4);
  });

  test('prints errors on standard error, and ends with their code', async () => {
    const { out, err, code } = await spawnLoop(['run', 'no-such-file.wasm']);
    expect({ out, code }).toEqual({ out: '', code: 3 });
    expect(err).toMatch(/^error\[E_FILE\]: /);
  });

  test.each([
    ["FORCE_COLOR = '1'", true],
    ["FORCE_COLOR = '0'", false],
    ["TERM = 'dumb'", false],
    ["TERM = 'xterm'", true],
  ])('has colours as the environment wants them: %s', async (setting, hasColours) => {
    const isTerminal = setting !== "FORCE_COLOR = '1'";
    const preload = `delete process.env.NO_COLOR; process.env.${setting}; process.stderr.isTTY = ${isTerminal};`;
    const { err } = await spawnLoop(['walk'], { preload });
    expect(err.startsWith('\u001b[')).toBe(hasColours);
  });

  test('turns old releases of Node away, before the engine is loaded', async () => {
    const preload = `Object.defineProperty(process.versions, 'node', { value: '20.20.2' });`;
    const { out, err, code } = await spawnLoop(['--version'], { preload });
    expect({ out, code }).toEqual({ out: '', code: 4 });
    expect(err).toBe(
      'error[E_NODE_TOO_OLD]: cannot start: this is Node 20.20.2, and Loophost needs Node 24 or newer\n' +
        '  fix: install Node 24 or newer, for example with "npm install node@26"\n',
    );
  });

  test('reports what nobody expected as a bug of ours, with where it happened', async () => {
    const preload = `String.prototype.padEnd = () => { throw new TypeError('planted'); };`;
    const { err, code } = await spawnLoop(['inspect', C], { preload });
    expect(code).toBe(4);
    expect(err).toMatch(/^error\[E_UNEXPECTED\]: bug: TypeError: planted\n {3}at .+\n[^]*\n {2}fix: report it/);
  });
});
