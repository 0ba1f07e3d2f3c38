import { type Component, compile, isLoopError, type LoopError } from '@loophost/component';
import { describe, expect, test } from 'vitest';
import { instantiateWat, wat } from './support/wat.ts';

type Fn = (...args: unknown[]) => unknown;

/** A component that imports interfaces of functions without parameters that return a u32, and exports \`sum\` of them. */
async function importer(
  ...interfaces: readonly (readonly [name: string, ...functions: string[]])[]
): Promise<Component> {
  const parts = interfaces.flatMap(([name, ...functions], i) => [
    `(import "${name}" (instance $i${i} ${functions.map((f) => `(export "${f}" (func (result u32)))`).join(' ')}))`,
    ...functions.map((f) => `(core func $f${i}-${f} (canon lower (func $i${i} "${f}")))`),
  ]);
  const names = interfaces.flatMap(([, ...functions], i) => functions.map((f) => `f${i}-${f}`));
  const text = `(component ${parts.join('\n')}
    (core module $m
      ${names.map((n) => `(import "" "${n}" (func $${n} (result i32)))`).join('\n')}
      (func (export "sum") (result i32) ${names.reduce((sum, n) => `(i32.add ${sum} (call $${n}))`, '(i32.const 0)')}))
    (core instance $m (instantiate $m (with "" (instance ${names.map((n) => `(export "${n}" (func $${n}))`).join(' ')}))))
    (func (export "sum") (result u32) (canon lift (core func $m "sum"))))`;
  return compile(await wat(text));
}

async function sum(component: Component, imports: Record<string, unknown>): Promise<unknown> {
  const { exports } = await component.link(imports).instantiate();
  return (exports['sum'] as Fn)();
}

function problemsOf(work: () => unknown): readonly LoopError[] {
  try {
    work();
  } catch (error) {
    if (isLoopError(error) && error.code === 'E_LINK_FAILED') return error.problems;
    throw error;
  }
  return [];
}

describe('an import is served by', () => {
  const cases: [title: string, wanted: string, offered: Record<string, number>, served: number | undefined][] = [
    ['the provider of its exact name', 'a:b/c@0.2.3', { 'a:b/c@0.2.3': 1, 'a:b/c@0.2.9': 2 }, 1],
    ['a newer provider of the same 0.x range', 'a:b/c@0.2.3', { 'a:b/c@0.2.12': 1 }, 1],
    ['an older provider of the same 0.x range', 'a:b/c@0.2.3', { 'a:b/c@0.2.0': 1 }, 1],
    ['the newest of several in range', 'a:b/c@0.2.3', { 'a:b/c@0.2.4': 1, 'a:b/c@0.2.12': 2, 'a:b/c@0.2.9': 3 }, 2],
    ['any version of the same major from 1 on', 'a:b/c@1.5.0', { 'a:b/c@1.0.1': 1 }, 1],
    ['a provider of the canonical version', 'a:b/c@0.2.3', { 'a:b/c@0.2': 1 }, 1],
    ['a provider without a version', 'a:b/c@0.2.3', { 'a:b/c': 1 }, 1],
    ['a versioned provider rather than one without', 'a:b/c@0.2.3', { 'a:b/c': 1, 'a:b/c@0.2.1': 2 }, 2],
    ['nobody of another 0.x range', 'a:b/c@0.2.3', { 'a:b/c@0.3.0': 1 }, undefined],
    ['nobody of another major', 'a:b/c@1.0.0', { 'a:b/c@2.0.0': 1 }, undefined],
    ['nobody of another patch below 0.1', 'a:b/c@0.0.2', { 'a:b/c@0.0.3': 1 }, undefined],
    ['nobody but itself when it is a pre-release', 'a:b/c@0.2.0-rc.1', { 'a:b/c@0.2.0': 1 }, undefined],
    ['a provider whose build metadata has a hyphen', 'a:b/c@0.2.0', { 'a:b/c@0.2.3+abc-def': 1 }, 1],
    ['nobody of another pre-release, whatever was built', 'a:b/c@0.2.0-a+x', { 'a:b/c@0.2.0-b+x': 1 }, undefined],
    ['nobody of another interface', 'a:b/c@0.2.0', { 'a:b/d@0.2.0': 1 }, undefined],
  ];
  test.each(cases)('%s', async (_title, wanted, offered, served) => {
    const imports = Object.fromEntries(Object.entries(offered).map(([name, value]) => [name, { get: () => value }]));
    const component = await importer([wanted, 'get']);
    if (served !== undefined) expect(await sum(component, imports)).toBe(served);
    else expect(problemsOf(() => component.link(imports)).map((p) => p.code)).toEqual(['E_IMPORT_UNMET']);
  });

  test('an older provider that lacks a function is not taken when another has it', async () => {
    const component = await importer(['a:b/c@0.2.3', 'get', 'more']);
    const imports = { 'a:b/c@0.2.9': { get: () => 1 }, 'a:b/c@0.2.1': { get: () => 10, more: () => 20 } };
    expect(await sum(component, imports)).toBe(30);
  });

  test('an older provider that lacks a function is an unmet import by the name of the function', async () => {
    const component = await importer(['a:b/c@0.2.3', 'get', 'get-more']);
    const [problem] = problemsOf(() => component.link({ 'a:b/c@0.2.1': { get: () => 1 } }));
    expect(problem).toMatchObject({
      code: 'E_IMPORT_MISMATCH',
      at: { interface: 'a:b/c@0.2.3', function: 'get-more' },
    });
    expect(problem?.message).toContain('"getMore"');
  });
});

