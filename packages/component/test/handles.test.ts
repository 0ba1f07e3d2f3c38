import { isLoopError, type Limits } from '@loophost/component';
import { describe, expect, test } from 'vitest';
import { HandleTable, type Handle } from '../src/abi/handles.ts';
import { Store } from '../src/abi/store.ts';
import { instantiateWat } from './support/wat.ts';

type Fn = (...args: unknown[]) => unknown;

/** A counter with functions that take two of them, owned or borrowed. They count their calls. */
const PAIRS = `(component
  (type $counter' (resource (rep i32)))
  (core func $new (canon resource.new $counter'))
  (core func $drop (canon resource.drop $counter'))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (memory (export "mem") 1)
    (global $next (mut i32) (i32.const 64))
    (global $calls (mut i32) (i32.const 0))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $next) (global.set $next (i32.add (global.get $next) (local.get 3))))
    (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
    (func $count (global.set $calls (i32.add (global.get $calls) (i32.const 1))))
    (func (export "calls") (result i32) (global.get $calls))
    (func (export "moved") (param i32 i32) (call $count) (call $drop (local.get 0)) (call $drop (local.get 1)))
    (func (export "half-moved") (param i32 i32) (call $count) (call $drop (local.get 0)))
    (func (export "lent") (param i32 i32) (call $count))
    (func (export "list") (param i32 i32) (call $count)))
  (core instance $i (instantiate $m (with "" (instance (export "new" (func $new)) (export "drop" (func $drop))))))
  (export $counter "counter" (type $counter'))
  (func (export "[constructor]counter") (param "n" u32) (result (own $counter)) (canon lift (core func $i "make")))
  (func (export "calls") (result u32) (canon lift (core func $i "calls")))
  (func (export "moved") (param "a" (own $counter)) (param "b" (own $counter)) (canon lift (core func $i "moved")))
  (func (export "half-moved") (param "a" (own $counter)) (param "b" (borrow $counter)) (canon lift (core func $i "half-moved")))
  (func (export "lent") (param "a" (borrow $counter)) (param "b" (borrow $counter)) (canon lift (core func $i "lent")))
  (func (export "list") (param "all" (list (own $counter)))
    (canon lift (core func $i "list") (memory (core memory $i "mem")) (realloc (core func $i "realloc")))))`;

async function pairs(): Promise<{ exports: Record<string, Fn>; make: () => object }> {
  const { exports } = await instantiateWat(PAIRS);
  const Counter = exports['Counter'] as new (n: number) => object;
  return { exports: exports as Record<string, Fn>, make: () => new Counter(1) };
}

function failure(work: () => unknown): { code: string; message: string } {
  try {
    work();
  } catch (error) {
    if (isLoopError(error)) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: 'none', message: '' };
}

describe('a handle moves into a guest once:', () => {
  test('not twice by one call, which is refused before anything has moved', async () => {
    const { exports, make } = await pairs();
    const counter = make();
    const twice = {
      code: 'E_HANDLE_GONE',
      message: 'cannot call "moved": b: resource counter is moved by the same call',
    };
    expect(failure(() => exports['moved']?.(counter, counter))).toEqual(twice);
    expect(failure(() => exports['list']?.([make(), counter, counter]))).toMatchObject({
      code: 'E_HANDLE_GONE',
      message: 'cannot call "list": all[2]: resource counter is moved by the same call',
    });
    expect(exports['calls']?.()).toBe(0);
    exports['moved']?.(counter, make());
    expect(exports['calls']?.()).toBe(1);
  });

  test('not while the same call borrows it, in either order', async () => {
    const { exports, make } = await pairs();
    const counter = make();
    expect(failure(() => exports['halfMoved']?.(counter, counter)).code).toBe('E_HANDLE_GONE');
    exports['halfMoved']?.(make(), counter);
    exports['lent']?.(counter, counter);
    expect(exports['calls']?.()).toBe(2);
  });

  test('a refused call leaves its other arguments usable', async () => {
    const { exports, make } = await pairs();
    const [counter, gone] = [make(), make()];
    exports['moved']?.(gone, make());
    expect(failure(() => exports['moved']?.(counter, gone)).code).toBe('E_HANDLE_GONE');
    expect(failure(() => exports['moved']?.(counter, 'text')).code).toBe('E_ARGUMENT_MISMATCH');
    exports['moved']?.(counter, make());
    expect(failure(() => exports['moved']?.(counter, make())).code).toBe('E_HANDLE_GONE');
  });
});

