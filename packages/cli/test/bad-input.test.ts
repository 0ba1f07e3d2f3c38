// What a user can get wrong, each with the text that comes back. Nothing of the component has run by then.
import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { TemporaryFolder } from './support/files.ts';
import { expectGolden, transcript } from './support/golden.ts';
import { loop, ROOT } from './support/loop.ts';

const AGENT = 'guests/agent/agent.wasm';
const TYPES = 'guests/wat-types/wat-types.wasm';
const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

async function expectFailure(golden: string, args: readonly string[]): Promise<void> {
  const ended = await loop(...args);
  // Every error has a code, a place and a fix.
  if (args.includes('--json')) expectErrorAsJson(ended.err);
  else expect(ended.err).toMatch(/^error\[E_[A-Z_]+\]: .+(\n {2}.*)*\n {3}at .+(\n {3}at .+)*\n {2}fix: .+\n$/);
  expect(ended.out).toBe('');
  expectGolden(golden, transcript(args, ended, folder.path));
}

/** With --json an error is a line of JSON with the same. */
function expectErrorAsJson(err: string): void {
  expect(err.split('\n').length).toBe(2);
  const { error } = JSON.parse(err) as { error: Record<string, unknown> };
  const text = expect.stringMatching(/./) as unknown;
  expect(error).toEqual({
    code: expect.stringMatching(/^E_/) as unknown,
    fault: 'user',
    message: text,
    places: [text],
    fix: text,
  });
}

describe('the command line', () => {
  const cases: readonly (readonly [golden: string, args: readonly string[]])[] = [
    ['usage-no-such-command', ['walk', 'x.wasm']],
    ['usage-no-such-help', ['help', 'walk']],
    ['usage-unknown-option', ['run', AGENT, '--cal', 'run-code("1")']],
    ['usage-option-without-value', ['run', AGENT, '--call']],
    ['usage-no-file', ['run']],
    ['usage-two-files', ['inspect', 'a.wasm', 'b.wasm']],
    ['usage-json-without-call', ['run', 'guests/c-hello/c-hello.wasm', '--json']],
    ['usage-wit-and-json', ['inspect', AGENT, '--wit', '--json']],
    ['usage-arguments-for-inspect', ['inspect', AGENT, '--', 'x']],
    ['usage-types-without-out', ['types', AGENT]],
    ['usage-types-empty-out', ['types', AGENT, '--out', '']],
    ['usage-near-command', ['runn', AGENT]],
    ['usage-near-option', ['run', AGENT, '--calls', 'run-code("1")']],
    ['usage-given-twice', ['types', AGENT, '--out', 'a', '--out', 'b']],
    ['usage-arguments-for-call', ['run', AGENT, '--call', 'run-code("1")', '--', 'x']],
  ];
  test.each(cases)('%s', expectFailure);
});

describe('a call', () => {
  const cases: readonly (readonly [golden: string, file: string, call: string])[] = [
    ['call-wrong-type', AGENT, 'run-code(42)'],
    ['call-wrong-type-inside', TYPES, 'echo-person({name: "Ada", age: 300, home: {street: "", zip: 1, at: {x: 0, y: 0}}})'],
    ['call-unknown-field', TYPES, 'echo-point({x: 1, y: 2, z: 3})'],
    ['call-syntax', AGENT, 'run-code("no end'],
    ['call-no-parenthesis', AGENT, 'run-code'],
    ['call-too-few', AGENT, 'run-code()'],
    ['call-too-many', AGENT, 'run-code("1", "2")'],
    ['call-no-such-function', AGENT, 'run-cod("1")'],
    ['call-no-such-function-of-many', TYPES, 'nothing-like-it()'],
    ['call-not-text', 'guests/js-counter/js-counter.wasm', 'make-many([1, 2])'],
  ]; // prettier-ignore
  test.each(cases)('%s', (golden, file, call) => expectFailure(golden, ['run', file, '--call', call]));

  test('is checked before any call is made', async () => {
    const { out, code } = await loop('run', AGENT, '--call', 'run-code("1")', '--call', 'run-code(2)');
    expect({ out, code }).toEqual({ out: '', code: 2 });
  });

  test('is reported with all others that are wrong', async () => {
    const { out, err, code } = await loop(
      'run',
      AGENT,
      ...['run-code(1)', 'run-code("2")', 'walk()'].flatMap((c) => ['--call', c]),
    );
    expect({ out, code }).toEqual({ out: '', code: 2 });
    expect(err.match(/^error\[\w+\]|^ {3}at --call '[^']*'/gm)).toEqual([
      'error[E_WAVE_TYPE]',
      "   at --call 'run-code(1)'",
      'error[E_NO_SUCH_FUNCTION]',
      "   at --call 'walk()'",
    ]);
  });

  test('of a function at a version that is not there names the nearest', async () => {
    const VERSIONS = `(component
      (core module $m (func (export "f")))
      (core instance $i (instantiate $m))
      (func $f (canon lift (core func $i "f")))
      (instance $api (export "get" (func $f)))
      (export "acme:kv/store@1.0.0" (instance $api))
      (export "acme:kv/store@2.0.0" (instance $api)))`;
    const file = await folder.assemble('stores.wasm', VERSIONS);
    await expectFailure('call-no-such-version', ['run', file, '--call', 'acme:kv/store@2.0.get()']);
  });

  test('nothing to run', () => expectFailure('run-nothing', ['run', AGENT]));
  test('nothing to run, of another WASI', async () => {
    const COMMAND = `(component
      (core module $m (func (export "run") (result i32) (i32.const 0)))
      (core instance $i (instantiate $m))
      (func $run (result (result)) (canon lift (core func $i "run")))
      (instance $command (export "run" (func $run)))
      (export "wasi:cli/run@0.3.0" (instance $command)))`;
    await expectFailure('run-nothing-of-wasi', ['run', await folder.assemble('command.wasm', COMMAND)]);
  });
  test('nothing to run, of many functions', () => expectFailure('run-nothing-of-many', ['run', TYPES]));
});