test('a link error lists every unmet import and what was offered of its package', async () => {
  const component = await importer(['a:b/c@1.0.0', 'get'], ['a:b/d@1.0.0', 'get'], ['x:y/z', 'get']);
  const problems = problemsOf(() => component.link({ 'a:b/other@1.0.0': {}, 'a:b/c@2.0.0': {} }));
  expect(problems.map((problem) => problem.message)).toEqual([
    'import "a:b/c@1.0.0" has no provider; offered: "a:b/other@1.0.0", "a:b/c@2.0.0"',
    'import "a:b/d@1.0.0" has no provider; offered: "a:b/other@1.0.0", "a:b/c@2.0.0"',
    'import "x:y/z" has no provider; offered: nothing of that package',
  ]);
});

test('a provider that is not an object is refused by the name of the import', async () => {
  const component = await importer(['a:b/c', 'get']);
  expect(problemsOf(() => component.link({ 'a:b/c': 5 }))[0]?.message).toContain('import "a:b/c": expected an object');
});

test('a member of a provider that is not a function is refused, with what it is', async () => {
  const component = await importer(['a:b/c', 'get']);
  const [problem] = problemsOf(() => component.link({ 'a:b/c': { get: 5 } }));
  expect(problem?.message).toBe('import "a:b/c.get": "get": expected a function, got 5');
  expect(problem?.fix).toBe('provide "a:b/c.get" as the component declares it');
});

test('a provider that throws when it is read is refused, with what it throws', async () => {
  const component = await importer(['a:b/c', 'get'], ['a:b/d', 'get']);
  const get = (): never => {
    throw new Error('out of order');
  };
  const problems = problemsOf(() => component.link({ 'a:b/c': new Proxy({}, { get }) }));
  expect(problems.map((problem) => problem.message)).toEqual([
    'import "a:b/c": its provider throws: out of order',
    'import "a:b/d" has no provider; offered: "a:b/c"',
  ]);
});

describe('what every object has serves no import:', () => {
  const METHODS = `(export "r" (type $r (sub resource)))
    (export "[method]r.to-string" (func (param "self" (borrow $r))))
    (export "[method]r.constructor" (func (param "self" (borrow $r))))
    (export "[static]r.bind" (func))`;
  const cases: [what: string, exports: string, provider: unknown, unmet: string[]][] = [
    ['functions', '(export "to-string" (func)) (export "constructor" (func))', {}, ['to-string', 'constructor']],
    ['methods', METHODS, { R: class {} }, ['[method]r.to-string', '[method]r.constructor', '[static]r.bind']],
    ['a class that is no class', METHODS.replace(/ {4}.*(bind|constructor).*/g, ''), { R: () => 1 }, ['[method]r.to-string']],
    ['but what a class has of its own', '(export "to-string" (func))', new (class { toString(): string { return ''; } })(), []],
    ['but what an object has of its own', '(export "constructor" (func))', { constructor: () => 1 }, []],
  ]; // prettier-ignore
  test.each(cases)('%s', async (_what, exports, provider, unmet) => {
    const component = await compile(await wat(`(component (import "a:b/c" (instance ${exports})))`));
    const problems = problemsOf(() => component.link({ 'a:b/c': provider }));
    expect(problems.map((problem) => problem.at.function)).toEqual(unmet);
  });
});

