import { compile, isLoopError, type LoopError, suspending } from '@loophost/component';
import { describe, expect, test } from 'vitest';
import { wat } from './support/wat.ts';

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
const text = (s: string): Uint8Array => new TextEncoder().encode(s);

async function errorOf(bytes: Uint8Array): Promise<LoopError> {
  try {
    await compile(bytes);
  } catch (error) {
    if (isLoopError(error)) return error;
    throw error;
  }
  throw new Error('it compiled');
}

describe('a file of another kind is refused by what it is:', () => {
  const files: [string, Uint8Array][] = [
    ['an empty file', new Uint8Array(0)],
    ['a core WebAssembly module', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)],
    ['WebAssembly text (WAT)', text('  ;; a comment\n(component $c\n)')],
    ['a core WebAssembly module of version 2', Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0)],
    ['a component in version 12 of the binary format, not 13', Uint8Array.of(0, 0x61, 0x73, 0x6d, 12, 0, 1, 0)],
    ['a component in version 14 of the binary format, not 13', Uint8Array.of(0, 0x61, 0x73, 0x6d, 14, 0, 1, 0)],
    ['WebAssembly text (WAT)', text('(; a (; comment ;)\n;; another\n(module)')],
    ['WIT text', text('// doc\npackage a:b@1.0.0;\ninterface c {}')],
    ['WIT text', text('/* doc */ world w { }')],
    ['a text that starts with "package main import"', text('package main\n\nimport "fmt"')],
    ['a text that starts with "<!DOCTYPE html>', text('\n<!DOCTYPE html>\n<title>Not found</title>')],
    ['a native ELF program', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1)],
    ['a native Windows program', Uint8Array.of(0x4d, 0x5a, 0x90, 0)],
    ['a ZIP archive', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0)],
    ['gzip-compressed data', Uint8Array.of(0x1f, 0x8b, 8, 0)],
  ];
  test.each(files)('%s', async (kind, bytes) => {
    const error = await errorOf(bytes);
    expect(error.code).toBe('E_COMPONENT_OTHER_KIND');
    expect(error.message).toContain(kind);
    expect(error.fix).toBeTruthy();
  });

  test('a WIT package in binary form', async () => {
    const bytes = await wat(`(component
      (type $p (component
        (type $i (instance (export "f" (func (result u32)))))
        (export "acme:app/api@1.0.0" (instance (type $i)))))
      (export "api" (type $p)))`);
    expect((await errorOf(bytes)).message).toContain('a WIT package in binary form');
  });

  test('a text that is nothing but signs of comments, as fast as others', async () => {
    const texts = ['/', ';', '//', ';;', '// ----\n', ';; ;;', '(;', '(; ;)', '/*', '/**/ ', ' ', '// '];
    const started = performance.now();
    for (const piece of texts) {
      const error = await errorOf(text(piece.repeat(600)));
      expect([piece, error.code]).toEqual([piece, 'E_COMPONENT_OTHER_KIND']);
      expect(error.message).toContain('not a WebAssembly binary');
    }
    expect(performance.now() - started).toBeLessThan(500);
  });

  test('anything else', async () => {
    expect((await errorOf(Uint8Array.of(1, 2, 3))).message).toContain('not a WebAssembly binary');
  });

  test('a value that is no bytes, by what it is', async () => {
    const shared = new SharedArrayBuffer(8);
    const values: [unknown, string, string][] = [
      [undefined, 'got undefined', 'give the bytes of a WebAssembly component'],
      [null, 'got null', 'give the bytes'],
      ['greeter.wasm', 'got "greeter.wasm"', 'give the bytes'],
      [7, 'got 7', 'give the bytes'],
      [{}, 'got an object', 'give the bytes'],
      [[0, 0x61], 'got an array of 2', 'give the bytes'],
      [Promise.resolve(new Uint8Array(8)), 'got a Promise', 'await it'],
      [new Response(), 'got a Response', 'arrayBuffer()'],
      [new Blob([]), 'got a Blob', 'arrayBuffer()'],
      [Uint16Array.of(1), 'got a Uint16Array', 'give the bytes'],
      [new DataView(new ArrayBuffer(8)), 'got a DataView', 'give the bytes'],
      [shared, 'got a SharedArrayBuffer', 'copy it'],
      [new Uint8Array(shared), 'got a SharedArrayBuffer', 'copy it'],
    ];
    for (const [value, found, fix] of values) {
      const error = await errorOf(value as Uint8Array);
      expect(error.code).toBe('E_COMPONENT_OTHER_KIND');
      expect(error.message).toContain(`expected a Uint8Array or an ArrayBuffer, ${found}`);
      expect(error.fix).toContain(fix);
    }
  });
});

