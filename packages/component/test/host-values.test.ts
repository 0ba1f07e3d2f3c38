import { compile, ComponentError, type Instance, isLoopError, suspending } from '@loophost/component';
import { describe, expect, test } from 'vitest';
import { instantiateWat, wat } from './support/wat.ts';

type Fn = (...args: unknown[]) => unknown;

function failure(work: () => unknown): { code: string; message: string } {
  try {
    work();
  } catch (error) {
    if (isLoopError(error)) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: 'none', message: '' };
}

/** Gives each of the values in turn, and the last again and again. */
function inTurn(...values: unknown[]): () => unknown {
  let i = 0;
  return () => values[Math.min(i++, values.length - 1)];
}

/** Takes values and keeps nothing. Its memory is large enough for what a test may pass by mistake. */
const TAKER = `(component
  (type $rec' (record (field "a" u32) (field "l" (list string)) (field "s" string))) (export $rec "rec-type" (type $rec'))
  (type $big' (record (field "n" u64))) (export $big "big-type" (type $big'))
  (type $flags' (flags "x" "y")) (export $flags "flags-type" (type $flags'))
  (type $variant' (variant (case "x" u32) (case "y"))) (export $variant "variant-type" (type $variant'))
  (core module $m (memory (export "mem") 1) (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $next)
      (global.set $next (i32.and (i32.add (i32.add (global.get $next) (local.get 3)) (i32.const 15)) (i32.const -16))))
    (func (export "rec") (param i32 i32 i32 i32 i32))
    (func (export "big") (param i64))
    (func (export "list") (param i32 i32))
    (func (export "one") (param i32))
    (func (export "two") (param i32 i32))
    (func (export "sum") (param i32 i32) (result i32) (local i32)
      (if (local.get 1) (then (loop $l
        (local.set 2 (i32.add (local.get 2) (i32.load (local.get 0))))
        (local.set 0 (i32.add (local.get 0) (i32.const 4)))
        (br_if $l (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))))
      (local.get 2)))
  (core instance $i (instantiate $m))
  (alias core export $i "mem" (core memory $mem))
  (alias core export $i "realloc" (core func $realloc))
  (func (export "rec") (param "p" $rec) (canon lift (core func $i "rec") (memory $mem) (realloc $realloc)))
  (func (export "big") (param "p" $big) (canon lift (core func $i "big")))
  (func (export "sum") (param "p" (list u32)) (result u32) (canon lift (core func $i "sum") (memory $mem) (realloc $realloc)))
  (func (export "nested") (param "p" (list (list u32))) (canon lift (core func $i "list") (memory $mem) (realloc $realloc)))
  (func (export "flags") (param "p" $flags) (canon lift (core func $i "one")))
  (func (export "variant") (param "p" $variant) (canon lift (core func $i "two")))
  (func (export "option") (param "p" (option u32)) (canon lift (core func $i "two"))))`;

function detached(): Uint32Array {
  const array = new Uint32Array(4);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}

function shrunk(): Uint32Array {
  const buffer = new ArrayBuffer(16, { maxByteLength: 16 });
  const array = new Uint32Array(buffer, 8, 2);
  buffer.resize(4);
  return array;
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
}

const throwing = (text: string): (() => never) => {
  return () => {
    throw new Error(text);
  };
};

describe('an argument that cannot be read is refused with its path, and the instance lives on:', () => {
  const cases: [name: string, fn: string, make: () => unknown, message: string | RegExp][] = [
    [
      'a getter that throws',
      'rec',
      () => Object.defineProperty({ l: [], s: '' }, 'a', { get: throwing('no a') }),
      'p.a: it cannot be read: no a',
    ],
    ['a revoked proxy', 'sum', revoked, /p: it cannot be read: .*revoked/],
    ['a revoked proxy in a list', 'nested', () => [[], revoked()], /p\[1\]: it cannot be read: .*revoked/],
    [
      'flags whose keys cannot be listed',
      'flags',
      () => new Proxy({}, { ownKeys: throwing('no keys') }),
      'p: it cannot be read: no keys',
    ],
    [
      'an object whose constructor cannot be read, where a number is wanted',
      'option',
      () => Object.defineProperty({}, 'constructor', { get: throwing('no constructor') }),
      'p: expected u32, got an object',
    ],
    ['a typed array whose buffer was transferred', 'sum', detached, /p: it cannot be read: .*detached/],
    ['a typed array outside of its shrunk buffer', 'sum', shrunk, /p: it cannot be read: .*out-of-bounds/],
    [
      'a getter that throws the second time',
      'rec',
      () => {
        const a = inTurn(() => 1, throwing('no more'));
        return { l: [], s: '', get a(): unknown { return (a() as Fn)(); } }; // prettier-ignore
      },
      'p.a: it cannot be read: no more',
    ],
    [
      'a getter that gives a string, then none',
      'rec',
      () => {
        const s = inTurn('', 5);
        return { a: 1, l: [], get s(): unknown { return s(); } }; // prettier-ignore
      },
      'p.s: expected string, got 5',
    ],
    [
      'a getter that gives a BigInt once',
      'big',
      () => {
        const n = inTurn(1n, 'x', 1n);
        return { get n(): unknown { return n(); } }; // prettier-ignore
      },
      'an argument changed while it was read: expected u64, got "x"',
    ],
    [
      'a tag that becomes no case',
      'variant',
      () => {
        const tag = inTurn('y', 'z');
        return { get tag(): unknown { return tag(); } }; // prettier-ignore
      },
      'p: expected variant { tag: "x", "y" }, got an object',
    ],
    [
      'a typed array that claims to be longer',
      'sum',
      () => Object.defineProperty(new Uint32Array(2), 'length', { value: 100 }),
      /an argument changed while it was read: Invalid typed array length/,
    ],
  ];

  test.each(cases)('%s', async (_name, fn, make, message) => {
    const { exports } = await instantiateWat(TAKER);
    const error = failure(() => (exports[fn] as Fn)(make()));
    expect(error.code).toBe('E_ARGUMENT_MISMATCH');
    expect(error.message).toMatch(message);
    expect((exports['sum'] as Fn)([1, 2, 3])).toBe(6);
  });

  test('an empty typed array is an empty list', async () => {
    const { exports } = await instantiateWat(TAKER);
    expect((exports['sum'] as Fn)(new Uint32Array(0))).toBe(0);
  });

  test('a list that grows while it is passed keeps the length that it had', async () => {
    const { exports } = await instantiateWat(TAKER);
    const growing = new Proxy([1, 2], {
      get: (target, key) => (key === 'length' ? 2 : Reflect.get(target.concat(100), key)),
    });
    expect((exports['sum'] as Fn)(growing)).toBe(3);
  });
});