test('functions of a provider keep their this', async () => {
  class Provider {
    private readonly value = 7;
    get(): number {
      return this.value;
    }
  }
  expect(await sum(await importer(['a:b/c', 'get']), { 'a:b/c': new Provider() })).toBe(7);
});

test('linked.servedBy tells which provider serves each import', async () => {
  const component = await importer(['a:b/c@0.2.3', 'get']);
  expect([...component.link({ 'a:b/c@0.2.7': { get: () => 1 } }).servedBy]).toEqual([['a:b/c@0.2.3', 'a:b/c@0.2.7']]);
});

const COUNTER_INTERFACE = `
  (export "counter" (type $counter (sub resource)))
  (export "[constructor]counter" (func (param "start" u32) (result (own $counter))))
  (export "[method]counter.add" (func (param "self" (borrow $counter)) (param "by" u32) (result u32)))
  (export "[static]counter.peek" (func (param "c" (own $counter)) (result u32)))`;

/** Exports \`t:c/counters\` with a resource whose representation is its value times two. */
const COUNTER = `(component
  (type $R (resource (rep i32)))
  (core func $new (canon resource.new $R))
  (core func $rep (canon resource.rep $R))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "rep" (func $rep (param i32) (result i32)))
    (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "peek") (param i32) (result i32) (call $rep (local.get 0))))
  (core instance $i (instantiate $m (with "" (instance (export "new" (func $new)) (export "rep" (func $rep))))))
  (func $make (param "start" u32) (result (own $R)) (canon lift (core func $i "make")))
  (func $add (param "self" (borrow $R)) (param "by" u32) (result u32) (canon lift (core func $i "add")))
  (func $peek (param "c" (own $R)) (result u32) (canon lift (core func $i "peek")))
  (component $Shape
    (import "r" (type $R (sub resource)))
    (import "make" (func $make (param "start" u32) (result (own $R))))
    (import "add" (func $add (param "self" (borrow $R)) (param "by" u32) (result u32)))
    (import "peek" (func $peek (param "c" (own $R)) (result u32)))
    (export $counter "counter" (type $R))
    (export "[constructor]counter" (func $make) (func (param "start" u32) (result (own $counter))))
    (export "[method]counter.add" (func $add) (func (param "self" (borrow $counter)) (param "by" u32) (result u32)))
    (export "[static]counter.peek" (func $peek) (func (param "c" (own $counter)) (result u32))))
  (instance $s (instantiate $Shape (with "r" (type $R)) (with "make" (func $make)) (with "add" (func $add)) (with "peek" (func $peek))))
  (export "t:c/counters" (instance $s)))`;

/** Imports the interface and calls it through handles of its own. */
const USER = `(component
  (import "t:c/counters" (instance $c ${COUNTER_INTERFACE}))
  (alias export $c "counter" (type $counter))
  (core func $make (canon lower (func $c "[constructor]counter")))
  (core func $add (canon lower (func $c "[method]counter.add")))
  (core func $peek (canon lower (func $c "[static]counter.peek")))
  (core func $drop (canon resource.drop $counter))
  (core module $m
    (import "" "make" (func $make (param i32) (result i32)))
    (import "" "add" (func $add (param i32 i32) (result i32)))
    (import "" "peek" (func $peek (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "run") (param i32) (result i32) (local i32 i32)
      (local.set 1 (call $make (local.get 0)))
      (local.set 2 (call $add (local.get 1) (i32.const 5)))
      (call $drop (call $make (i32.const 1)))
      (i32.add (i32.mul (local.get 2) (i32.const 100)) (call $peek (local.get 1)))))
  (core instance $i (instantiate $m (with "" (instance
    (export "make" (func $make)) (export "add" (func $add)) (export "peek" (func $peek)) (export "drop" (func $drop))))))
  (func (export "run") (param "x" u32) (result u32) (canon lift (core func $i "run"))))`;