describe('a broken binary is refused with the byte offset of the fault:', () => {
  const cases: [string, number[], string, number][] = [
    ['an unknown layer', [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x02, 0x00], 'unknown binary version', 6],
    ['a section that is cut off', [...PREAMBLE, 7, 5, 1], 'length out of bounds', 10],
    ['an unknown section', [...PREAMBLE, 13, 0], 'malformed section id 13', 8],
    ['a type that does not exist', [...PREAMBLE, 7, 2, 1, 0x10], 'unknown type 0x10', 11],
    ['bytes past the end of a section', [...PREAMBLE, 7, 3, 1, 0x73, 0], 'bytes past its end', 12],
    [
      'a list longer than the file',
      [...PREAMBLE, 7, 5, 0xff, 0xff, 0xff, 0xff, 0x0f],
      'longer than the bytes left',
      10,
    ],
    ['a number too large for u32', [...PREAMBLE, 7, 5, 0xff, 0xff, 0xff, 0xff, 0x1f], 'too large for u32', 14],
    ['a name that is not UTF-8', [...PREAMBLE, 0, 3, 2, 0xff, 0xfe], 'not valid UTF-8', 10],
  ];
  test.each(cases)('%s', async (_name, bytes, why, offset) => {
    const error = await errorOf(Uint8Array.from(bytes));
    expect(error.code).toBe('E_COMPONENT_MALFORMED');
    expect(error.message).toContain(why);
    expect(error.at.offset).toBe(offset);
  });
});

