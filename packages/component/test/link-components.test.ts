import { compile, isLoopError, type LoopError, suspending } from '@loophost/component';
import { describe, expect, test } from 'vitest';
import { instantiateWat, wat } from './support/wat.ts';

type Fn = (...args: unknown[]) => unknown;

async function problemsOf(text: string, imports: Record<string, unknown>): Promise<readonly LoopError[]> {
  const component = await compile(await wat(text));
  try {
    component.link(imports);
  } catch (error) {
    if (isLoopError(error) && error.code === 'E_LINK_FAILED') return error.problems;
    throw error;
  }
  return [];
}

/** Exports the resource \`r\`, whose representation is 7, with \`mk\` and \`get\`. */
const MAKER = `(component
  (type $r' (resource (rep i32)))
  (export $r "r" (type $r'))
  (core func $new (canon resource.new $r'))
  (core module $m (import "" "new" (func $new (param i32) (result i32)))
    (func (export "mk") (result i32) (call $new (i32.const 7)))
    (func (export "get") (param i32) (result i32) (local.get 0)))
  (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
  (func (export "mk") (result (own $r)) (canon lift (core func $i "mk")))
  (func (export "[method]r.get") (param "self" (borrow $r)) (result u32) (canon lift (core func $i "get"))))`;

const TAKER = `(component
  (import "r" (type $r (sub resource)))
  (import "mk" (func $mk (result (own $r))))
  (import "[method]r.get" (func $get (param "self" (borrow $r)) (result u32)))
  (core func $mk' (canon lower (func $mk))) (core func $get' (canon lower (func $get)))
  (core module $m (import "" "mk" (func $mk (result i32))) (import "" "get" (func $get (param i32) (result i32)))
    (func (export "f") (result i32) (call $get (call $mk))))
  (core instance $i (instantiate $m (with "" (instance (export "mk" (func $mk')) (export "get" (func $get'))))))
  (func (export "f") (result u32) (canon lift (core func $i "f"))))`;

describe('a resource that a component exports without an interface', () => {
  test('serves another that imports it so', async () => {
    const { exports } = await instantiateWat(MAKER);
    const taker = await instantiateWat(TAKER, { R: exports['R'], mk: exports['mk'] });
    expect((taker.exports['f'] as Fn)()).toBe(7);
  });

  test('is not taken together with functions of another instance', async () => {
    const [a, b] = [await instantiateWat(MAKER), await instantiateWat(MAKER)];
    const [problem] = await problemsOf(TAKER, { R: a.exports['R'], mk: b.exports['mk'] });
    expect(problem).toMatchObject({ code: 'E_IMPORT_MISMATCH', at: { function: 'mk' } });
  });
});

/** Exports an interface with the resource \`r\` and one function of the given name that makes it. */
const MAKER_AS = (name: string): string => `(component
  (component $c
    (type $r' (resource (rep i32)))
    (export $r "r" (type $r'))
    (core func $new (canon resource.new $r'))
    (core module $m (import "" "new" (func $new (param i32) (result i32)))
      (func (export "mk") (result i32) (call $new (i32.const 7))))
    (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
    (func (export "${name}") (result (own $r)) (canon lift (core func $i "mk"))))
  (instance $j (instantiate $c)) (export "a:b/c" (instance $j)))`;

test('a newer provider that does not fit leaves nothing behind that an older one could fail by', async () => {
  const component = await compile(
    await wat(`(component (import "a:b/c@0.2.0" (instance
      (export "r" (type $r (sub resource))) (export "mk" (func (result (own $r)))))))`),
  );
  const [newer, older] = [await instantiateWat(MAKER_AS('other')), await instantiateWat(MAKER_AS('mk'))];
  const linked = component.link({ 'a:b/c@0.2.5': newer.exports['a:b/c'], 'a:b/c@0.2.1': older.exports['a:b/c'] });
  expect([...linked.servedBy]).toEqual([['a:b/c@0.2.0', 'a:b/c@0.2.1']]);
});

