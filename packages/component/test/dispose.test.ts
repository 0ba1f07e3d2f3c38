import { compile, type Imports, type Instance, isLoopError, type LoopError, suspending } from '@loophost/component';
import { describe, expect, test } from 'vitest';
import { instantiateWat, wat } from './support/wat.ts';

type Fn = (...args: unknown[]) => unknown;

/** Takes resources of the host, calls an import `w` in the middle of `run`, and counts how often it went on after that. */
const OWNER = `(component
  (import "w" (func $w (result u32)))
  (import "pair" (func $pair (result (tuple u32 u32))))
  (import "went-on" (func $went-on))
  (import "r" (type $r (sub resource)))
  (import "make" (func $make (result (own $r))))
  (core module $libc (memory (export "mem") 1))
  (core instance $libc (instantiate $libc))
  (core func $w' (canon lower (func $w)))
  (core func $pair' (canon lower (func $pair) (memory (core memory $libc "mem"))))
  (core func $went-on' (canon lower (func $went-on)))
  (core func $make' (canon lower (func $make)))
  (core func $drop (canon resource.drop $r))
  (core module $m
    (import "" "w" (func $w (result i32)))
    (import "" "pair" (func $pair (param i32)))
    (import "" "went-on" (func $went-on))
    (import "" "make" (func $make (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "take") (drop (call $make)))
    (func (export "run") (drop (call $make)) (drop (call $w)) (call $went-on))
    (func (export "run-pair") (drop (call $make)) (call $pair (i32.const 0)) (call $went-on))
    (func (export "run-drop") (call $drop (call $make)) (call $went-on)))
  (core instance $i (instantiate $m (with "" (instance
    (export "w" (func $w')) (export "pair" (func $pair')) (export "went-on" (func $went-on'))
    (export "make" (func $make')) (export "drop" (func $drop))))))
  (func (export "take") (canon lift (core func $i "take")))
  (func (export "run") (canon lift (core func $i "run")))
  (func (export "run-pair") (canon lift (core func $i "run-pair")))
  (func (export "run-drop") (canon lift (core func $i "run-drop"))))`;

function errorOf(work: () => unknown): LoopError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (isLoopError(error)) return error;
    throw error;
  }
}

interface Subject {
  readonly instance: Instance;
  readonly log: string[];
  call(name: string): unknown;
}

/** Starts the owner with a resource that logs its end, and with some of its imports replaced. */
async function start(imports: (subject: Subject) => Imports, onEnd: () => void = () => undefined): Promise<Subject> {
  const log: string[] = [];
  let made = 0;
  class R implements Disposable {
    readonly name = `r${++made}`;

    [Symbol.dispose](): void {
      log.push(this.name);
      onEnd();
    }
  }
  const subject = { log, call: (name: string): unknown => (subject.instance.exports[name] as Fn)() } as {
    instance: Instance;
    log: string[];
    call(name: string): unknown;
  };
  subject.instance = await instantiateWat(OWNER, {
    w: () => 1,
    pair: () => [1, 2],
    'went-on': () => log.push('went on'),
    R,
    make: () => new R(),
    ...imports(subject),
  });
  return subject;
}

