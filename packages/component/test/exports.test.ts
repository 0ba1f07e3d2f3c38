import { compile, isLoopError } from '@loophost/component';
import { describe, expect, test } from 'vitest';
import { instantiateWat, wat } from './support/wat.ts';

type Fn = (...args: unknown[]) => unknown;

describe('an imported resource that a component exports again', () => {
  const RELAY = `(component
    (import "a:b/c" (instance $i
      (export "r" (type $r (sub resource)))
      (export "[constructor]r" (func (param "x" u32) (result (own $r))))
      (export "[method]r.get" (func (param "self" (borrow $r)) (result u32)))
      (export "[static]r.make" (func (result (own $r))))))
    (export "a:b/c" (instance $i)))`;

  class Cell {
    readonly x: number;

    constructor(x: number) {
      this.x = x;
    }

    get(): number {
      return this.x;
    }

    static make(): Cell {
      return new Cell(9);
    }
  }

  test('is the class of the host, which stays as it was', async () => {
    const before = [Cell, Cell.prototype].map((target) => Object.getOwnPropertyDescriptors(target));
    const component = await compile(await wat(RELAY));
    for (let time = 0; time < 2; time++) {
      const instance = await component.link({ 'a:b/c': { R: Cell } }).instantiate();
      expect((instance.exports['a:b/c'] as { R: unknown }).R).toBe(Cell);
    }
    const after = [Cell, Cell.prototype].map((target) => Object.getOwnPropertyDescriptors(target));
    expect(after).toEqual(before);
    expect(after.flatMap((own) => Reflect.ownKeys(own))).toEqual(before.flatMap((own) => Reflect.ownKeys(own)));
  });

  test('may be of a frozen class', async () => {
    class Frozen extends Cell {}
    Object.freeze(Frozen.prototype);
    const { exports } = await instantiateWat(RELAY, { 'a:b/c': { R: Object.freeze(Frozen) } });
    expect((exports['a:b/c'] as { R: unknown }).R).toBe(Frozen);
  });
});

test('exported functions have the names that they are called by', async () => {
  const { exports } = await instantiateWat(`(component
    (core module $m (func (export "f")) (func (export "i") (result i32) (i32.const 0)) (func (export "p") (param i32)))
    (core instance $i (instantiate $m))
    (type $r' (resource (rep i32)))
    (export $r "r" (type $r'))
    (func (export "say-hello") (canon lift (core func $i "f")))
    (func (export "[static]r.say-more") (canon lift (core func $i "f")))
    (func (export "[method]r.say-all") (param "self" (borrow $r)) (canon lift (core func $i "p"))))`);
  const { sayHello, R } = exports as { sayHello: Fn; R: { sayMore: Fn; prototype: { sayAll: Fn } } };
  expect([sayHello.name, R.sayMore.name, R.prototype.sayAll.name]).toEqual(['sayHello', 'sayMore', 'sayAll']);
});

describe('names that are one in JavaScript are refused at link: E_NAME_COLLISION', () => {
  const lift = (name: string): string => `(func (export "${name}") (canon lift (core func $i "f")))`;
  const core = `(core module $m (func (export "f"))) (core instance $i (instantiate $m))`;
  const of = (names: readonly string[], as: string): string => names.map((name) => `(${as} "${name}")`).join(' ');
  const cases: [what: string, text: string, a: string, b: string][] = [
    ['functions', `${core} ${lift('g1')} ${lift('g-1')}`, 'g1', 'g-1'],
    [
      'resources',
      ['r2', 'r-2'].map((r) => `(type $${r} (resource (rep i32))) (export "${r}" (type $${r}))`).join(' '),
      'resource r2',
      'resource r-2',
    ],
    [
      'functions of an imported interface',
      `(import "a:b/c" (instance ${of(['x-y3', 'x-y-3'], 'export').replaceAll('")', '" (func))')}))`,
      'x-y3',
      'x-y-3',
    ],
    ['fields of a record', `(type $t (record (field "a1" u8) (field "a-1" u8))) (export "t" (type $t))`, 'a1', 'a-1'],
    ['flags', `(type $t (flags "a1" "a-1")) (export "t" (type $t))`, 'a1', 'a-1'],
  ];

  test.each(cases)('%s', async (_what, text, a, b) => {
    const component = await compile(await wat(`(component ${text})`));
    let thrown: unknown;
    try {
      component.link({ 'a:b/c': { xY3: () => undefined } });
    } catch (error) {
      thrown = error;
    }
    const problem = isLoopError(thrown) ? thrown.problems[0] : undefined;
    expect(problem).toMatchObject({
      code: 'E_NAME_COLLISION',
      message: `"${a}" and "${b}" have the same name in JavaScript`,
    });
  });

  test('but not where JavaScript can tell them apart', async () => {
    const text = `${core} ${['a-1', 'a-2', 'b-1', 'a-b1'].map(lift).join(' ')}
      (import "f1" (func)) (import "f-1" (func))
      (type $a-1 (resource (rep i32))) (export "a-1x" (type $a-1))`;
    const plain = (): void => undefined;
    const { exports } = await instantiateWat(`(component ${text})`, { f1: plain, 'f-1': plain });
    expect(Object.keys(exports).toSorted()).toEqual(['A1x', 'a1', 'a2', 'aB1', 'b1']);
  });
});
