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
    'two million empty component types': 'E_LIMIT_EXCEEDED',
    'two million empty instance types': 'E_LIMIT_EXCEEDED',
    'two million empty instances': 'E_LIMIT_EXCEEDED',
    'two million empty core instances': 'E_LIMIT_EXCEEDED',
    'five million functions that drop a resource': 'E_LIMIT_EXCEEDED',
    'five million list types': 'E_LIMIT_EXCEEDED',
    'a variant of 80,000 cases without types, exported 30,000 times': 'E_LIMIT_EXCEEDED',
    'three million core types': 'E_LIMIT_EXCEEDED',
    'one recursion group of three million core types': 'E_LIMIT_EXCEEDED',
    'ten million functions of a core module': 'E_LIMIT_EXCEEDED',
    'three million custom sections': 'E_LIMIT_EXCEEDED',
    '50,000 empty core modules': 'E_LIMIT_EXCEEDED',
    'component types that import an instance of 2^18 parts': 'E_LIMIT_EXCEEDED',
    'an instance of 2^18 parts, an argument 400 times': 'E_LIMIT_EXCEEDED',
    'component types that export a function of 2^18 parts': 'E_LIMIT_EXCEEDED',
    'a core module of 20,000 exports, instantiated 700 times': 'E_LIMIT_EXCEEDED',
    'a core module of 100,000 globals, instantiated 1000 times': 'E_LIMIT_EXCEEDED',
  };

  test.each(Object.entries(codes))('%s', async (name, code) => {
    const bytes = BOMBS.find((bomb) => bomb.name === name)?.bytes() ?? new Uint8Array();
    const error: unknown = await compile(bytes).catch((thrown: unknown) => thrown);
    expect(isLoopError(error) && error.code).toBe(code);
  });
});

describe('is read, and leaves most of the heap free:', () => {
  const names = [
    '45,000 empty component types',
    'an enum of 80,000 cases, exported 30,000 times',
    'a tuple of 150,000 handles',
    '45,000 empty instances',
    '245,000 empty core instances',
    '490,000 list types',
    '490,000 core types',
    '490,000 custom sections',
    '4,500 empty core modules',
  ];

  test.each(names)('%s', async (name) => {
    const bytes = BOMBS.find((bomb) => bomb.name === name)?.bytes() ?? new Uint8Array();
    const before = process.memoryUsage().heapUsed;
    await compile(bytes);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(500e6);
  });
});