describe('a file that is no component', () => {
  const WIT_PACKAGE = `(component
    (type $p (component
      (type $i (instance (export "f" (func (result u32)))))
      (export "acme:app/api@1.0.0" (instance (type $i)))))
    (export "api" (type $p)))`;
  const donut = readFileSync(join(ROOT, 'guests/donut/donut.wasm'));
  const files: readonly (readonly [golden: string, content: () => string | Uint8Array])[] = [
    ['file-empty', () => ''],
    ['file-text', () => 'just some text\n'],
    ['file-wat', () => ';; text\n(component)'],
    ['file-wit', () => 'package acme:app;\ninterface api {}'],
    ['file-elf', () => Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0)],
    ['file-windows', () => Uint8Array.of(0x4d, 0x5a, 0x90, 0)],
    ['file-zip', () => Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0)],
    ['file-gzip', () => Uint8Array.of(0x1f, 0x8b, 8, 0)],
    ['file-core-module', () => Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)],
    ['file-cut', () => donut.subarray(0, 100)],
  ];
  test.each(files)('%s', (golden, content) =>
    expectFailure(golden, ['inspect', folder.write(`${golden}.wasm`, content())]),
  );

  test('file-wit-package', async () => {
    await expectFailure('file-wit-package', ['inspect', await folder.assemble('wit-package.wasm', WIT_PACKAGE)]);
  });

  test('file-too-large', async () => {
    const file = folder.write('too-large.wasm', '');
    truncateSync(file, 5_000_000_000);
    await expectFailure('file-too-large', ['inspect', file]);
    expect((await loop('inspect', file)).err).toContain('error[E_FILE_TOO_LARGE]');
  });
  test('file-missing', () => expectFailure('file-missing', ['run', 'no/such/file.wasm']));
  test('file-directory', () => expectFailure('file-directory', ['inspect', 'guests']));
  test('file-not-writable', () => expectFailure('file-not-writable', ['types', AGENT, '--out', 'package.json']));
});

describe('a component that cannot start', () => {
  const INVALID = `(component (core module $m) (core instance $i (instantiate $m))
    (func (export "f") (canon lift (core func $i "missing"))))`;
  const ASYNC = `(component
    (core module $m (func (export "f")))
    (core instance $i (instantiate $m))
    (core func (canon waitable-set.new))
    (func (export "f") (canon lift (core func $i "f"))))`;

  test('start-invalid', async () => {
    await expectFailure('start-invalid', ['run', await folder.assemble('invalid.wasm', INVALID), '--call', 'f()']);
  });
  test('start-unsupported', async () => {
    await expectFailure('start-unsupported', ['run', await folder.assemble('async.wasm', ASYNC), '--call', 'f()']);
  });
  const cases: readonly (readonly [golden: string, file: string, call: string])[] = [
    ['start-not-served', 'guests/c-bench/c-bench.wasm', 'add(1, 2)'],
    ['start-memory-limit', 'guests/hostile/memory-claim.wasm', 'attack()'],
    ['start-fixed-limit', 'guests/hostile/instance-bomb.wasm', 'attack()'],
    ['start-gc-heap', 'guests/hostile/gc-array.wasm', 'attack(0)'],
  ];
  test.each(cases)('%s', (golden, file, call) => expectFailure(golden, ['run', file, '--call', call]));
});

test('names from a component reach the terminal without control characters', async () => {
  const escape = `(component
    (core module $m (func $f (@name "\\1b[31mred\\07") (export "f") unreachable))
    (core instance $i (instantiate $m))
    (func (export "f") (canon lift (core func $i "f"))))`;
  const { err } = await loop('run', await folder.assemble('escape.wasm', escape), '--call', 'f()');
  expect(err).toContain('at m.�[31mred� +0x');
  expect(err).not.toMatch(/[^\P{Cc}\n]/u);
});
