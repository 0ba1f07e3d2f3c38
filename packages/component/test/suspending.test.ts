import { compile, ComponentError, suspending } from '@loophost/component';
import { afterEach, describe, expect, test } from 'vitest';
import { codeOf, gate } from './support/gate.ts';
import { instantiateWat, wat } from './support/wat.ts';

type Fn = (...args: unknown[]) => unknown;

const WAITER = `(component
  (import "wait" (func $wait (param "x" u32) (result u32)))
  (core func $wait' (canon lower (func $wait)))
  (core module $m
    (import "" "wait" (func $wait (param i32) (result i32)))
    (table 1 funcref) (elem (i32.const 0) $wait)
    (type $t (func (param i32) (result i32)))
    (func (export "twice") (param i32) (result i32)
      (i32.add (call $wait (local.get 0)) (call $wait (i32.add (local.get 0) (i32.const 1)))))
    (func (export "through-table") (param i32) (result i32) (call_indirect (type $t) (local.get 0) (i32.const 0)))
    (func (export "plain") (param i32) (result i32) (i32.add (local.get 0) (i32.const 100))))
  (core instance $i (instantiate $m (with "" (instance (export "wait" (func $wait'))))))
  (func (export "twice") (param "x" u32) (result u32) (canon lift (core func $i "twice")))
  (func (export "through-table") (param "x" u32) (result u32) (canon lift (core func $i "through-table")))
  (func (export "plain") (param "x" u32) (result u32) (canon lift (core func $i "plain"))))`;

/** Imports \`ask: func() -> result<string, string>\` and re-exports it as \`relay\`. */
const ASKER = `(component
  (import "ask" (func $ask (result (result string (error string)))))
  (core module $libc (memory (export "mem") 1)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.set $next (i32.add (global.get $next) (local.get 3)))
      (i32.sub (global.get $next) (local.get 3))))
  (core instance $libc (instantiate $libc))
  (core func $ask' (canon lower (func $ask) (memory (core memory $libc "mem")) (realloc (core func $libc "realloc"))))
  (core module $m
    (import "" "ask" (func $ask (param i32)))
    (func (export "relay") (result i32) (call $ask (i32.const 16)) (i32.const 16)))
  (core instance $i (instantiate $m (with "" (instance (export "ask" (func $ask'))))))
  (func (export "relay") (result (result string (error string)))
    (canon lift (core func $i "relay") (memory (core memory $libc "mem")))))`;

test('an export that reaches a suspending import gives a promise, and its neighbour stays synchronous', async () => {
  const { exports } = await instantiateWat(WAITER, { wait: suspending(async (x: number) => x * 10) });
  const pending = (exports['twice'] as Fn)(1);
  expect(pending).toBeInstanceOf(Promise);
  expect(await pending).toBe(30);
  expect((exports['plain'] as Fn)(1)).toBe(101);
});

test('an export that reaches a suspending import through a table gives a promise', async () => {
  const { exports } = await instantiateWat(WAITER, { wait: suspending(async (x: number) => x + 5) });
  const pending = (exports['throughTable'] as Fn)(1);
  expect(pending).toBeInstanceOf(Promise);
  expect(await pending).toBe(6);
});

test('a suspending import that returns a plain value still makes its exports give promises', async () => {
  const { exports } = await instantiateWat(WAITER, { wait: suspending((x: number) => x) });
  expect(await (exports['twice'] as Fn)(1)).toBe(3);
});

test('without a suspending import every export is synchronous', async () => {
  const { exports } = await instantiateWat(WAITER, { wait: (x: number) => x });
  expect((exports['twice'] as Fn)(1)).toBe(3);
});

test('an unmarked function that returns a promise is an error that names the import', async () => {
  const { exports } = await instantiateWat(WAITER, { wait: async (x: number) => x });
  expect(() => (exports['twice'] as Fn)(1)).toThrow(
    expect.objectContaining({
      code: 'E_IMPORT_PROMISE',
      fault: 'host',
      message: 'import "wait" returned a promise, but was not marked as suspending',
    }),
  );
  expect(await codeOf(() => (exports['plain'] as Fn)(1))).toBe('E_INSTANCE_TRAPPED');
});

