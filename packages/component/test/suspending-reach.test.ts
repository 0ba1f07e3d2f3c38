import { compile, Component, suspending } from '@loophost/component';
import { describe, expect, test } from 'vitest';
import { instantiateWat, wat } from './support/wat.ts';

type Fn = (...args: unknown[]) => unknown;

const HOST = { w: suspending(async () => undefined) };

/** A component whose core module \`$m\` imports \`w\` and has the export \`f\`; \`before\` can make what \`$m\` gets by \`extra\`. */
const withCore = (body: string, before = '', extra = ''): string => `(component
  (import "w" (func $w)) (core func $w' (canon lower (func $w)))
  ${before}
  (core module $m (import "" "w" (func $w)) ${body}
    (func (export "plain") (result i32) (i32.const 2)))
  (core instance $i (instantiate $m (with "" (instance (export "w" (func $w')) ${extra}))))
  (func (export "f") (result u32) (canon lift (core func $i "f")))
  (func (export "plain") (result u32) (canon lift (core func $i "plain"))))`;

/** NaNs whose bytes look like a reference to a function, at the end of a section and with an index without end. */
const NANS = [0x7fff_ffff_ffff_ffd2n, 0x7fff_ffff_ffff_d200n].map(
  (bits) => `(global f64 (f64.const nan:0x${(bits & 0xf_ffff_ffff_ffffn).toString(16)}))`,
);

const CALLS = '(func (export "f") (result i32) (call $w) (i32.const 1))';
const INDIRECT = '(func (export "f") (result i32) (call_indirect (i32.const 0)) (i32.const 1))';

