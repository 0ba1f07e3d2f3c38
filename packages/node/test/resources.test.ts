import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ComponentError } from '@loophost/component';
import { GuestResource, type Host, type HostEvent, type Instance, type LinkOptions } from '@loophost/host';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXECUTORS, wat } from './guests.ts';
import { codeOf, failureOf, Stage, trusted } from './host-stage.ts';

/** Makes, takes, lists and fails with resources of its own. `dropped` counts destructors; that of 99 never ends. */
const RESOURCES = `(component
  (core module $d (global $n (mut i32) (i32.const 0))
    (func (export "drop") (param i32)
      (loop $l (br_if $l (i32.eq (local.get 0) (i32.const 99))))
      (global.set $n (i32.add (global.get $n) (i32.const 1))))
    (func (export "dropped") (result i32) (global.get $n)))
  (core instance $d (instantiate $d))
  (type $hidden (resource (rep i32) (dtor (core func $d "drop"))))
  (export $r "r" (type $hidden))
  (core func $new (canon resource.new $hidden))
  (core func $drop (canon resource.drop $hidden))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (memory (export "mem") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
    (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
    (func (export "value") (param i32) (result i32) (local.get 0))
    (func (export "eat") (param i32 i32) (result i32) (call $drop (local.get 0)) (local.get 1))
    (func (export "trap") (param i32) unreachable)
    (func (export "many") (param i32) (result i32) (local i32)
      (loop $l
        (i32.store (i32.add (i32.const 1024) (i32.mul (i32.const 4) (local.get 1))) (call $new (local.get 1)))
        (br_if $l (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))
      (i32.store (i32.const 8) (i32.const 1024)) (i32.store (i32.const 12) (local.get 0)) (i32.const 8))
    (func (export "fail") (result i32)
      (i32.store (i32.const 16) (i32.const 1)) (i32.store (i32.const 20) (call $new (i32.const 5))) (i32.const 16))
    (func (export "second") (param i32 i32) (result i32) (local.get 1)))
  (core instance $i (instantiate $m (with "" (instance (export "new" (func $new)) (export "drop" (func $drop))))))
  (func (export "[constructor]r") (param "x" u32) (result (own $r)) (canon lift (core func $i "make")))
  (func (export "[method]r.value") (param "self" (borrow $r)) (result u32) (canon lift (core func $i "value")))
  (func (export "eat") (param "r" (own $r)) (param "x" u32) (result u32) (canon lift (core func $i "eat")))
  (func (export "trap") (param "r" (own $r)) (canon lift (core func $i "trap")))
  (func (export "many") (param "n" u32) (result (list (own $r)))
    (canon lift (core func $i "many") (memory (core memory $i "mem"))))
  (func (export "fail") (result (result u32 (error (own $r))))
    (canon lift (core func $i "fail") (memory (core memory $i "mem"))))
  (func (export "listed") (param "l" (list (borrow $r))) (result u32)
    (canon lift (core func $i "second") (memory (core memory $i "mem")) (realloc (core func $i "realloc"))))
  (func (export "paired") (param "l" (tuple (borrow $r) u32)) (result u32) (canon lift (core func $i "second")))
  (func (export "dropped") (result u32) (canon lift (core func $d "dropped"))))`;

/** Asks its host in `once`, and takes a resource in `eat`. */
const WAITING = `(component
  (import "acme:test/host@1.0.0" (instance $host (export "f" (func (param "x" u32) (result u32)))))
  (core func $f (canon lower (func $host "f")))
  (type $hidden (resource (rep i32)))
  (export $r "r" (type $hidden))
  (core func $new (canon resource.new $hidden))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "f" (func $f (param i32) (result i32)))
    (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
    (func (export "once") (param i32) (result i32) (call $f (local.get 0)))
    (func (export "eat") (param i32) (result i32) (i32.const 1)))
  (core instance $i (instantiate $m (with "" (instance (export "new" (func $new)) (export "f" (func $f))))))
  (func (export "[constructor]r") (param "x" u32) (result (own $r)) (canon lift (core func $i "make")))
  (func (export "once") (param "x" u32) (result u32) (canon lift (core func $i "once")))
  (func (export "eat") (param "r" (own $r)) (result u32) (canon lift (core func $i "eat"))))`;