test('a rejection with a ComponentError reaches the guest as the error case, and the instance lives on', async () => {
  let next: () => Promise<unknown> = () => Promise.reject(new ComponentError('busy'));
  const { exports } = await instantiateWat(ASKER, { ask: suspending(() => next()) });
  await expect((exports['relay'] as Fn)()).rejects.toMatchObject({ payload: 'busy' });
  next = () => Promise.resolve('hello');
  expect(await (exports['relay'] as Fn)()).toBe('hello');
});

test('a rejection with a payload of another type is a trap that is the fault of the host', async () => {
  const { exports } = await instantiateWat(ASKER, { ask: suspending(() => Promise.reject(new ComponentError(42))) });
  await expect((exports['relay'] as Fn)()).rejects.toMatchObject({ code: 'E_IMPORT_RESULT', fault: 'host' });
});

test('any other rejection is a trap that is the fault of the host, and keeps its cause', async () => {
  const cause = new Error('disk on fire');
  const { exports } = await instantiateWat(ASKER, { ask: suspending(() => Promise.reject(cause)) });
  await expect((exports['relay'] as Fn)()).rejects.toMatchObject({ code: 'E_IMPORT_THREW', fault: 'host', cause });
  expect(await codeOf(exports['relay'] as Fn)).toBe('E_INSTANCE_TRAPPED');
});

test('a suspending import that resolves to a wrong value is an error that says what was expected', async () => {
  const { exports } = await instantiateWat(WAITER, { wait: suspending(async () => 'ten') });
  await expect((exports['twice'] as Fn)(1)).rejects.toThrow(
    /import "wait" returned a wrong value: result: expected u32, got "ten"/,
  );
});

test('a wrong argument for a waiting export is refused as a rejection and poisons nothing', async () => {
  const { exports } = await instantiateWat(WAITER, { wait: suspending(async (x: number) => x) });
  expect(await codeOf(() => (exports['twice'] as Fn)('one'))).toBe('E_ARGUMENT_MISMATCH');
  expect(await (exports['twice'] as Fn)(1)).toBe(3);
});

/** A child component whose export calls the import, and a parent whose export calls the child's. */
const NESTED = `(component
  (import "wait" (func $wait (param "x" u32) (result u32)))
  (component $Inner
    (import "wait" (func $wait (param "x" u32) (result u32)))
    (core func $wait' (canon lower (func $wait)))
    (core module $m (import "" "wait" (func $wait (param i32) (result i32)))
      (func (export "f") (param i32) (result i32) (i32.add (i32.const 1) (call $wait (local.get 0)))))
    (core instance $i (instantiate $m (with "" (instance (export "wait" (func $wait'))))))
    (func (export "f") (param "x" u32) (result u32) (canon lift (core func $i "f"))))
  (component $Outer
    (import "f" (func $f (param "x" u32) (result u32)))
    (core func $f' (canon lower (func $f)))
    (core module $m (import "" "f" (func $f (param i32) (result i32)))
      (func (export "g") (param i32) (result i32) (i32.mul (i32.const 2) (call $f (local.get 0)))))
    (core instance $i (instantiate $m (with "" (instance (export "f" (func $f'))))))
    (func (export "g") (param "x" u32) (result u32) (canon lift (core func $i "g"))))
  (instance $inner (instantiate $Inner (with "wait" (func $wait))))
  (instance $outer (instantiate $Outer (with "f" (func $inner "f"))))
  (export "g" (func $outer "g")))`;

test('a call from one nested component into another suspends across both', async () => {
  const { exports } = await instantiateWat(NESTED, { wait: suspending(async (x: number) => x + 10) });
  expect(await (exports['g'] as Fn)(5)).toBe(32);
});