describe('one component serves another', () => {
  test('through an interface with a resource', async () => {
    const provider = await instantiateWat(COUNTER);
    const user = await instantiateWat(USER, { 't:c/counters': provider.exports['t:c/counters'] });
    expect((user.exports['run'] as Fn)(20)).toBe(2520);
  });

  test('and its types are checked', async () => {
    const provider = await instantiateWat(`(component
      (core module $m (func (export "f") (param i64)))
      (core instance $i (instantiate $m))
      (func $f (param "x" u64) (canon lift (core func $i "f")))
      (instance $api (export "f" (func $f)))
      (export "a:b/c" (instance $api)))`);
    const component = await compile(
      await wat(`(component (import "a:b/c" (instance (export "f" (func (param "x" u32))))))`),
    );
    const [problem] = problemsOf(() => component.link({ 'a:b/c': provider.exports['a:b/c'] }));
    expect(problem?.message).toBe('import "a:b/c.f": type mismatch for "x" of func: expected u32, found u64');
  });

  test('and a trap in the provider is a trap of the user that names the import', async () => {
    const provider = await instantiateWat(`(component
      (core module $m (func (export "f") (result i32) unreachable))
      (core instance $i (instantiate $m))
      (func $f (result u32) (canon lift (core func $i "f")))
      (instance $api (export "get" (func $f)))
      (export "a:b/c" (instance $api)))`);
    const linked = (await importer(['a:b/c', 'get'])).link({ 'a:b/c': provider.exports['a:b/c'] });
    const { exports } = await linked.instantiate();
    const call = (): unknown => (exports['sum'] as Fn)();
    expect(call).toThrow(/import "a:b\/c.get" failed: guest trapped: wasm trap: unreachable/);
    expect(call).toThrow(/this instance trapped before/);
  });
});

describe('a resource that a host implements', () => {
  test('is made, lent and destroyed through its class', async () => {
    const log: string[] = [];
    class Counter {
      private readonly start: number;
      constructor(start: number) {
        log.push(`new ${start}`);
        this.start = start;
      }
      add(by: number): number {
        return this.start + by;
      }
      static peek(counter: Counter): number {
        log.push('peek');
        return counter.start;
      }
      [Symbol.dispose](): void {
        log.push(`dispose ${this.start}`);
      }
    }
    const user = await instantiateWat(USER, { 't:c/counters': { Counter } });
    expect((user.exports['run'] as Fn)(20)).toBe(2520);
    expect(log).toEqual(['new 20', 'new 1', 'dispose 1', 'peek']);
  });

  test('without its class is an unmet import by the names of its functions', async () => {
    const component = await compile(await wat(USER));
    expect(problemsOf(() => component.link({ 't:c/counters': {} })).map((problem) => problem.at.function)).toEqual([
      '[constructor]counter',
      '[method]counter.add',
      '[static]counter.peek',
    ]);
  });
});

describe('a resource that a guest exports', () => {
  test('is a class with its methods, and its owner can give it away once', async () => {
    const { exports } = await instantiateWat(COUNTER);
    const { Counter } = exports['t:c/counters'] as { Counter: { new (start: number): { add: Fn }; peek: Fn } };
    const counter = new Counter(8);
    expect(counter).toBeInstanceOf(Counter);
    expect(counter.add(3)).toBe(11);
    expect(Counter.peek(counter)).toBe(8);
    expect(() => counter.add(1)).toThrow('self: resource counter was disposed, moved or has ended');
  });

  test('can be disposed of twice and used no more', async () => {
    const { exports } = await instantiateWat(COUNTER);
    const { Counter } = exports['t:c/counters'] as { Counter: new (start: number) => { add: Fn } & Disposable };
    const counter = new Counter(1);
    counter[Symbol.dispose]();
    counter[Symbol.dispose]();
    expect(() => counter.add(1)).toThrow('self: resource counter was disposed, moved or has ended');
  });

  test('is not taken for one of another instance', async () => {
    const [first, second] = [await instantiateWat(COUNTER), await instantiateWat(COUNTER)];
    const classes = [first, second].map(
      ({ exports }) => (exports['t:c/counters'] as { Counter: { new (n: number): object; peek: Fn } }).Counter,
    );
    const [A, B] = classes as [(typeof classes)[0], (typeof classes)[0]];
    expect(() => B.peek(new A(1))).toThrow(/c: expected resource/);
  });
});