describe('an invalid component is refused with a reason:', () => {
  const cases: [string, string, string][] = [
    ['an index out of bounds', '(component (export "a" (func 3)))', 'unknown func 3: index out of bounds'],
    [
      'an export that does not exist',
      '(component (import "i" (instance $i)) (alias export $i "f" (func)))',
      'instance 0 has no export named "f"',
    ],
    [
      'a missing argument',
      '(component (component $c (import "f" (func))) (instance (instantiate $c)))',
      'missing import named "f"',
    ],
    [
      'an argument of another type',
      '(component (import "f" (func $f (param "x" u32))) (component $c (import "f" (func (param "x" u64)))) (instance (instantiate $c (with "f" (func $f)))))',
      'type mismatch for import "f": type mismatch for "x" of func: expected u64, found u32',
    ],
    ['a name that is not kebab-case', '(component (import "not_kebab" (func)))', '"not_kebab" is not in kebab case'],
    [
      'two names that bindings could not tell apart',
      '(component (import "a-b" (func)) (import "A-b" (func)))',
      'conflicts with previous name "a-b"',
    ],
    [
      'a private type in an export',
      '(component (type $r (record (field "x" u32))) (import "f" (func (param "r" $r))))',
      'func not valid to be used as import',
    ],
    [
      'a lift without memory',
      '(component (core module $m (func (export "f") (param i32 i32))) (core instance $i (instantiate $m)) (func (param "s" string) (canon lift (core func $i "f"))))',
      'canonical option "memory" is required',
    ],
    [
      'a lift of another signature',
      '(component (core module $m (func (export "f") (param i64))) (core instance $i (instantiate $m)) (func (param "x" u32) (canon lift (core func $i "f"))))',
      'type mismatch for the core function: expected function (i32) -> (), found function (i64) -> ()',
    ],
    [
      'an argument whose record has another field',
      '(component (import "f" (func $f (param "x" (tuple u8 (option (result u8)))))) (component $c (import "f" (func (param "x" (tuple u8 (option (result string)))))) ) (instance (instantiate $c (with "f" (func $f)))))',
      'for "x" of func: type mismatch for "item 1" of tuple: type mismatch for "some" of option: type mismatch for "ok" of result: expected string, found u8',
    ],
    [
      'an argument of more parameters',
      '(component (import "f" (func $f (param "x" u32) (param "y" u32))) (component $c (import "f" (func (param "x" u32)))) (instance (instantiate $c (with "f" (func $f)))))',
      'expected nothing of func, found "y"',
    ],
    [
      'an argument that is async',
      '(component (import "f" (func $f async)) (component $c (import "f" (func))) (instance (instantiate $c (with "f" (func $f)))))',
      'expected func, found async func',
    ],
    [
      'an argument for another resource',
      '(component (import "r" (type $r (sub resource))) (import "s" (type $s (sub resource))) (import "f" (func $f (param "x" (own $s)))) (component $c (import "r" (type $r (sub resource))) (import "f" (func (param "x" (own $r))))) (instance (instantiate $c (with "r" (type $r)) (with "f" (func $f)))))',
      'type mismatch for "x" of func: resource types are not the same',
    ],
    [
      'a type of another kind',
      '(component (type $f (func)) (import "r" (type $r (eq $f))) (core func (canon resource.drop $r)))',
      'type mismatch for type 1: expected resource, found func',
    ],
    [
      'a method without self',
      '(component (import "r" (type $r (sub resource))) (import "[method]r.f" (func (param "x" (borrow $r)))))',
      'expected a function with a first parameter "self" that is a borrow of the resource, with "r" a resource named before',
    ],
    [
      'an interface name that is none',
      '(component (import "a:b/c/d" (instance)))',
      'expected namespace:package/interface@version in kebab case',
    ],
    ['a version that is none', '(component (import "a:b/c@1.x" (instance)))', 'expected a semver version, found "1.x"'],
    [
      'an option that lowering does not take',
      '(component (import "f" (func $f)) (core module $m (func (export "p"))) (core instance $i (instantiate $m)) (core func (canon lower (func $f) (post-return (core func $i "p")))))',
      'canonical option "post-return" cannot be used with "canon lower"',
    ],
    [
      'an export of another sort',
      '(component (import "i" (instance $i (export "f" (func)))) (alias export $i "f" (type $t)))',
      'type mismatch for export "f": expected type, found func',
    ],
    ['an enum of no cases', '(component (type (enum)))', 'a type needs at least one label'],
    [
      'resource.new of a resource of others',
      '(component (import "r" (type $r (sub resource))) (core func (canon resource.new $r)))',
      'type 0 is not a local resource',
    ],
    [
      'a borrow in a result',
      '(component (import "r" (type $r (sub resource))) (type (func (result (borrow $r)))))',
      'function result cannot contain a "borrow" type',
    ],
  ];
  test.each(cases)('%s', async (_name, source, why) => {
    const error = await errorOf(await wat(source));
    expect(error.code).toBe('E_COMPONENT_INVALID');
    expect(error.message).toContain(why);
    expect(error.at.offset).toBeGreaterThan(8);
  });
});

test('a core module that V8 refuses is named by its index and offset', async () => {
  const error = await errorOf(await wat('(component (core module) (core module (func (result i32) (i64.const 1))))'));
  expect(error.code).toBe('E_CORE_MODULE_INVALID');
  expect(error.message).toMatch(/core module 1 \(at offset 0x[0-9a-f]+\) is invalid: .*type error/);
});