/** Reads the clock twice when it makes a resource, and as often as its number says when that is dropped. */
const ASKING = `(component
  (import "wasi:clocks/monotonic-clock@0.2.0" (instance $c (export "now" (func (result u64)))))
  (core func $now (canon lower (func $c "now")))
  (core module $d (import "" "now" (func $now (result i64)))
    (func (export "drop") (param i32)
      (block $done (loop $l
        (br_if $done (i32.eqz (local.get 0)))
        (drop (call $now))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br $l)))))
  (core instance $d (instantiate $d (with "" (instance (export "now" (func $now))))))
  (type $hidden (resource (rep i32) (dtor (core func $d "drop"))))
  (export $r "r" (type $hidden))
  (core func $new (canon resource.new $hidden))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "now" (func $now (result i64)))
    (func (export "make") (param i32) (result i32) (drop (call $now)) (drop (call $now)) (call $new (local.get 0))))
  (core instance $i (instantiate $m (with "" (instance (export "new" (func $new)) (export "now" (func $now))))))
  (func (export "[constructor]r") (param "x" u32) (result (own $r)) (canon lift (core func $i "make"))))`;

let stage: Stage;
let host: Host;

beforeEach(() => {
  stage = new Stage();
  ({ host } = stage);
});

afterEach(() => stage[Symbol.asyncDispose]());

const make = async (instance: Instance, x = 1): Promise<GuestResource> =>
  (await instance.call('[constructor]r', [x], { timeoutMs: 5_000 })) as GuestResource;

describe.each(EXECUTORS)('a resource of a guest, run by %s', (executor) => {
  const start = async (more: LinkOptions = {}): Promise<Instance> =>
    (await host.link(await wat(RESOURCES), trusted(executor, more))).instantiate();

  test('comes with the error of a result', async () => {
    const instance = await start();
    const { payload } = (await failureOf(instance.call('fail'))) as ComponentError;
    expect(payload).toBeInstanceOf(GuestResource);
    expect(await instance.call('[method]r.value', [payload])).toBe(5);
    expect(host.live.handles).toBe(1);
  });

  test('comes with all others of a value or not at all, when they are too many', async () => {
    const instance = await start({ limits: { maxHandles: 3 } });
    expect(await codeOf(instance.call('many', [4]))).toBe('E_HANDLES_EXCEEDED');
    expect([host.live.handles, await instance.call('dropped')]).toEqual([0, 4]);
    expect(await instance.call('many', [3])).toHaveLength(3);
  });

  test('stays with the host when the guest refuses a call that would take it', async () => {
    const instance = await start();
    const resource = await make(instance);
    expect(await codeOf(instance.call('eat', [resource, 'x']))).toBe('E_ARGUMENT_MISMATCH');
    if (executor === 'thread')
      expect(await codeOf(instance.call('eat', [resource, () => 1]))).toBe('E_ARGUMENT_NOT_PLAIN');
    expect(await instance.call('[method]r.value', [resource])).toBe(1);
    expect(await instance.call('eat', [resource, 7])).toBe(7);
    expect([host.live.handles, await instance.call('dropped')]).toEqual([0, 1]);
    expect(await codeOf(instance.call('[method]r.value', [resource]))).toBe('E_RESOURCE_GONE');
  });

  test('stays with the host when another argument of the call is gone', async () => {
    const instance = await start();
    const [gone, resource] = [await make(instance), await make(instance)];
    gone[Symbol.dispose]();
    expect(await codeOf(instance.call('paired', [[gone, 1]]))).toBe('E_RESOURCE_GONE');
    expect(await codeOf(instance.call('eat', [resource, gone]))).toBe('E_ARGUMENT_MISMATCH');
    expect(await instance.call('eat', [resource, 2])).toBe(2);
  });

  test('cannot be used while a call moves it, and is dropped if that is refused after all', async () => {
    const instance = await start();
    const resource = await make(instance);
    const moving = codeOf(instance.call('eat', [resource, 'x']));
    expect(await codeOf(instance.call('[method]r.value', [resource]))).toBe('E_RESOURCE_GONE');
    const again = await make(instance);
    const refused = codeOf(instance.call('eat', [again, 'x']));
    again[Symbol.dispose]();
    expect([await moving, await refused]).toEqual(['E_ARGUMENT_MISMATCH', 'E_ARGUMENT_MISMATCH']);
    expect([host.live.handles, await instance.call('dropped')]).toEqual([1, 1]);
  });

  test('is disposed of after the calls that it was passed to, also when these wait for their turn', async () => {
    const instance = await start();
    const [idle, behind] = [await make(instance, 7), await make(instance, 8)];
    const calls = [instance.call('[method]r.value', [idle])];
    idle[Symbol.dispose]();
    calls.push(instance.call('[method]r.value', [behind]));
    behind[Symbol.dispose]();
    calls.push(instance.call('dropped'));
    expect(await Promise.all(calls)).toEqual([7, 8, 2]);
  });

  test('stays with the host when the call that would take it is given up before it begins', async () => {
    const open = Promise.withResolvers<number>();
    stage.answer = () => open.promise;
    const instance = await (await host.link(await wat(WAITING), trusted(executor))).instantiate();
    const resource = (await instance.call('[constructor]r', [1])) as GuestResource;
    const first = instance.call('once', [1]);
    expect(await codeOf(instance.call('eat', [resource], { timeoutMs: 10 }))).toBe('E_DEADLINE_EXCEEDED');
    open.resolve(7);
    expect([await first, await instance.call('eat', [resource])]).toEqual([7, 1]);
  });

  test('has a destructor with a budget of host calls of its own', async () => {
    stage.answer = (x) => x;
    const ends: HostEvent[] = [];
    host.on((event) => event.kind === 'end' && ends.push(event));
    const linked = await host.link(await wat(ASKING), trusted(executor, { limits: { maxHostCalls: 2 } }));
    const instance = await linked.instantiate();
    for (const asks of [2, 3]) {
      const resource = (await instance.call('[constructor]r', [asks])) as GuestResource;
      resource[Symbol.dispose]();
      await instance.call('[constructor]r', [0]).catch(() => undefined);
    }
    await expect.poll(() => ends).toMatchObject([{ code: 'E_HOST_CALLS_EXCEEDED' }]);
  });

  test('is gone with the guest that trapped on it', async () => {
    const instance = await start();
    const [resource, other] = [await make(instance), await make(instance)];
    expect(await codeOf(instance.call('trap', [resource]))).toBe('E_TRAP_CORE');
    expect(await codeOf(instance.call('[method]r.value', [other]))).toBe('E_RESOURCE_GONE');
    expect(host.live.handles).toBe(0);
  });

  test.each<[string, unknown, string]>([
    ['listed', 5, 'expected list, got 5'],
    ['listed', {}, 'expected list, got an object'],
    ['listed', [5], 'l[0]: expected resource r, got 5'],
    ['paired', 5, 'expected tuple of 2, got 5'],
    ['paired', [1, 2, 3], 'expected tuple of 2'],
    ['[method]r.value', 5, 'self: expected resource r, got 5'],
    ['[method]r.value', { $handle: 1 }, 'self: expected resource r'],
  ])('is not what %s takes as %o', async (name, wrong, text) => {
    const instance = await start();
    await make(instance);
    const failure = await failureOf(instance.call(name, [wrong]));
    expect(failure).toMatchObject({ code: 'E_ARGUMENT_MISMATCH', message: expect.stringContaining(text) });
  });
});

