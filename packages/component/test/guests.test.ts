import { readFileSync } from 'node:fs';
import {
  compile,
  type CompileOptions,
  type Component,
  ComponentError,
  type Imports,
  isComponentError,
  isLoopError,
} from '@loophost/component';
import { describe, expect, test } from 'vitest';

type Functions = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
type Exports = Readonly<Record<string, Functions>>;

/** Compiles one of our guests. */
async function compileGuest(name: string, options: CompileOptions = {}): Promise<Component> {
  return await compile(readFileSync(new URL(`../../../guests/${name}/${name}.wasm`, import.meta.url)), options);
}

/** The exports of a new instance of a guest. */
async function start(guest: string, imports: Imports = {}, options: CompileOptions = {}): Promise<Exports> {
  const instance = await (await compileGuest(guest, options)).link(imports).instantiate();
  return instance.exports as Exports;
}

/** One interface of a new instance of a guest. */
async function startInterface(guest: string, name: string, imports: Imports = {}): Promise<Functions> {
  return (await start(guest, imports))[`loop:guests/${name}@0.1.0`] as Functions;
}

/** The code of the error that something ends in. */
function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isLoopError(error)) return error.code;
    throw error;
  }
  return 'none';
}

/** The payload of the declared error that something ends in. */
function payloadOf(work: () => unknown): unknown {
  try {
    return { returned: work() };
  } catch (error) {
    if (isComponentError(error)) return error.payload;
    throw error;
  }
}

describe('c-bench', () => {
  async function bench(logs: string[] = [], options: CompileOptions = {}): Promise<Functions> {
    const host = { log: (message: string) => logs.push(message) && undefined, tick: (x: number) => x * 3 };
    const exports = await start('c-bench', { 'loop:guests/bench-host@0.1.0': host }, options);
    return exports['loop:guests/bench@0.1.0'] as Functions;
  }

  test('computes', async () => {
    const { add, fib, callHost, checksum } = await bench();
    expect([add?.(2 ** 32 - 1, 3), fib?.(20), callHost?.(5)]).toEqual([2, 6765, 30]);
    expect([checksum?.(Uint8Array.of(1, 2, 3)), checksum?.(Uint8Array.of(3, 2, 1)), checksum?.([])]).toEqual([
      10, 14, 0,
    ]);
  });

  test('works on strings, lists and records', async () => {
    const logs: string[] = [];
    const { greet, logGreet, birthday, words, reverseBytes, centroid } = await bench(logs);
    expect([greet?.(''), greet?.('Zoë'), logGreet?.('x')]).toEqual(['Hello, !', 'Hello, Zoë!', 'Hello, x!']);
    expect(logs).toEqual(['Hello, x!']);
    const person = { name: 'Ada', age: 36, tags: ['a', '', 'ü'] };
    expect(birthday?.(person)).toEqual({ ...person, age: 37 });
    expect([words?.('  the quick  brown '), words?.(''), words?.('  ')]).toEqual([['the', 'quick', 'brown'], [], []]);
    expect(reverseBytes?.(Uint8Array.of(1, 2, 3))).toEqual(Uint8Array.of(3, 2, 1));
    expect(
      centroid?.([
        { x: 1, y: 2 },
        { x: 3, y: 5 },
      ]),
    ).toEqual({ x: 2, y: 3.5 });
    expect(payloadOf(() => centroid?.([]))).toBe('no points');
  });

  test('frees what it takes and what it gives: 100,000 calls fit into 2 MiB', async () => {
    const { greet, birthday, words, reverseBytes, centroid } = await bench([], { limits: { maxMemoryBytes: 2 ** 21 } });
    const bytes = new Uint8Array(300);
    const person = { name: 'somebody with a name', age: 1, tags: ['one', 'two', 'x'.repeat(50)] };
    for (let i = 0; i < 20_000; i++) {
      greet?.('somebody with a long name');
      birthday?.(person);
      words?.('one two three four five six');
      reverseBytes?.(bytes);
      payloadOf(() => centroid?.([]));
    }
    expect(greet?.('you')).toBe('Hello, you!');
  });
});

