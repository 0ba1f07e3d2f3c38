import { ComponentError } from '@loophost/component';
import { describe, expect, test } from 'vitest';
import { echo, I32, through } from './support/echo.ts';
import { instantiateWat } from './support/wat.ts';

type Fn = (...args: unknown[]) => unknown;

const PERSON = '(type $person (record (field "full-name" string) (field "age" u8) (field "tags" (list string))))';

describe('values reach the host and the guest unchanged:', () => {
  const cases: [
    type: string,
    definitions: string,
    core: { params: string; result: string } | undefined,
    values: unknown[],
  ][] = [
    ['bool', '', I32, [true, false]],
    ['u8', '', I32, [0, 255]],
    ['s8', '', I32, [-128, 127]],
    ['u16', '', I32, [0, 65535]],
    ['s16', '', I32, [-32768, 32767]],
    ['u32', '', I32, [0, 4294967295]],
    ['s32', '', I32, [-2147483648, 2147483647]],
    ['u64', '', { params: 'i64', result: 'i64' }, [0n, 2n ** 64n - 1n]],
    ['s64', '', { params: 'i64', result: 'i64' }, [-(2n ** 63n), 2n ** 63n - 1n]],
    ['f32', '', { params: 'f32', result: 'f32' }, [0.5, -0, Infinity, Number.NaN]],
    ['f64', '', { params: 'f64', result: 'f64' }, [0.1, -0, -Infinity, Number.NaN]],
    ['char', '', I32, ['a', '😀', '\u{10ffff}']],
    ['string', '', undefined, ['', 'plain', 'hö☃😀', 'x'.repeat(1000), 'ö'.repeat(1000), '\0']],
    ['(list u8)', '', undefined, [new Uint8Array(0), Uint8Array.of(1, 2, 255)]],
    ['(list s64)', '', undefined, [BigInt64Array.of(-1n, 5n)]],
    ['(list f32)', '', undefined, [Float32Array.of(0.5, Number.NaN)]],
    ['(list bool)', '', undefined, [[true, false, true]]],
    ['(list (list string))', '', undefined, [[['a', 'bc'], [], ['']]]],
    [
      '$person',
      PERSON,
      { params: 'i32 i32 i32 i32 i32', result: '' },
      [{ fullName: 'Ada', age: 36, tags: ['x', 'y'] }],
    ],
    ['(tuple u8 (tuple f64 string))', '', { params: 'i32 f64 i32 i32', result: '' }, [[1, [2.5, 'z']]]],
    ['(option u32)', '', { params: 'i32 i32', result: '' }, [undefined, 0, 7]],
    [
      '(option (option u32))',
      '',
      { params: 'i32 i32 i32', result: '' },
      [{ tag: 'none' }, { tag: 'some', val: undefined }, { tag: 'some', val: 7 }],
    ],
    [
      '(list (result u8 (error string)))',
      '',
      undefined,
      [
        [
          { tag: 'ok', val: 1 },
          { tag: 'err', val: 'no' },
        ],
      ],
    ],
    ['$color', '(type $color (enum "red" "dark-blue"))', I32, ['red', 'dark-blue']],
    ['$perms', '(type $perms (flags "read" "write-all" "exec"))', I32, [{ read: true, writeAll: false, exec: true }]],
    [
      '$shape',
      '(type $shape (variant (case "none") (case "num" f32) (case "big" s64) (case "text" string) (case "dbl" f64)))',
      { params: 'i32 i64 i32', result: '' },
      [
        { tag: 'none' },
        { tag: 'num', val: 1.5 },
        { tag: 'big', val: -5n },
        { tag: 'text', val: 'hi' },
        { tag: 'dbl', val: 0.1 },
      ],
    ],
    [
      '(map string u32)',
      '',
      undefined,
      [
        new Map([
          ['a', 1],
          ['b', 2],
        ]),
      ],
    ],
    ['(list u16 3)', '', { params: 'i32 i32 i32', result: '' }, [Uint16Array.of(1, 2, 65535)]],
  ];
  test.each(cases)('%s', async (type, definitions, core, values) => {
    for (const value of values) {
      const { seen, result } = await through(echo(type, definitions, core), value);
      expect(seen).toEqual(value);
      expect(result).toEqual(value);
    }
  });

  test('a map passes beside other types, whichever was defined first', async () => {
    const { exports } = await instantiateWat(`(component
      (type $f (func (param "m" (map string u32)) (param "s" string) (result u32)))
      (core module $m (memory (export "mem") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
        (func (export "f") (param i32 i32 i32 i32) (result i32) (local.get 3)))
      (core instance $i (instantiate $m))
      (func (export "f") (type $f)
        (canon lift (core func $i "f") (memory (core memory $i "mem")) (realloc (core func $i "realloc")))))`);
    expect((exports['f'] as (...args: unknown[]) => unknown)(new Map([['a', 1]]), 'hello')).toBe(5);
  });

  test('a lone surrogate becomes the replacement character', async () => {
    expect((await through(echo('string'), 'a\ud800b')).result).toBe('a\ufffdb');
  });

  test('null is an absent option, and an absent flag is false', async () => {
    expect((await through(echo('(option u32)', '', { params: 'i32 i32', result: '' }), null)).seen).toBeUndefined();
    const flags = echo('$perms', '(type $perms (flags "read" "write"))', I32);
    expect((await through(flags, { write: true })).seen).toEqual({ read: false, write: true });
  });
});

