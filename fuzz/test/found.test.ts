// What the fuzzer found, each with the smallest input that shows it.
import { parse } from '@bytecodealliance/jco';
import { compile, isLoopError } from '@loophost/component';
import { describe, expect, test } from 'vitest';
import { BOMBS } from '../bombs.ts';

const RESOURCE = `
  (component $c
    (type $r' (resource (rep i32)))
    (export $r "r" (type $r'))
    (core func $new (canon resource.new $r'))
    (core module $m
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) (call $new (i32.const 1))))
    (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
    (func $make (result (own $r)) (canon lift (core func $i "make")))
    (export "[constructor]r" (func $make)))`;

test('an instance with a resource may be exported under two names', async () => {
  const bytes = await parse(`(component ${RESOURCE}
    (instance $i (instantiate $c))
    (export "acme:a/one@1.0.0" (instance $i))
    (export "acme:a/two@1.0.0" (instance $i)))`);
  const { exports } = await (await compile(bytes)).link().instantiate();
  const [one, two] = ['one', 'two'].map((name) => exports[`acme:a/${name}@1.0.0`] as { R: new () => object });
  expect(one?.R).toBe(two?.R);
  expect(one && new one.R()).toBeInstanceOf(two?.R);
});

describe('is refused by a code, at once:', () => {
  const codes: Readonly<Record<string, string>> = {
    'a label of five million words': 'E_COMPONENT_MALFORMED',
    'an interface name of five million words': 'E_COMPONENT_MALFORMED',
    'a version of five million parts': 'E_COMPONENT_MALFORMED',
    '20,000 core types, each below the one before, in a module': 'E_COMPONENT_INVALID',
    '20,000 core types, each below the one before, in a component': 'E_COMPONENT_INVALID',
    '50,000 types inside each other': 'E_COMPONENT_INVALID',
  };

  test.each(Object.entries(codes))('%s', async (name, code) => {
    const bytes = BOMBS.find((bomb) => bomb.name === name)?.bytes() ?? new Uint8Array();
    const error: unknown = await compile(bytes).catch((thrown: unknown) => thrown);
    expect(isLoopError(error) && error.code).toBe(code);
  });
});