describe('rust-counter', () => {
  async function counters(): Promise<{ counters: Functions; Counter: CounterClass; logs: string[] }> {
    const logs: string[] = [];
    const log = (message: string): void => void logs.push(message);
    const exported = await startInterface('rust-counter', 'counters', { 'loop:guests/counter-host@0.1.0': { log } });
    return { counters: exported, Counter: exported['Counter'] as unknown as CounterClass, logs };
  }

  test('is a class whose destructor runs when the host disposes of an object', async () => {
    const { counters: all, Counter, logs } = await counters();
    const counter = new Counter(5);
    expect([counter.increment(10), counter.value(), all['live']?.()]).toEqual([15, 15, 1]);
    counter[Symbol.dispose]();
    expect([all['live']?.(), logs]).toEqual([0, ['dropped counter at 15']]);
    expect(codeOf(() => counter.value())).toBe('E_HANDLE_GONE');
  });

  test('moves what it takes as its own, and leaves what it borrows', async () => {
    const { counters: all, Counter, logs } = await counters();
    const [a, b] = [new Counter(5), new Counter(7)];
    expect([all['isLarger']?.(a, b), all['isLarger']?.(b, a), all['isLarger']?.(a, a)]).toEqual([false, true, false]);
    const merged = Counter.merge(a, b);
    expect([merged.value(), all['live']?.(), logs]).toEqual([12, 1, ['dropped counter at 7', 'dropped counter at 5']]);
    expect(codeOf(() => a.value())).toBe('E_HANDLE_GONE');
  });

  test('passes counters in lists and options', async () => {
    const { counters: all } = await counters();
    const many = all['makeMany']?.(Uint32Array.of(1, 2, 3)) as readonly Counter[];
    expect(many.map((counter) => counter.value())).toEqual([1, 2, 3]);
    expect([all['sum']?.(many), all['live']?.()]).toEqual([6, 0]);
    const made = all['orNew']?.(undefined) as Counter;
    made.increment(4);
    const kept = all['orNew']?.(made) as Counter;
    expect(kept.value()).toBe(4);
  });
});

interface Counter extends Disposable {
  increment(by: number): number;
  value(): number;
}

interface CounterClass {
  new (start: number): Counter;
  merge(a: Counter, b: Counter): Counter;
  add(a: Counter, b: Counter): Counter;
}

test('js-counter is a class', async () => {
  const exported = await startInterface('js-counter', 'js-counters');
  const Counter = exported['Counter'] as unknown as CounterClass;
  const [a, b] = [new Counter(5), new Counter(2 ** 32 - 1)];
  expect([a.increment(3), b.value(), Counter.add(a, b).value()]).toEqual([8, 2 ** 32 - 1, 7]);
  expect([exported['isLarger']?.(a, b), exported['isLarger']?.(b, a)]).toEqual([false, true]);
  const many = exported['makeMany']?.(Uint32Array.of(1, 2)) as readonly Counter[];
  expect(many.map((counter) => counter.value())).toEqual([1, 2]);
});

