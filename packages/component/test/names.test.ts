import { compile, type ValueType } from '@loophost/component';
import { printWave } from '@loophost/component/text';
import { describe, expect, test } from 'vitest';
import { echo, I32, through } from './support/echo.ts';
import { instantiateWat, wat } from './support/wat.ts';

type Fn = (...args: unknown[]) => unknown;
type Class = Record<string, Fn> & (new (...args: unknown[]) => Record<string, Fn>);

/** A resource whose functions have names that JavaScript uses itself. */
const AWKWARD = `(component
  (type $thing' (resource (rep i32)))
  (core func $new (canon resource.new $thing'))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32)))
    (func (export "make") (result i32) (call $new (i32.const 7)))
    (func (export "seven") (result i32) (i32.const 7))
    (func (export "rep") (param i32) (result i32) (local.get 0)))
  (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
  (export $thing "thing" (type $thing'))
  (func (export "[constructor]thing") (result (own $thing)) (canon lift (core func $i "make")))
  (func (export "[static]thing.prototype") (result u32) (canon lift (core func $i "seven")))
  (func (export "[static]thing.name") (result u32) (canon lift (core func $i "seven")))
  (func (export "[method]thing.constructor") (param "self" (borrow $thing)) (result u32) (canon lift (core func $i "rep")))
  (func (export "[method]thing.to-string") (param "self" (borrow $thing)) (result u32) (canon lift (core func $i "rep")))
  (func (export "use") (param "t" (borrow $thing)) (result u32) (canon lift (core func $i "rep"))))`;

describe('names that JavaScript uses itself are usable:', () => {
  test('functions of an exported resource', async () => {
    const { exports } = await instantiateWat(AWKWARD);
    const Thing = exports['Thing'] as Class;
    expect([Thing['prototype_']?.(), (Thing['name'] as unknown as Fn)()]).toEqual([7, 7]);
    const thing = new Thing();
    expect([thing['constructor']?.(), thing['toString']?.()]).toEqual([7, 7]);
    expect(() => (exports['use'] as Fn)({})).toThrow('expected resource thing, got an object');
  });

  test('fields of a record count only where a value has its own', async () => {
    const record = '(type $r (record (field "constructor" (option string)) (field "to-string" (option string))))';
    const text = echo('$r', record, { params: 'i32 i32 i32 i32 i32 i32', result: '' });
    expect((await through(text, {})).seen).toEqual({ constructor: undefined, toString: undefined });
    const own = { constructor: 'a', toString: 'b' };
    expect((await through(text, own)).result).toEqual(own);
    const required = '(type $r (record (field "value-of" u32)))';
    await expect(through(echo('$r', required, I32), {})).rejects.toThrow('x.valueOf: expected u32, got undefined');
  });

  test('fields of a record in WAVE', async () => {
    const component = await compile(
      await wat(`(component (type $r (record (field "constructor" (option string))))
        (import "r" (type $r' (eq $r))) (import "f" (func (param "x" $r'))))`),
    );
    const func = component.imports.find(({ name }) => name === 'f');
    const type = func?.sort === 'func' ? func.type.params[0]?.type : undefined;
    expect(printWave({}, type as ValueType)).toBe('{:}');
  });

  test('fields beside them may be accessors of a class', async () => {
    const record = '(type $r (record (field "value-of" u8) (field "age" u8)))';
    class Person {
      valueOf = 1;
      get age(): number {
        return 2;
      }
    }
    const text = echo('$r', record, { params: 'i32 i32', result: '' });
    expect((await through(text, new Person())).result).toEqual({ valueOf: 1, age: 2 });
  });

  test('flags are set only where a value says so itself', async () => {
    const flags = echo('$f', '(type $f (flags "constructor" "to-string"))', I32);
    expect((await through(flags, {})).seen).toEqual({ constructor: false, toString: false });
    expect((await through(flags, { toString: true })).seen).toEqual({ constructor: false, toString: true });
  });
});

/** A world that has a resource of its own, outside of any interface. */
const WORLD_RESOURCE = `(component
  (import "log" (type $log (sub resource)))
  (import "[constructor]log" (func $make (param "level" u32) (result (own $log))))
  (import "[method]log.level" (func $level (param "self" (borrow $log)) (result u32)))
  (import "[static]log.count" (func $count (result u32)))
  (core func $make' (canon lower (func $make)))
  (core func $level' (canon lower (func $level)))
  (core func $count' (canon lower (func $count)))
  (core module $m
    (import "" "make" (func $make (param i32) (result i32)))
    (import "" "level" (func $level (param i32) (result i32)))
    (import "" "count" (func $count (result i32)))
    (func (export "run") (param i32) (result i32)
      (i32.add (call $level (call $make (local.get 0))) (call $count))))
  (core instance $i (instantiate $m (with "" (instance
    (export "make" (func $make')) (export "level" (func $level')) (export "count" (func $count'))))))
  (func (export "run") (param "level" u32) (result u32) (canon lift (core func $i "run"))))`;

describe('a resource of the world itself', () => {
  test('is served by a class, like one of an interface', async () => {
    class Log {
      readonly #level: number;
      static #count = 0;
      constructor(level: number) {
        this.#level = level;
        Log.#count += 100;
      }
      level(): number {
        return this.#level;
      }
      static count(): number {
        return Log.#count;
      }
    }
    const { exports } = await instantiateWat(WORLD_RESOURCE, { Log });
    expect((exports['run'] as Fn)(5)).toBe(105);
  });

  test('that nothing serves is told with the class and function that are missing', async () => {
    const component = await compile(await wat(WORLD_RESOURCE));
    expect(() => component.link({})).toThrow('the provider has no function "Log": the class of the resource');
    expect(() => component.link({ Log: class {} })).toThrow('the provider has no function "Log.prototype.level"');
  });
});

test.each([
  ['many words of digits', `a${'-1'.repeat(5000)}_`],
  ['many words that mix cases', `a${'-1aA'.repeat(5000)}`],
])('a name of %s is refused without trying every way to read it', async (_what, name) => {
  const component = wat(`(component (core module $m (func (export "f"))) (core instance $i (instantiate $m))
    (func (export "${'n'.repeat(name.length)}") (canon lift (core func $i "f"))))`);
  const bytes = (await component).slice();
  const at = Buffer.from(bytes).indexOf('n'.repeat(name.length));
  bytes.set(new TextEncoder().encode(name), at);
  await expect(compile(bytes)).rejects.toMatchObject({ code: 'E_COMPONENT_INVALID' });
});
