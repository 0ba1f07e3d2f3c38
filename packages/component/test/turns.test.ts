import { suspending } from '@loophost/component';
import { describe, expect, test } from 'vitest';
import { codeOf, gate } from './support/gate.ts';
import { instantiateWat } from './support/wat.ts';

type Fn = (...args: unknown[]) => unknown;

const note = (): void => undefined;

/** Takes a resource, a list of strings or nothing, waits, and has a synchronous export besides. */
const TAKER = `(component
  (import "wait" (func $wait))
  (import "note" (func $note))
  (core func $wait' (canon lower (func $wait)))
  (core func $note' (canon lower (func $note)))
  (type $r' (resource (rep i32)))
  (export $r "r" (type $r'))
  (core func $new (canon resource.new $r'))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "wait" (func $wait))
    (import "" "note" (func $note))
    (memory (export "mem") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
    (func (export "make") (result i32) (call $new (i32.const 7)))
    (func (export "take") (param i32) (call $wait))
    (func (export "list") (param i32 i32) (call $note) (call $wait)))
  (core instance $i (instantiate $m (with "" (instance (export "new" (func $new)) (export "wait" (func $wait')) (export "note" (func $note'))))))
  (func (export "make") (result (own $r)) (canon lift (core func $i "make")))
  (func (export "take") (param "r" (own $r)) (canon lift (core func $i "take")))
  (func (export "list") (param "l" (list string))
    (canon lift (core func $i "list") (memory (core memory $i "mem")) (realloc (core func $i "realloc")))))`;

describe('a call that waits for its turn', () => {
  test('is refused when its arguments do not fit any more, and the next one runs', async () => {
    const { fn, open } = gate();
    const { exports } = await instantiateWat(TAKER, { wait: suspending(fn), note });
    const [make, take, list] = [exports['make'], exports['take'], exports['list']] as [Fn, Fn, Fn];
    const handle = make() as Disposable;
    const texts: unknown[] = ['a'];
    const first = list([]) as Promise<unknown>;
    const late = [codeOf(() => take(handle)), codeOf(() => list(texts)), codeOf(() => list(['b']))];
    handle[Symbol.dispose]();
    texts.push(42);
    open(undefined);
    await first;
    expect(await Promise.all(late)).toEqual(['E_HANDLE_GONE', 'E_ARGUMENT_MISMATCH', 'no error']);
    expect(make()).toBeDefined();
  });

  test('keeps synchronous calls out as blocked, and lets others wait, also just before its turn', async () => {
    const { fn, open } = gate();
    const { exports } = await instantiateWat(TAKER, { wait: suspending(fn), note });
    const [make, list] = [exports['make'], exports['list']] as [Fn, Fn];
    const [first, second] = [list([]), list([])];
    open(undefined);
    await first;
    const blocked = {
      code: 'E_CALL_BLOCKED',
      fix: 'let that call finish first: it must not wait for an export of its own caller',
    };
    expect(() => make()).toThrow(expect.objectContaining(blocked));
    await list([]);
    await second;
    expect(make()).toBeDefined();
  });

  test('is refused as reentrant by what the current call has below it on the stack', async () => {
    const seen: unknown[] = [];
    const { exports } = await instantiateWat(TAKER, {
      wait: suspending(() => undefined),
      note: () =>
        seen.push(
          codeOf(() => (exports['make'] as Fn)()),
          codeOf(() => (exports['list'] as Fn)([])),
        ),
    });
    await (exports['list'] as Fn)([]);
    expect(await Promise.all(seen)).toEqual(['E_CALL_REENTRANT', 'E_CALL_REENTRANT']);
  });

  test('does not begin when checking its arguments again disposes of the instance', async () => {
    const { fn, open } = gate();
    const instance = await instantiateWat(TAKER, { wait: suspending(fn), note });
    const list = instance.exports['list'] as Fn;
    let isLate = false;
    const texts = new Proxy(['a'], {
      get: (target, key) => {
        if (isLate) instance[Symbol.dispose]();
        return isLate && key === '0' ? 5 : Reflect.get(target, key);
      },
    });
    const [first, second] = [list([]), codeOf(() => list(texts))];
    isLate = true;
    open(undefined);
    await first;
    expect(await second).toBe('E_INSTANCE_DISPOSED');
    expect(await codeOf(() => (instance.exports['make'] as Fn)())).toBe('E_INSTANCE_DISPOSED');
  });
});