describe('features that cannot run yet', () => {
  test('streams and futures of strings are handles, which need no memory', async () => {
    const component = await compile(
      await wat(`(component
        (type $f (future string))
        (import "f" (func $f (param "x" $f) (result (stream string))))
        (core func (canon lower (func $f))))`),
    );
    expect(component.imports).toMatchObject([{ name: 'f' }]);
  });

  test('are accepted by compile and refused by link, by name', async () => {
    const component = await compile(
      await wat(`(component
        (core func (canon task.cancel))
        (type $s (stream u8))
        (core func (canon stream.new $s)))`),
    );
    expect(component.unsupported.map(({ feature }) => feature)).toEqual([
      'the built-in "task.cancel"',
      'the built-in "stream.new"',
    ]);
    expect(() => component.link({})).toThrow(
      /the component uses the built-in "task.cancel" .*which this version does not run yet/,
    );
  });

  test('component-level values are refused by compile, by name', async () => {
    expect((await errorOf(Uint8Array.of(...PREAMBLE, 12, 1, 0))).code).toBe('E_FEATURE_UNSUPPORTED');
  });
});

test('the world of a component is typed, in the order of its definitions', async () => {
  const component = await compile(
    await wat(`(component
      (import "acme:log/log@1.0.0" (instance (export "write" (func (param "line" string)))))
      (import "seed" (func (result u64)))
      (type $t (tuple u8 (list string)))
      (export "pair" (type $t)))`),
  );
  const [log, seed] = component.imports;
  expect(log).toMatchObject({ name: 'acme:log/log@1.0.0', sort: 'instance' });
  expect(seed).toMatchObject({
    name: 'seed',
    sort: 'func',
    type: { kind: 'func', params: [], result: { kind: 'u64' } },
  });
  expect(component.exports).toMatchObject([
    {
      name: 'pair',
      sort: 'type',
      type: { kind: 'tuple', items: [{ kind: 'u8' }, { kind: 'list', element: { kind: 'string' } }] },
    },
  ]);
});

test('a component may be compiled from an ArrayBuffer, a view into one, or a Buffer', async () => {
  const bytes = await wat('(component (core module) (component (core module)))');
  const shifted = new Uint8Array(bytes.length + 7).subarray(7);
  shifted.set(bytes);
  for (const source of [bytes.slice().buffer, shifted, Buffer.from(bytes)])
    expect((await compile(source)).exports).toEqual([]);
});

describe('the bytes belong to the caller again when compile has returned its promise:', () => {
  const SOURCE = `(component
    (import "wait" (func $wait))
    (core func $wait' (canon lower (func $wait)))
    (core module $m (import "" "wait" (func $wait)) (memory 1) (func (export "f") (call $wait)))
    (core instance $i (instantiate $m (with "" (instance (export "wait" (func $wait'))))))
    (func (export "f") (canon lift (core func $i "f")))
    (@custom "note" "text"))`;
  const deeds: [string, (bytes: Uint8Array<ArrayBuffer>) => void][] = [
    ['overwritten', (bytes) => void bytes.fill(0xff)],
    ['transferred', (bytes) => void structuredClone(bytes.buffer, { transfer: [bytes.buffer] })],
  ];
  test.each(deeds)('they may be %s', async (_name, deed) => {
    const bytes = (await wat(SOURCE)).slice();
    const compiling = compile(bytes);
    deed(bytes);
    const component = await compiling;
    expect(component.customSections.map(({ data }) => new TextDecoder().decode(data))).toContain('text');
    let waited = 0;
    const linked = component.link({ wait: suspending(async () => void waited++) });
    await ((await linked.instantiate()).exports['f'] as () => Promise<void>)();
    expect(waited).toBe(1);
    expect(component.toMessage().callGraphs).toHaveLength(1);
  });
});