describe('a wrong argument is refused with its path, and the instance lives on:', () => {
  const cases: [
    type: string,
    definitions: string,
    core: { params: string; result: string } | undefined,
    value: unknown,
    message: string,
  ][] = [
    ['u8', '', I32, 256, 'x: expected u8, got 256'],
    ['u8', '', I32, 1.5, 'x: expected u8, got 1.5'],
    ['u32', '', I32, '7', 'x: expected u32, got "7"'],
    ['s32', '', I32, 7n, 'x: expected s32, got 7n'],
    ['u64', '', { params: 'i64', result: 'i64' }, 5, 'x: expected u64 as a BigInt, got 5'],
    ['f64', '', { params: 'f64', result: 'f64' }, undefined, 'x: expected f64, got undefined'],
    ['char', '', I32, 'ab', 'x: expected char (a string of one Unicode scalar value), got "ab"'],
    ['char', '', I32, '\ud800', 'x: expected char'],
    ['string', '', undefined, Symbol('s'), 'x: expected string, got Symbol(s)'],
    ['(list u8)', '', undefined, 'text', 'x: expected list<u8> (Uint8Array or array), got "text"'],
    ['(list u8)', '', undefined, [1, 2, 300], 'x[2]: expected u8, got 300'],
    ['(list u8)', '', undefined, new Uint16Array(1), 'x: expected list<u8> (Uint8Array or array), got a Uint16Array'],
    [
      '$person',
      PERSON,
      { params: 'i32 i32 i32 i32 i32', result: '' },
      { fullName: 'A', age: 'x', tags: [] },
      'x.age: expected u8, got "x"',
    ],
    [
      '$person',
      PERSON,
      { params: 'i32 i32 i32 i32 i32', result: '' },
      { fullName: 'A', age: 1, tags: ['a', null] },
      'x.tags[1]: expected string, got null',
    ],
    ['(tuple u8 u8)', '', { params: 'i32 i32', result: '' }, [1], 'x: expected tuple of 2, got an array of 1'],
    ['$color', '(type $color (enum "red" "blue"))', I32, 'green', 'x: expected enum (red, blue), got "green"'],
    [
      '$perms',
      '(type $perms (flags "read" "write"))',
      I32,
      { raed: true },
      'x.raed: expected one of the flags read, write, got true',
    ],
    ['(option u32)', '', { params: 'i32 i32', result: '' }, 'x', 'x: expected u32, got "x"'],
    [
      '(list (result u8))',
      '',
      undefined,
      [{ tag: 'okay' }],
      'x[0]: expected result { tag: "ok", "err" }, got an object',
    ],
    ['(list (result u8))', '', undefined, [{ tag: 'ok', val: -1 }], 'x[0].val: expected u8, got -1'],
    [
      '(list u16 3)',
      '',
      { params: 'i32 i32 i32', result: '' },
      [1, 2],
      'x: expected list of exactly 3, got an array of 2',
    ],
  ];
  test.each(cases)('%s', async (type, definitions, core, value, message) => {
    const { exports } = await instantiateWat(echo(type, definitions, core), { g: (x: unknown) => x });
    const call = (): unknown => (exports['f'] as Fn)(value);
    expect(call).toThrow(message);
    expect(call).toThrow(expect.objectContaining({ code: 'E_ARGUMENT_MISMATCH', fault: 'user' }));
  });

  test('too many arguments', async () => {
    const { exports } = await instantiateWat(echo('u8', '', I32), { g: (x: unknown) => x });
    expect(() => (exports['f'] as Fn)(1, 2)).toThrow('cannot call "f": expected 1 arguments, got 2');
    expect((exports['f'] as Fn)(1)).toBe(1);
  });
});

describe('a host function', () => {
  test('that returns a wrong value is a trap that is its fault, with the path', async () => {
    const { exports } = await instantiateWat(echo('(list string)'), { g: () => ['a', 5] });
    expect(() => (exports['f'] as Fn)(['x'])).toThrow(
      'import "g" returned a wrong value: result[1]: expected string, got 5',
    );
    expect(() => (exports['f'] as Fn)(['x'])).toThrow(expect.objectContaining({ code: 'E_INSTANCE_TRAPPED' }));
  });

  test('that throws is a trap that is its fault, and keeps the cause', async () => {
    const cause = new Error('no network');
    const g = (): never => {
      throw cause;
    };
    const { exports } = await instantiateWat(echo('u32', '', I32), { g });
    expect(() => (exports['f'] as Fn)(1)).toThrow(
      expect.objectContaining({ code: 'E_IMPORT_THREW', fault: 'host', cause }),
    );
  });

  test('that calls back into the instance is refused, and the call goes on when it handles that', async () => {
    const codes: unknown[] = [];
    const { exports } = await instantiateWat(echo('u32', '', I32), {
      g: (x: number): number => {
        try {
          (exports['f'] as Fn)(1);
        } catch (error) {
          codes.push((error as { code: unknown }).code);
        }
        return x + 1;
      },
    });
    expect((exports['f'] as Fn)(1)).toBe(2);
    expect(codes).toEqual(['E_CALL_REENTRANT']);
    expect((exports['f'] as Fn)(5)).toBe(6);
  });
});