describe('disposing of an instance', () => {
  test('ends the host resources that it owns, and does nothing the second time', async () => {
    const { instance, log, call } = await start(() => ({}));
    call('take');
    instance[Symbol.dispose]();
    instance[Symbol.dispose]();
    expect(log).toEqual(['r1']);
    expect(errorOf(() => call('take'))?.code).toBe('E_INSTANCE_DISPOSED');
  });

  test('from an import ends the call when the import returns, and its resources after that', async () => {
    for (const [run, name] of [
      ['run', 'w'],
      ['runPair', 'pair'],
    ] as const) {
      const { log, call } = await start((subject) => ({
        [name]: () => {
          subject.instance[Symbol.dispose]();
          log.push('returns');
          return name === 'w' ? 1 : [1, 2];
        },
      }));
      expect(
        errorOf(() => call(run)),
        run,
      ).toMatchObject({
        code: 'E_INSTANCE_DISPOSED',
        message: 'cannot finish the call: its instance was disposed',
      });
      expect(log, run).toEqual(['returns', 'r1']);
      expect(errorOf(() => call(run))?.message).toBe(
        `cannot call "${run === 'run' ? run : 'run-pair'}": its instance was disposed`,
      );
    }
  });

  test('from an import that throws then ends the call all the same', async () => {
    const { log, call } = await start((subject) => ({
      w: () => {
        subject.instance[Symbol.dispose]();
        throw new Error('and more');
      },
    }));
    expect(errorOf(() => call('run'))?.code).toBe('E_INSTANCE_DISPOSED');
    expect(log).toEqual(['r1']);
  });

  test('from the disposer of a resource that the guest drops ends the call there', async () => {
    const { log, call } = await start(
      (subject) => ((ending.end = () => subject.instance[Symbol.dispose]()), {}),
      () => ending.end(),
    );
    expect(errorOf(() => call('runDrop'))?.code).toBe('E_INSTANCE_DISPOSED');
    expect(log).toEqual(['r1']);
  });
  const ending = { end: (): void => undefined };

  test('runs every disposer, and says then which failed', async () => {
    const { instance, log, call } = await start(
      () => ({}),
      () => {
        throw new Error('boom');
      },
    );
    call('take');
    call('take');
    const error = errorOf(() => instance[Symbol.dispose]());
    expect(error).toMatchObject({ code: 'E_DISPOSE_FAILED', fault: 'host' });
    expect(error?.problems.map(({ code }) => code)).toEqual(['E_IMPORT_THREW', 'E_IMPORT_THREW']);
    expect(error?.message).toContain('boom');
    expect(log).toEqual(['r1', 'r2']);
    instance[Symbol.dispose]();
    expect(log).toEqual(['r1', 'r2']);
  });

  test('from an import says in the end of the call which disposers failed', async () => {
    const { call } = await start(
      (subject) => ({ w: () => (subject.instance[Symbol.dispose](), 1) }),
      () => {
        throw new Error('boom');
      },
    );
    const error = errorOf(() => call('run'));
    expect(error?.code).toBe('E_DISPOSE_FAILED');
    expect(error?.problems.map(({ code }) => code)).toEqual(['E_INSTANCE_DISPOSED', 'E_IMPORT_THREW']);
  });

  test('after a trap still ends the resources that it owned', async () => {
    const { instance, log, call } = await start(() => ({ w: () => 'no number' }));
    expect(errorOf(() => call('run'))?.code).toBe('E_IMPORT_RESULT');
    instance[Symbol.dispose]();
    expect(log).toEqual(['r1']);
  });

  test('that is suspended in an import that never settles ends its call and those that wait, and its resources at once', async () => {
    const { instance, log, call } = await start(() => ({ w: suspending(() => new Promise(() => undefined)) }));
    const calls = [call('run'), call('run')];
    instance[Symbol.dispose]();
    expect(log).toEqual(['r1']);
    for (const each of calls) await expect(each).rejects.toMatchObject({ code: 'E_INSTANCE_DISPOSED' });
    expect(log).toEqual(['r1']);
  });

  test('between two calls of a queue ends the second, and the resources', async () => {
    let go: (value: number) => void = () => undefined;
    const { instance, log, call } = await start(() => ({
      w: suspending(() => new Promise((resolve) => (go = resolve))),
    }));
    const [first, second] = [call('run'), call('run')];
    go(1);
    await first;
    instance[Symbol.dispose]();
    await expect(second).rejects.toMatchObject({ code: 'E_INSTANCE_DISPOSED' });
    expect(log).toEqual(['went on', 'r1']);
  });
});

test('host resources that a guest took while its start trapped are disposed', async () => {
  let ended = 0;
  class R implements Disposable {
    [Symbol.dispose](): void {
      ended++;
    }
  }
  const text = `(component
    (import "r" (type $r (sub resource))) (import "make" (func $make (result (own $r))))
    (core func $make' (canon lower (func $make)))
    (core module $m (import "" "make" (func $make (result i32)))
      (func $start (drop (call $make)) (drop (call $make)) unreachable) (start $start))
    (core instance (instantiate $m (with "" (instance (export "make" (func $make')))))))`;
  const linked = (await compile(await wat(text))).link({ R, make: () => new R() });
  await expect(linked.instantiate()).rejects.toMatchObject({ code: 'E_TRAP_CORE' });
  expect(ended).toBe(2);
});