describe('maxHandles', () => {
  const HOARDER = `(component
    (type $r (resource (rep i32)))
    (core func $new (canon resource.new $r))
    (core func $drop (canon resource.drop $r))
    (core module $m
      (import "" "new" (func $new (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "hoard") (param i32) (loop $l
        (drop (call $new (i32.const 0)))
        (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
      (func (export "churn") (param i32) (loop $l
        (call $drop (call $new (i32.const 0)))
        (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
    (core instance $i (instantiate $m (with "" (instance (export "new" (func $new)) (export "drop" (func $drop))))))
    (func (export "hoard") (param "n" u32) (canon lift (core func $i "hoard")))
    (func (export "churn") (param "n" u32) (canon lift (core func $i "churn"))))`;
  const start = async (limits: Partial<Limits>): Promise<Record<string, Fn>> =>
    (await instantiateWat(HOARDER, {}, { limits })).exports as Record<string, Fn>;

  test('bounds the handles that an instance holds: E_TRAP_HANDLE_LIMIT', async () => {
    const full = await start({ maxHandles: 100 });
    full['churn']?.(1000);
    full['hoard']?.(100);
    const refused = { code: 'E_TRAP_HANDLE_LIMIT', message: expect.stringContaining('maxHandles is 100') as unknown };
    expect(failure(() => full['hoard']?.(1))).toMatchObject(refused);
  });

  test('is one for all component instances inside', async () => {
    const nested = `(component (component $c ${HOARDER.slice('(component'.length)}
      (instance $a (instantiate $c)) (instance $b (instantiate $c))
      (export "a" (func $a "hoard")) (export "b" (func $b "hoard")))`;
    const { a, b } = (await instantiateWat(nested, {}, { limits: { maxHandles: 100 } })).exports as Record<string, Fn>;
    a?.(60);
    b?.(40);
    expect(failure(() => a?.(1)).code).toBe('E_TRAP_HANDLE_LIMIT');
  });

  test('does not when it is larger', async () => {
    const roomy = await start({ maxHandles: 1000 });
    roomy['hoard']?.(1000);
  });

  test('ends by default what would end the process', async () => {
    const exports = await start({});
    expect(failure(() => exports['hoard']?.(2 ** 31)).code).toBe('E_TRAP_HANDLE_LIMIT');
  });
});

describe('a handle table', () => {
  const limits = { maxTransferBytes: 1, maxHandles: 2 ** 40, maxQueuedCalls: 1, queueTimeoutMs: 1 };
  const handle = { isOwn: true, rep: 1, lease: undefined, lends: 0 } as unknown as Handle;

  test('uses freed indices again, last freed first', () => {
    const store = new Store(limits);
    const table = new HandleTable(store);
    const indices = [1, 2, 3].map(() => table.add(handle));
    table.remove(1, handle.type);
    table.remove(3, handle.type);
    expect([indices, store.handles, table.add(handle), table.add(handle)]).toEqual([[1, 2, 3], 1, 3, 1]);
  });

  test('holds at most 2^28 - 1 handles, whatever the limit: E_TRAP_HANDLE_LIMIT', () => {
    const store = new Store(limits);
    const table = new HandleTable(store);
    // A sparse array stands for all the handles before.
    (table as unknown as { entries: unknown[] }).entries.length = 2 ** 28 - 1;
    expect(table.add(handle)).toBe(2 ** 28 - 1);
    expect(() => table.add(handle)).toThrow();
    expect(store.trapped?.code).toBe('E_TRAP_HANDLE_LIMIT');
  });
});