describe('rust-bucket-user', () => {
  const dropped: string[] = [];

  class Bucket {
    readonly entries = new Map<string, string>();
    readonly #name: string;

    constructor(name: string) {
      this.#name = name;
    }

    static join(left: Bucket, right: Bucket): Bucket {
      const joined = new Bucket(`${left.name()}+${right.name()}`);
      for (const [key, value] of [...left.entries, ...right.entries]) joined.put(key, value);
      return joined;
    }

    name(): string {
      return this.#name;
    }

    put(key: string, value: string): void {
      this.entries.set(key, value);
    }

    get(key: string): string | undefined {
      return this.entries.get(key);
    }

    [Symbol.dispose](): void {
      dropped.push(this.#name);
    }
  }

  const user = startInterface('rust-bucket-user', 'bucket-user', {
    'loop:guests/buckets@0.1.0': { Bucket, size: (bucket: Bucket) => bucket.entries.size },
  });

  test('makes, reads and writes the host’s buckets', async () => {
    const { fill, read, copy } = await user;
    const made = fill?.('made', [
      ['k', 'v'],
      ['ü', ''],
    ]) as Bucket;
    expect([made instanceof Bucket, made.name(), made.get('k')]).toEqual([true, 'made', 'v']);
    expect(read?.(made, ['k', 'nothing', 'ü'])).toEqual(['v', undefined, '']);
    const target = new Bucket('target');
    expect([copy?.(made, target, ['k', 'nothing']), target.get('k'), dropped]).toEqual([1, 'v', []]);
  });

  test('gives them back, or drops them', async () => {
    const { join, discard, keep } = await user;
    const joined = join?.(new Bucket('a'), new Bucket('b')) as Bucket;
    expect([joined.name(), discard?.(joined), dropped]).toEqual(['a+b', 'a+b', ['a+b']]);
    const [first, second] = [new Bucket('first'), new Bucket('second')];
    expect([keep?.(first), keep?.(second), keep?.(undefined), keep?.(undefined)]).toEqual([
      undefined,
      first,
      second,
      undefined,
    ]);
  });
});

describe.each(['c-hello', 'rust-hello'])('the command %s', (guest) => {
  const greeting = guest === 'c-hello' ? 'Hello from C!' : 'Hello from Rust!';

  test('prints its arguments, and tells on stderr how many there were', async () => {
    expect(await runCommand(guest, ['one', 'two'])).toEqual({
      out: `${greeting}\nargument: one\nargument: two\n`,
      err: 'arguments: 2\n',
      code: undefined,
    });
  });

  // The adapter's realloc refuses to let a block grow.
  test('takes arguments that are not ASCII', async () => {
    expect((await runCommand(guest, ['zwei ü'])).out).toBe(`${greeting}\nargument: zwei ü\n`);
  });

  test('copies its input', async () => {
    expect((await runCommand(guest, ['--stdin'], 'line one\nline two')).out).toBe(`${greeting}\nline one\nline two`);
  });

  test('ends with the code it is told', async () => {
    expect((await runCommand(guest, ['--exit', '0'])).code).toBe(0);
    expect((await runCommand(guest, ['--exit', '3'])).code).toBe(guest === 'c-hello' ? 3 : 1);
  });
});

test('a command whose run returns an error throws it', async () => {
  expect((await runCommand('c-hello', ['--fail'])).code).toBe('failed');
});

test('a command that panics traps', async () => {
  expect(await runCommand('rust-hello', ['--panic'])).toMatchObject({ code: 'E_TRAP_CORE' });
});

/** What a command has written, and how it ended: an exit code, `failed` for a declared error, or the code of a trap. */
interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly code: unknown;
}

/** Runs a command on a WASI of a few lines: three streams, arguments, exit. */
async function runCommand(guest: string, args: readonly string[], input = ''): Promise<Outcome> {
  const written = { out: '', err: '' };
  const left = [new TextEncoder().encode(input)];
  class InputStream extends Untouched {
    blockingRead(): Uint8Array {
      const chunk = left.shift();
      if (!chunk) throw new ComponentError({ tag: 'closed' });
      return chunk;
    }
  }
  class OutputStream extends Untouched {
    private readonly to: 'out' | 'err';
    constructor(to: 'out' | 'err') {
      super();
      this.to = to;
    }
    checkWrite(): bigint {
      return 4096n;
    }
    write(bytes: Uint8Array): void {
      written[this.to] += new TextDecoder().decode(bytes);
    }
    blockingWriteAndFlush(bytes: Uint8Array): void {
      this.write(bytes);
    }
    blockingFlush(): void {}
  }
  let code: unknown;
  const exit = (status: unknown): never => {
    code = status;
    throw new Error('the command called exit');
  };
  const component = await compileGuest(guest);
  const imports = withStubs(component, {
    environment: { getArguments: () => [guest, ...args], getEnvironment: () => [] },
    exit: { exit: ({ tag }: { tag: string }) => exit(tag === 'ok' ? 0 : 1), exitWithCode: exit },
    stdin: { getStdin: () => new InputStream() },
    stdout: { getStdout: () => new OutputStream('out') },
    stderr: { getStderr: () => new OutputStream('err') },
    streams: { InputStream, OutputStream },
    preopens: { getDirectories: () => [] },
  });
  const { exports } = await component.link(imports).instantiate();
  try {
    const run = Object.entries(exports as Exports).find(([name]) => name.startsWith('wasi:cli/run@'));
    run?.[1]['run']?.();
  } catch (error) {
    if (isComponentError(error)) code = 'failed';
    else if (code === undefined) code = isLoopError(error) ? error.code : error;
  }
  return { ...written, code };
}