test('a destructor that does not return is ended at the time limit of calls', async () => {
  const ended = Promise.withResolvers<HostEvent>();
  host.on((event) => event.kind === 'end' && ended.resolve(event));
  const linked = await host.link(await wat(RESOURCES), { limits: { timeoutMs: 100 } });
  const instance = await linked.instantiate();
  for (const x of [1, 99]) (await make(instance, x))[Symbol.dispose]();
  const before = performance.now();
  expect(await ended.promise).toMatchObject({ code: 'E_DEADLINE_EXCEEDED' });
  expect(performance.now() - before).toBeLessThan(2_000);
  expect(await instance.call('dropped', [], { timeoutMs: 5_000 })).toBe(0);
});

test('a destructor that does not return is ended although calls that give up soon wait for it', async () => {
  const ended = Promise.withResolvers<HostEvent>();
  host.on((event) => event.kind === 'end' && ended.resolve(event));
  const linked = await host.link(await wat(RESOURCES), { limits: { timeoutMs: 100 } });
  const instance = await linked.instantiate();
  (await make(instance, 99))[Symbol.dispose]();
  const code = async (): Promise<string> => codeOf(instance.call('dropped', [], { timeoutMs: 20 }));
  expect([await code(), await code()]).toEqual(['E_DEADLINE_EXCEEDED', 'E_DEADLINE_EXCEEDED']);
  expect(await ended.promise).toMatchObject({ code: 'E_DEADLINE_EXCEEDED' });
  expect(await instance.call('dropped', [], { timeoutMs: 5_000 })).toBe(0);
});

test('a destructor that waits for a longer call is not ended for that', async () => {
  const linked = await host.link(await wat(RESOURCES), { limits: { timeoutMs: 20 } });
  const instance = await linked.instantiate();
  const [endless, resource] = [await make(instance, 99), await make(instance)];
  const longer = failureOf(instance.call('eat', [endless, 1], { timeoutMs: 100 }));
  resource[Symbol.dispose]();
  expect(await longer).toMatchObject({ code: 'E_DEADLINE_EXCEEDED', message: expect.stringContaining('100 ms') });
});

test('resources that the host disposed of take no memory while their guest runs', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const instance = await (await host.link(await wat(RESOURCES), trusted('inline'))).instantiate();
  const refs: WeakRef<GuestResource>[] = [];
  for (let i = 0; i < 100; i++) {
    const resource = await make(instance);
    refs.push(new WeakRef(resource));
    resource[Symbol.dispose]();
  }
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(refs.filter((ref) => ref.deref()).length).toBeLessThan(5);
});