/** Calls `w` with an exception handler for whatever it throws, and says so by `log`. */
function catching(sig: string, core: string, call: string): string {
  return `(component
    (type $rec' (record (field "a" u64) (field "b" u32)))
    (import "rec" (type $rec (eq $rec')))
    (import "w" (func $w ${sig}))
    (import "log" (func $log))
    (core module $libc (memory (export "mem") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
    (core instance $libc (instantiate $libc))
    (core func $w' (canon lower (func $w) (memory (core memory $libc "mem")) (realloc (core func $libc "realloc"))))
    (core func $log' (canon lower (func $log)))
    (core module $m (import "" "w" (func $w ${core})) (import "" "log" (func $log))
      (func (export "f") (result i32)
        (block $h (try_table (catch_all $h) ${call} (return (i32.const 1))))
        (call $log) (i32.const 77)))
    (core instance $i (instantiate $m (with "" (instance (export "w" (func $w')) (export "log" (func $log'))))))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))`;
}

const SCALAR = catching('(result u32)', '(result i32)', '(drop (call $w))');
const RECORD = catching('(result $rec)', '(param i32)', '(call $w (i32.const 0))');
const NOTHING = catching('', '', '(call $w)');

/** An Error whose text cannot be read. */
function mute(): Error {
  return Object.defineProperty(new Error(), 'message', { get: throwing('no message') });
}

const throws = (value: unknown) => (): never => {
  throw value;
};

describe('what a host function does wrong ends the instance, whatever the guest catches:', () => {
  const closed = new Proxy({}, { has: throwing('h'), get: throwing('g'), getPrototypeOf: throwing('p') });
  const cases: [name: string, text: string, w: () => unknown, code: string, message: string][] = [
    ['throws an object without a text', SCALAR, throws(Object.create(null)), 'E_IMPORT_THREW', 'without a text'],
    ['throws an error whose text throws', SCALAR, throws(mute()), 'E_IMPORT_THREW', 'without a text'],
    ['throws a proxy that refuses everything', RECORD, throws(closed), 'E_IMPORT_THREW', 'import "w" failed: '],
    ['returns an object without a text', SCALAR, () => Object.create(null), 'E_IMPORT_RESULT', 'got an object'],
    ['returns a symbol', SCALAR, () => Symbol('x'), 'E_IMPORT_RESULT', 'expected u32, got Symbol(x)'],
    [
      'returns something whose `then` throws',
      NOTHING,
      () => new Proxy({}, { get: throwing('then!') }),
      'E_IMPORT_THREW',
      'then!',
    ],
    [
      'returns a record with a getter that throws',
      RECORD,
      () => Object.defineProperty({ b: 1 }, 'a', { get: throwing('no a') }),
      'E_IMPORT_RESULT',
      'result.a: it cannot be read: no a',
    ],
    [
      'returns a record that reads differently the second time',
      RECORD,
      () => {
        const a = inTurn(1n, 'x');
        return { b: 1, get a(): unknown { return a(); } }; // prettier-ignore
      },
      'E_IMPORT_THREW',
      'import "w" failed: ',
    ],
  ];

  async function start(text: string, w: unknown): Promise<{ instance: Instance; logged: () => number }> {
    let logged = 0;
    const instance = await instantiateWat(text, { w, log: () => void logged++ });
    return { instance, logged: () => logged };
  }

  test.each(cases)('%s', async (_name, text, w, code, message) => {
    const { instance, logged } = await start(text, w);
    const error = failure(() => (instance.exports['f'] as Fn)());
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(failure(() => (instance.exports['f'] as Fn)()).code).toBe('E_INSTANCE_TRAPPED');
    expect(logged()).toBe(0);
  });

  test.each(cases)('%s, when it is suspending', async (_name, text, w, code, message) => {
    const { instance, logged } = await start(text, suspending(w));
    const call = (instance.exports['f'] as Fn)() as Promise<unknown>;
    // Where a promise is expected, one with a `then` that throws is a rejection.
    await expect(call).rejects.toMatchObject({ code, message: expect.stringContaining(message) as unknown });
    expect(logged()).toBe(0);
  });
});

test('a host function that runs into E_CALL_REENTRANT passes on what to do about it', async () => {
  const running: { instance?: Instance } = {};
  const w = (): unknown => ((running.instance as Instance).exports['f'] as Fn)();
  const component = await compile(await wat(SCALAR));
  running.instance = await component.link({ w, log: () => undefined }).instantiate();
  const fix = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      return (error as { fix?: unknown }).fix;
    }
  };
  expect(fix(w)).toBe('call it after the current call has returned');
  const failing = await instantiateWat(SCALAR, { w: throws(new ComponentError(1)), log: () => undefined });
  expect(fix(() => (failing.exports['f'] as Fn)())).toContain('throw new ComponentError');
});
