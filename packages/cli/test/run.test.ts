import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectGolden, transcript } from './support/golden.ts';
import { loop, spawnLoop } from './support/loop.ts';
import { TemporaryFolder } from './support/files.ts';

const AGENT = 'guests/agent/agent.wasm';
const TYPES = 'guests/wat-types/wat-types.wasm';
const calls = (...texts: readonly string[]): string[] => texts.flatMap((text) => ['--call', text]);

/** Two interfaces that export functions of one name. */
const TWINS = `(component
  (core module $m (func (export "f") (result i32) (i32.const 7)) (func (export "g")))
  (core instance $i (instantiate $m))
  (func $f (result u32) (canon lift (core func $i "f")))
  (func $g (canon lift (core func $i "g")))
  (instance $a (export "size" (func $f)) (export "reset" (func $g)))
  (instance $b (export "size" (func $f)))
  (export "acme:store/disk@1.2.0" (instance $a))
  (export "acme:store/cache@1.2.0" (instance $b)))`;

const CASES: readonly (readonly [golden: string, args: readonly string[]])[] = [
  ['run-world-function', [AGENT, ...calls('run-code("globalThis.n = 20")', 'run-code("n + 22")')]],
  [
    'run-interface-names',
    [
      TYPES,
      ...calls('loop:guests/types@0.1.0.echo-u32(1)', 'loop:guests/types.echo-u32(2)', 'types.echo-u32(3)'),
      ...calls('loop:guests/types.echo-u32@0.1.0(4)', 'echo-u32(5)', 'masks.u8-of(511)'),
    ],
  ],
  [
    'run-values',
    [
      TYPES,
      ...calls('echo-string("tab\\t, quote\\", crab 🦀, escape \\u{1b}")', "echo-char('\\u{1f980}')"),
      ...calls('echo-u64(18446744073709551615)', 'echo-f64(nan)', 'echo-f32(-inf)', 'echo-bytes([0, 255])'),
      ...calls('echo-person({name: "Ada", age: 36, home: {street: "S", zip: 1, at: {x: 0, y: -1.5}}, tags: []})'),
      ...calls(
        'echo-access({read, execute})',
        'echo-color(green)',
        'echo-payload(text("hi"))',
        'echo-payload(nothing)',
      ),
      ...calls('echo-option-twice(some(none))', 'echo-tuple((1, "b", 1.5, -4))', 'echo-pairs([("a", some(red))])'),
    ],
  ],
  [
    'run-json',
    [
      TYPES,
      '--json',
      ...calls('echo-u64(18446744073709551615)', 'echo-f64(nan)', 'echo-bytes([1, 2, 3])', 'echo-option(none)'),
      ...calls('echo-access({read})', 'echo-payload(count(3))', 'echo-result(err("no"))'),
    ],
  ],
  ['run-result-error', [TYPES, ...calls('echo-result(ok(1))', 'echo-result(err("no"))', 'echo-result(ok(2))')]],
  ['run-trap', ['guests/hostile/unreachable.wasm', ...calls('attack()', 'attack()')]],
  ['run-start-traps', ['guests/hostile/start-traps.wasm', ...calls('attack()')]],
  ['run-nested', ['guests/nested-greeter/nested-greeter.wasm', ...calls('front.welcome("Ada", some("Countess"))')]],
];

describe('loop run', () => {
  test.each(CASES)('%s', async (golden, more) => {
    const args = ['run', ...more];
    expectGolden(golden, transcript(args, await loop(...args)));
  });

  test.each(CASES.filter(([golden]) => ['run-json', 'run-result-error', 'run-trap'].includes(golden)))(
    '%s, as a process',
    async (golden, more) => {
      const args = ['run', ...more];
      expectGolden(golden, transcript(args, await spawnLoop(args)));
    },
  );
});

describe('names of functions', () => {
  const folder = new TemporaryFolder();
  let twins = '';
  beforeAll(async () => {
    twins = await folder.assemble('twins.wasm', TWINS);
  });
  afterAll(() => folder[Symbol.dispose]());

  test('a name that several interfaces have is refused with all of them', async () => {
    const args = ['run', twins, '--call', 'size()'];
    expectGolden('run-ambiguous', transcript(args, await loop(...args), folder.path));
  });

  test('a function without a result prints nothing, and null in JSON', async () => {
    expect(await loop('run', twins, ...calls('reset()', 'disk.size()'))).toEqual({ out: '7\n', err: '', code: 0 });
    expect((await loop('run', twins, '--json', ...calls('reset()'))).out).toBe('null\n');
  });
});