describe('an export that reaches a suspending import gives a promise, and its neighbour does not,', () => {
  const cases: [title: string, body: string, before?: string, extra?: string][] = [
    ['beside a global whose last byte is that of ref.func', `${NANS[0]} ${CALLS}`],
    ['beside a global that holds the byte of ref.func', `${NANS[1]} ${CALLS}`],
    ['beside elements of the type (ref func)', `(elem (ref func) (ref.func $w)) ${CALLS}`],
    ['beside elements of a type of its own', `(type $t (func)) (elem (ref null $t) (ref.func $w)) ${CALLS}`],
    ['through the initial value of a table', `(table 1 funcref (ref.func $w)) ${INDIRECT}`],
    [
      'through a global',
      `(type $t (func)) (global $g (ref $t) (ref.func $w))
       (func (export "f") (result i32) (call_ref $t (global.get $g)) (i32.const 1))`,
    ],
    [
      'through a table that is copied into another',
      `(table $a 1 funcref) (table $b 1 funcref) (elem (table $a) (i32.const 0) func $w)
       (func (export "f") (result i32)
         (table.copy $b $a (i32.const 0) (i32.const 0) (i32.const 1)) (call_indirect $b (i32.const 0)) (i32.const 1))`,
    ],
    [
      'through an element that is moved from one table to another',
      `(table $a 1 funcref) (table $b 1 funcref) (elem (table $a) (i32.const 0) func $w)
       (func (export "f") (result i32)
         (table.set $b (i32.const 0) (table.get $a (i32.const 0))) (call_indirect $b (i32.const 0)) (i32.const 1))`,
    ],
    [
      'through a reference that another module calls',
      `(import "" "call" (func $call (param funcref))) (elem declare func $w)
       (func (export "f") (result i32) (call $call (ref.func $w)) (i32.const 1))`,
      `(core module $n (type $t (func))
         (func (export "call") (param funcref) (call_ref $t (ref.cast (ref $t) (local.get 0)))))
       (core instance $j (instantiate $n))`,
      '(export "call" (func $j "call"))',
    ],
    [
      "through another module's global that fills a table",
      `(import "" "g" (global $g funcref)) (table 1 funcref) (elem (i32.const 0) funcref (global.get $g)) ${INDIRECT}`,
      `(core module $n (import "" "w" (func $w)) (global (export "g") funcref (ref.func $w)))
       (core instance $j (instantiate $n (with "" (instance (export "w" (func $w'))))))`,
      '(export "g" (global $j "g"))',
    ],
    [
      'through a table that another module copies into',
      `(import "" "to" (table 1 funcref)) (import "" "copy" (func $copy))
       (func (export "f") (result i32) (call $copy) (call_indirect (i32.const 0)) (i32.const 1))`,
      `(core module $n (import "" "w" (func $w)) (table $a 1 funcref) (table $b (export "to") 1 funcref)
         (elem (table $a) (i32.const 0) func $w)
         (func (export "copy") (table.copy $b $a (i32.const 0) (i32.const 0) (i32.const 1))))
       (core instance $j (instantiate $n (with "" (instance (export "w" (func $w'))))))`,
      '(export "to" (table $j "to")) (export "copy" (func $j "copy"))',
    ],
  ];
  test.each(cases)('%s', async (_title, body, before, extra) => {
    const { exports } = await instantiateWat(withCore(body, before, extra), HOST);
    const pending = (exports['f'] as Fn)();
    expect(pending).toBeInstanceOf(Promise);
    expect(await pending).toBe(1);
    expect((exports['plain'] as Fn)()).toBe(2);
  });

  test('through thousands of core instances', async () => {
    const links = Array.from(
      { length: 9000 },
      (_, i) => `(core instance $i${i} (instantiate $m (with "" (instance (export "f" (func $f${i}))))))
        (alias core export $i${i} "f" (core func $f${i + 1}))`,
    );
    const component = await compile(
      await wat(`(component (import "w" (func $w)) (core func $f0 (canon lower (func $w)))
        (core module $m (import "" "f" (func $f)) (func (export "f") (call $f)) (func (export "plain")))
        ${links.join('\n')}
        (func (export "f") (canon lift (core func $f9000)))
        (func (export "plain") (canon lift (core func $i8999 "plain"))))`),
    );
    const { exports } = await component.link(HOST).instantiate();
    const pending = (exports['f'] as Fn)();
    expect(pending).toBeInstanceOf(Promise);
    expect(await pending).toBe(undefined);
    expect((exports['plain'] as Fn)()).toBe(undefined);
  });
});

test('a component with any bytes in its globals goes into a message', async () => {
  const component = await compile(await wat(`(component (core module ${NANS.join(' ')}))`));
  expect(() => component.toMessage()).not.toThrow();
});