test('two interfaces that share a resource must come from one instance', async () => {
  const text = `(component
    (import "a:b/c" (instance $c (export "r" (type $r (sub resource)))))
    (alias export $c "r" (type $r))
    (import "a:b/d" (instance (export "r" (type (eq $r))) (export "mk" (func (result (own $r)))))))`;
  const [a, b] = [await instantiateWat(MAKER_AS('mk')), await instantiateWat(MAKER_AS('mk'))];
  const [one, two] = [a.exports['a:b/c'], b.exports['a:b/c']];
  expect(await problemsOf(text, { 'a:b/c': one, 'a:b/d': one })).toEqual([]);
  const [problem] = await problemsOf(text, { 'a:b/c': one, 'a:b/d': two });
  expect(problem?.message).toMatch(/import "a:b\/d": class \w+ is not the one that another import has/);
});

/** Exports a function that calls the import of the given name. */
const RELAY = (from: string, to: string): string => `(component
  (import "${from}" (func $w (result u32))) (core func $w' (canon lower (func $w)))
  (core module $m (import "" "w" (func $w (result i32))) (func (export "f") (result i32) (call $w)))
  (core instance $i (instantiate $m (with "" (instance (export "w" (func $w'))))))
  (func (export "${to}") (result u32) (canon lift (core func $i "f"))))`;

describe('an export that waits', () => {
  test("serves another component's import, whose exports then wait too", async () => {
    const waiting = await instantiateWat(RELAY('w', 'f'), { w: suspending(async () => 5) });
    const { exports } = await instantiateWat(RELAY('f', 'g'), waiting.exports);
    const pending = (exports['g'] as Fn)();
    expect(pending).toBeInstanceOf(Promise);
    expect(await pending).toBe(5);
  });

  test('makes nobody wait when another provider is taken', async () => {
    const text = `(component
      (import "a:b/c@0.2.0" (instance $c (export "f" (func (result u32))) (export "more" (func))))
      (core func $f (canon lower (func $c "f")))
      (func (export "g") (result u32) (canon lift (core func $f))))`;
    const { exports } = await instantiateWat(text, {
      'a:b/c@0.2.5': { f: suspending(async () => 1) },
      'a:b/c@0.2.1': { f: () => 2, more: () => undefined },
    });
    expect((exports['g'] as Fn)()).toBe(2);
  });
});

describe('an import of code is refused by name', () => {
  const cases: [what: string, text: string, exported: string][] = [
    [
      'of a core module',
      `(import "m" (core module $m (export "f" (func (result i32)))))
       (core instance $i (instantiate $m)) (func (export "f") (result u32) (canon lift (core func $i "f")))`,
      '(core module $m (func (export "f") (result i32) (i32.const 1))) (export "m" (core module $m))',
    ],
    [
      'of a component',
      `(import "m" (component $c (export "f" (func (result u32)))))
       (instance $i (instantiate $c)) (export "f" (func $i "f"))`,
      `(component $c (core module $m (func (export "f") (result i32) (i32.const 1))) (core instance $i (instantiate $m))
         (func (export "f") (result u32) (canon lift (core func $i "f"))))
       (export "m" (component $c))`,
    ],
    [
      'of a core module in an interface',
      '(import "m" (instance (export "m" (core module))))',
      '(core module $m) (instance $i (export "m" (core module $m))) (export "m" (instance $i))',
    ],
  ];
  test.each(cases)('%s', async (_what, text, exported) => {
    const { exports } = await instantiateWat(`(component ${exported})`);
    const component = await compile(await wat(`(component ${text})`));
    expect(component.unsupported.map(({ feature }) => feature)).toEqual(['an import of a core module or component']);
    const problems = await problemsOf(`(component ${text})`, exports);
    expect(problems.map(({ code }) => code)).toEqual(['E_FEATURE_UNSUPPORTED']);
  });
});