describe('a top-level result', () => {
  const FALLIBLE = `(component
    (import "g" (func $g (param "x" u32) (result (result u32 (error string)))))
    (core module $libc (memory (export "mem") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 256)))
    (core instance $libc (instantiate $libc))
    (core func $g' (canon lower (func $g) (memory (core memory $libc "mem")) (realloc (core func $libc "realloc"))))
    (core module $m (import "" "g" (func $g (param i32 i32)))
      (func (export "f") (param i32) (result i32) (call $g (local.get 0) (i32.const 16)) (i32.const 16)))
    (core instance $i (instantiate $m (with "" (instance (export "g" (func $g'))))))
    (func (export "f") (param "x" u32) (result (result u32 (error string)))
      (canon lift (core func $i "f") (memory (core memory $libc "mem")))))`;

  test('is a return or a thrown ComponentError, both ways', async () => {
    const g = (x: number): number => {
      if (x > 9) throw new ComponentError(`too large: ${x}`);
      return x * 2;
    };
    const { exports } = await instantiateWat(FALLIBLE, { g });
    expect((exports['f'] as Fn)(4)).toBe(8);
    expect(() => (exports['f'] as Fn)(10)).toThrow(expect.objectContaining({ payload: 'too large: 10' }));
    expect(() => (exports['f'] as Fn)(10)).toThrow(ComponentError);
    expect((exports['f'] as Fn)(1)).toBe(2);
  });

  test('takes a thrown value of the error type, as WASI implementations throw it', async () => {
    const g = (): never => {
      // oxlint-disable-next-line no-throw-literal -- this is what the shims do
      throw 'access';
    };
    const { exports } = await instantiateWat(FALLIBLE, { g });
    expect(() => (exports['f'] as Fn)(1)).toThrow(expect.objectContaining({ payload: 'access' }));
  });

  test('does not take a payload of another type', async () => {
    const g = (): never => {
      throw new ComponentError(5);
    };
    const { exports } = await instantiateWat(FALLIBLE, { g });
    expect(() => (exports['f'] as Fn)(1)).toThrow(
      'import "g" returned a wrong value: error payload: expected string, got 5',
    );
  });
});

test('post-return runs once per call with what the function returned', async () => {
  const { exports } = await instantiateWat(`(component
    (core module $m (memory (export "mem") 1)
      (global $live (mut i32) (i32.const 0))
      (data (i32.const 100) "text")
      (func (export "f") (result i32)
        (global.set $live (i32.add (global.get $live) (i32.const 1)))
        (i32.store (i32.const 16) (i32.const 100)) (i32.store (i32.const 20) (i32.const 4)) (i32.const 16))
      (func (export "free") (param i32)
        (if (i32.ne (local.get 0) (i32.const 16)) (then unreachable))
        (global.set $live (i32.sub (global.get $live) (i32.const 1))))
      (func (export "live") (result i32) (global.get $live)))
    (core instance $i (instantiate $m))
    (func (export "f") (result string) (canon lift (core func $i "f") (memory (core memory $i "mem")) (post-return (core func $i "free"))))
    (func (export "live") (result u32) (canon lift (core func $i "live"))))`);
  for (let i = 0; i < 5; i++) expect((exports['f'] as Fn)()).toBe('text');
  expect((exports['live'] as Fn)()).toBe(0);
});

test('a trap names the wasm functions on the stack', async () => {
  const { exports } = await instantiateWat(`(component
    (core module $guts (func $inner-step unreachable) (func $outer-step (export "f") (call $inner-step)))
    (core instance $i (instantiate $guts))
    (func (export "f") (canon lift (core func $i "f"))))`);
  expect(exports['f']).toThrow(
    expect.objectContaining({
      code: 'E_TRAP_CORE',
      backtrace: [expect.stringContaining('inner-step'), expect.stringContaining('outer-step')],
    }),
  );
});

test('memory that grows during a call is seen by what follows', async () => {
  const { exports } = await instantiateWat(`(component
    (core module $m (memory (export "mem") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (i32.mul (memory.grow (i32.const 2)) (i32.const 65536)))
      (func (export "f") (param i32 i32) (result i32)
        (drop (memory.grow (i32.const 1)))
        (i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1)) (i32.const 16)))
    (core instance $i (instantiate $m))
    (func (export "f") (param "s" string) (result string)
      (canon lift (core func $i "f") (memory (core memory $i "mem")) (realloc (core func $i "realloc")))))`);
  for (const text of ['a', 'some text', 'x'.repeat(100_000)]) expect((exports['f'] as Fn)(text)).toBe(text);
});
