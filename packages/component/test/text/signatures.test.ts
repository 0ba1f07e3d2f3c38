import { type Component, compile, type ExternItem, type FuncType } from '@loophost/component';
import { Signatures } from '@loophost/component/text';
import { expect, test } from 'vitest';
import { wat } from '../support/wat.ts';
import { componentOf, list, option, record, type } from './support.ts';

/** The signatures of the functions that the last export of a component, an interface, has. */
function signaturesOf(component: Component): string[] {
  const last = component.exports.at(-1) as ExternItem;
  const items = last.sort === 'instance' ? [...last.type.exports.values()] : component.exports;
  const print = new Signatures(component).among(items);
  return items.flatMap((item) => (item.sort === 'func' ? [`${item.name}: ${print(item.type)}`] : []));
}

test('a signature has the names that the interface gives to its types, also to those it takes over', async () => {
  const component = await componentOf(`package a:b;
    interface types { enum color { red, green } record pair { a: u8, b: list<color> } }
    interface api {
      use types.{color, pair as couple};
      resource thing;
      type bytes = list<u8>;
      get: func(of: color) -> option<couple>;
      put: func(%list: bytes, other: list<u8>, by: borrow<thing>) -> result<thing, tuple<f32, char>>;
    }
    world w { import types; export api; }`);
  expect(signaturesOf(component)).toEqual([
    'get: func(of: color) -> option<couple>',
    'put: func(%list: bytes, other: list<u8>, by: borrow<thing>) -> result<thing, tuple<f32, char>>',
  ]);
});

test('a signature names a type as the interface does that it comes from, where its own has no name for it', async () => {
  const component = await compile(
    await wat(`(component
      (import "a:b/types" (instance $types (type $color' (enum "a" "b")) (export "color" (type (eq $color')))))
      (alias export $types "color" (type $color))
      (core module $m (func (export "get") (result i32) (i32.const 0)))
      (core instance $i (instantiate $m))
      (func $get (result $color) (canon lift (core func $i "get")))
      (instance $api (export "get-color" (func $get)))
      (export "a:b/api" (instance $api)))`),
  );
  expect(signaturesOf(component)).toEqual(['get-color: func() -> color']);
});

test('a signature writes out what nobody names', () => {
  const func: FuncType = {
    kind: 'func',
    async: false,
    params: [{ name: 'p', type: list(record({ x: option(type({ kind: 'enum', names: ['a', 'b'] })) })) }],
    result: type({
      kind: 'variant',
      cases: [{ name: 'none' }, { name: 'one', type: type({ kind: 'flags', names: ['f'] }) }],
    }),
  };
  expect(new Signatures({ imports: [], exports: [] }).among([])(func)).toBe(
    'func(p: list<record {x: option<enum {a, b}>}>) -> variant {none, one(flags {f})}',
  );
});