test('calls that arrive while a call is suspended are answered in order', async () => {
  const { fn, open, entered } = gate();
  let isFirst = true;
  const wait = suspending((x: number) => {
    if (!isFirst) return x;
    isFirst = false;
    return fn();
  });
  const { exports } = await instantiateWat(WAITER, { wait });
  const order: unknown[] = [];
  const calls = [1, 2, 3].map((x) =>
    Promise.resolve((exports['throughTable'] as Fn)(x)).then((value) => order.push(value)),
  );
  await entered;
  open(50);
  await Promise.all(calls);
  expect(order).toEqual([50, 2, 3]);
});

test('a synchronous export called while a call is suspended fails at once and names the import', async () => {
  const { fn, open, entered } = gate();
  const { exports } = await instantiateWat(WAITER, { wait: suspending(fn) });
  const pending = (exports['throughTable'] as Fn)(1);
  await entered;
  expect(() => (exports['plain'] as Fn)(1)).toThrow(/suspended in import "wait"/);
  open(7);
  expect(await pending).toBe(7);
  expect((exports['plain'] as Fn)(1)).toBe(101);
});

test('a host function that awaits an export of its own caller gets an error, not a hang', async () => {
  const seen: string[] = [];
  const wait = suspending(async (): Promise<number> => {
    seen.push(await codeOf(() => (instance.exports['twice'] as Fn)(1)));
    return 9;
  });
  const component = await compile(await wat(WAITER), { limits: { queueTimeoutMs: 30 } });
  const instance = await component.link({ wait }).instantiate();
  expect(await (instance.exports['throughTable'] as Fn)(1)).toBe(9);
  expect(seen).toEqual(['E_CALL_BLOCKED']);
});

test('more calls than maxQueuedCalls are refused at once', async () => {
  const { fn, open, entered } = gate();
  const component = await compile(await wat(WAITER), { limits: { maxQueuedCalls: 1 } });
  const { exports } = await component.link({ wait: suspending(fn) }).instantiate();
  const first = (exports['throughTable'] as Fn)(1);
  await entered;
  const second = (exports['throughTable'] as Fn)(2);
  expect(await codeOf(() => (exports['throughTable'] as Fn)(3))).toBe('E_CALL_BLOCKED');
  open(4);
  expect(await first).toBe(4);
  expect(await second).toBe(4);
});

test('disposing of an instance while it is suspended ends its calls', async () => {
  const { fn, open, entered } = gate();
  const instance = await instantiateWat(WAITER, { wait: suspending(fn) });
  const first = codeOf(() => (instance.exports['throughTable'] as Fn)(1));
  await entered;
  const second = codeOf(() => (instance.exports['throughTable'] as Fn)(2));
  instance[Symbol.dispose]();
  open(1);
  expect(await first).toBe('E_INSTANCE_DISPOSED');
  expect(await second).toBe('E_INSTANCE_DISPOSED');
});

describe('a suspending import cannot wait where JavaScript calls it:', () => {
  const lowered = `(import "w" (func $w (param "a" u32) (param "b" u32) (param "c" u32) (param "d" u32) (result u32)))
    (core func $w' (canon lower (func $w)))
    (import "v" (func $v (param "a" u32)))
    (core func $v' (canon lower (func $v)))`;
  const cases: [as: string, text: string, code: string][] = [
    [
      'as realloc',
      `(core module $m (memory (export "mem") 1) (func (export "f") (param i32 i32)))
      (core instance $i (instantiate $m))
      (func (export "f") (param "s" string)
        (canon lift (core func $i "f") (memory (core memory $i "mem")) (realloc (core func $w'))))`,
      'E_TRAP_CANNOT_LEAVE',
    ],
    [
      'as post-return',
      `(core module $m (memory (export "mem") 1) (func (export "f") (param i32) (result i32) (i32.const 8)))
      (core instance $i (instantiate $m))
      (func (export "f") (param "x" u32) (result string)
        (canon lift (core func $i "f") (memory (core memory $i "mem")) (post-return (core func $v'))))`,
      'E_TRAP_CANNOT_LEAVE',
    ],
    [
      'as a destructor',
      `(type $r (resource (rep i32) (dtor (core func $v'))))
      (core func $new (canon resource.new $r))
      (core func $drop (canon resource.drop $r))
      (core module $m
        (import "" "new" (func $new (param i32) (result i32)))
        (import "" "drop" (func $drop (param i32)))
        (func (export "f") (param i32) (call $drop (call $new (i32.const 9)))))
      (core instance $i (instantiate $m (with "" (instance (export "new" (func $new)) (export "drop" (func $drop))))))
      (func (export "f") (param "x" u32) (canon lift (core func $i "f")))`,
      'E_TRAP_CANNOT_SUSPEND',
    ],
  ];

  // What is left unhandled would end the process, and fails the run.
  test.each(cases)('%s', async (as, text, code) => {
    let calls = 0;
    const w = suspending(async () => calls++);
    const { exports } = await instantiateWat(`(component ${lowered} ${text})`, { w, v: w });
    const argument = as === 'as realloc' ? 'hello' : 1;
    expect(await codeOf(() => (exports['f'] as Fn)(argument))).toBe(code);
    expect(await codeOf(() => (exports['f'] as Fn)(argument))).toBe('E_INSTANCE_TRAPPED');
    expect(calls).toBe(0);
  });
});