describe('with allMaySuspend', () => {
  const options = { allMaySuspend: true };

  test('an export that reaches no suspending import gives a promise too', async () => {
    const component = await compile(await wat(withCore(CALLS)));
    const { exports } = await component.link(HOST, options).instantiate();
    const result = (exports['plain'] as Fn)();
    expect(result).toBeInstanceOf(Promise);
    expect(await result).toBe(2);
    expect(await (exports['f'] as Fn)()).toBe(1);
  });

  test('without a suspending import nothing gives a promise', async () => {
    const component = await compile(await wat(withCore(CALLS)));
    const { exports } = await component.link({ w: () => undefined }, options).instantiate();
    expect((exports['f'] as Fn)()).toBe(1);
  });

  test('a start function that would have to wait is refused as ever', async () => {
    const component = await compile(await wat(withCore(`${CALLS} (start $w)`)));
    expect(() => component.link(HOST, options)).toThrow(expect.objectContaining({ code: 'E_LINK_FAILED' }));
    const problems = [expect.objectContaining({ code: 'E_START_SUSPENDS' })];
    expect(() => component.link(HOST, options)).toThrow(expect.objectContaining({ problems }));
  });

  test('a start function is refused that calls a suspending import through another module', async () => {
    const component = await compile(
      await wat(
        `(component
        (import "w" (func $w)) (core func $w' (canon lower (func $w)))
        (core module $n (import "" "w" (func $w))
          (func $own (call $w)) (func (export "go") (call $own)) (func (export "other") (nop)))
        (core instance $j (instantiate $n (with "" (instance (export "w" (func $w'))))))
        (core module $m (import "n" "go" (func $go)) (func $s (call $go)) (start $s))
        (core instance (instantiate $m (with "n" (instance $j)))))`,
      ),
    );
    const problems = [expect.objectContaining({ code: 'E_START_SUSPENDS' })];
    expect(() => component.link(HOST, options)).toThrow(expect.objectContaining({ problems }));
  });

  test('start functions are followed through thousands of core instances', async () => {
    const chain = Array.from(
      { length: 9_000 },
      (_, i) => `(core instance $i${i + 1} (instantiate $m (with "p" (instance $i${i}))))`,
    );
    const component = await compile(
      await wat(`(component
        (import "w" (func $w)) (core func $w' (canon lower (func $w)))
        (core instance $i0 (export "f" (func $w')))
        (core module $m (import "p" "f" (func $p)) (func $f (export "f") (call $p)) (start $f))
        ${chain.join('\n')})`),
    );
    const problems = [expect.objectContaining({ code: 'E_START_SUSPENDS' })];
    expect(() => component.link(HOST, options)).toThrow(expect.objectContaining({ problems }));
  });

  test('a start function is let run that calls what reaches none', async () => {
    const component = await compile(await wat(withCore(`${CALLS} (func $s) (func $t (call $s)) (start $t)`)));
    const { exports } = await component.link(HOST, options).instantiate();
    expect(await (exports['f'] as Fn)()).toBe(1);
  });

  test('a start function is refused also when it is known already what the code can reach', async () => {
    const component = await compile(await wat(withCore(`${CALLS} (start $w)`)));
    expect(() => component.link(HOST)).toThrow(expect.objectContaining({ code: 'E_LINK_FAILED' }));
    expect(() => component.link(HOST, options)).toThrow(expect.objectContaining({ code: 'E_LINK_FAILED' }));
  });

  test('a message without what the code can reach is linked in the same way only', async () => {
    const component = await compile(await wat(withCore(CALLS)));
    const whole = structuredClone(component.toMessage());
    const message = structuredClone(component.toMessage(options));
    expect(message.callGraphs).toBeUndefined();
    expect(whole.callGraphs).toHaveLength(1);
    const other = Component.fromMessage(message);
    const { exports } = await other.link(HOST, options).instantiate();
    expect(await (exports['f'] as Fn)()).toBe(1);
    expect(() => other.link(HOST)).toThrow(
      expect.objectContaining({ code: 'E_MESSAGE_INVALID', fix: 'give allMaySuspend to link too' }),
    );
  });

  test('a start function is checked where the message is made, and traps elsewhere', async () => {
    const component = await compile(await wat(withCore(`${CALLS} (start $w)`)));
    const other = Component.fromMessage(structuredClone(component.toMessage(options)));
    const trapped = expect.objectContaining({ code: 'E_TRAP_CANNOT_SUSPEND' });
    await expect(other.link(HOST, options).instantiate()).rejects.toEqual(trapped);
  });

  test('a message of components that call each other inside has what their code can reach', async () => {
    const component = await compile(
      await wat(`(component
        (component $inner
          (core module $m (func (export "f")))
          (core instance $i (instantiate $m))
          (func (export "f") (canon lift (core func $i "f"))))
        (instance $a (instantiate $inner))
        (core func $f (canon lower (func $a "f")))
        (core module $m (import "" "f" (func $f)) (func (export "g") (call $f)))
        (core instance $i (instantiate $m (with "" (instance (export "f" (func $f))))))
        (func (export "g") (canon lift (core func $i "g"))))`),
    );
    expect(component.toMessage(options).callGraphs).toHaveLength(2);
  });
});