/** Serves each interface that a component imports: by what is given under its short name, else by what must stay untouched. */
function withStubs(component: Component, given: Readonly<Record<string, object>>): Imports {
  const imports: Record<string, object> = {};
  for (const { name } of component.imports) {
    const [, short = ''] = /\/([a-z-]+)@/.exec(name) ?? [];
    imports[name] = untouchable(given[short]);
  }
  return imports;
}

/** Answers for every name: by a function that fails when it is called, a class where the name is one of a class. */
function untouchable(base: object = {}): object {
  const answer = (name: string): unknown => {
    if (/^[A-Z]/.test(name)) return class extends Untouched {};
    return () => {
      throw new Error(`the guest called ${name}`);
    };
  };
  return new Proxy(base, {
    get: (target, key) => Reflect.get(target, key) ?? (typeof key === 'string' ? answer(key) : undefined),
  });
}

/** A resource whose methods must not be called, but for those that a subclass has. */
class Untouched {
  readonly kind = 'resource';

  static {
    Object.setPrototypeOf(this.prototype, untouchable());
  }
}

test('the agent runs the code that it is given', async () => {
  const { runCode } = (await start('agent')) as unknown as { runCode(code: string): string };
  expect([runCode('1 + 1'), runCode('"ü🧮"'), runCode('[1, 2].map((x) => x * 2)')]).toEqual(['2', 'ü🧮', '2,4']);
  expect([runCode('x = 5'), runCode('x * 2')]).toEqual(['5', '10']);
  expect([runCode('throw new TypeError("no")'), runCode('throw 1')]).toEqual(['error: TypeError: no', 'error: 1']);
  expect(runCode('(')).toMatch(/^error: SyntaxError/);
  expect(runCode('typeof fetch + typeof process + typeof require')).toBe('undefined'.repeat(3));
});

test('nested-greeter carries records and lists from one child to another, across encodings', async () => {
  const exports = await start('nested-greeter');
  const front = exports['loop:guests/front@0.1.0'];
  expect([front?.['welcome']?.('Zoë', undefined), front?.['welcome']?.('計', 'Dr. 🧮')]).toEqual([
    'Hello, Zoë!',
    'Hello, Dr. 🧮 計!',
  ]);
  const guests = [
    ['a', undefined],
    ['ü', 'Prof.'],
    ['', ''],
  ];
  expect(front?.['welcomeAll']?.(guests)).toEqual(['Hello, a!', 'Hello, Prof. ü!', 'Hello,  !']);
  expect(exports['loop:guests/greeter@0.1.0']?.['greetAll']?.([])).toEqual([]);
});

test('nested-resources uses a resource of one child in another, and gives it to the host', async () => {
  const exports = await start('nested-resources');
  const [vault, keeper] = [exports['loop:guests/vault@0.1.0'], exports['loop:guests/keeper@0.1.0']];
  const Secret = vault?.['Secret'] as unknown as new (text: string) => Disposable & { reveal(): string };
  const mine = new Secret('mine');
  const number = keeper?.['keepNew']?.('kept ü');
  expect([mine.reveal(), keeper?.['peek']?.(mine), keeper?.['revealKept']?.(number)]).toEqual([
    'mine',
    'mine',
    'kept ü',
  ]);
  const given = keeper?.['keep']?.(mine);
  expect(codeOf(() => mine.reveal())).toBe('E_HANDLE_GONE');
  const released = keeper?.['release']?.(number) as InstanceType<typeof Secret>;
  expect([released instanceof Secret, released.reveal(), vault?.['alive']?.()]).toEqual([true, 'kept ü', 2]);
  keeper?.['forget']?.(given);
  released[Symbol.dispose]();
  expect(vault?.['alive']?.()).toBe(0);
  expect(codeOf(() => keeper?.['revealKept']?.(given))).toBe('E_TRAP_UNKNOWN_HANDLE');
});

test('donut enters a component again from within itself', async () => {
  const exports = (await start('donut')) as unknown as Functions;
  expect([exports['ask']?.(4), exports['askChild']?.(4), exports['count']?.()]).toEqual([82, 41, 2]);
});