test('only a function can be marked as suspending', () => {
  const mark = suspending as unknown as (value: unknown) => unknown;
  expect(() => mark(5)).toThrow(
    expect.objectContaining({
      code: 'E_ARGUMENT_MISMATCH',
      message: 'cannot call "suspending": expected a function, got 5',
    }),
  );
});

test('a start function that calls a suspending import is refused at link', async () => {
  const component = await compile(
    await wat(`(component
      (import "wait" (func $wait))
      (core func $wait' (canon lower (func $wait)))
      (core module $m (import "" "wait" (func $wait)) (start $wait))
      (core instance (instantiate $m (with "" (instance (export "wait" (func $wait')))))))`),
  );
  expect(() => component.link({ wait: suspending(() => undefined) })).toThrow(
    /a start function calls a suspending import/,
  );
  expect(() => component.link({ wait: () => undefined })).not.toThrow();
});

const originals = { Suspending: Reflect.get(WebAssembly, 'Suspending') as unknown };
afterEach(() => void Reflect.set(WebAssembly, 'Suspending', originals.Suspending));

test('where the runtime lacks promise integration, link says what is needed', async () => {
  const component = await compile(await wat(WAITER));
  Reflect.set(WebAssembly, 'Suspending', undefined);
  const missing = expect.objectContaining({ code: 'E_JSPI_MISSING', fault: 'user' }) as unknown;
  expect(() => component.link({ wait: suspending(() => 1) })).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('lacks JavaScript Promise Integration') as unknown,
      problems: [missing],
    }),
  );
});

/** Calls the import from inside \`realloc\` or \`post-return\`. */
const LEAVER = (where: 'realloc' | 'post-return'): string => `(component
  (import "wait" (func $wait))
  (core func $wait' (canon lower (func $wait)))
  (core module $m (import "" "wait" (func $wait))
    (memory (export "mem") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) ${where === 'realloc' ? '(call $wait)' : ''} (i32.const 64))
    (func (export "f") (param i32 i32) (result i32) (i32.const 1))
    (func (export "post") (param i32) (call $wait)))
  (core instance $i (instantiate $m (with "" (instance (export "wait" (func $wait'))))))
  (func (export "f") (param "s" string) (result u32)
    (canon lift (core func $i "f") (memory (core memory $i "mem")) (realloc (core func $i "realloc"))
      ${where === 'post-return' ? '(post-return (core func $i "post"))' : ''})))`;

test.each(['realloc', 'post-return'] as const)(
  'a %s that calls a suspending import is a trap with a name',
  async (where) => {
    const { exports } = await instantiateWat(LEAVER(where), { wait: suspending(() => undefined) });
    expect(await codeOf(() => (exports['f'] as Fn)('text'))).toBe('E_TRAP_CANNOT_LEAVE');
  },
);
