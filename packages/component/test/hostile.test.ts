import { readdirSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import {
  compile,
  type CompileOptions,
  type Imports,
  type Instance,
  isLoopError,
  type LoopError,
  suspending,
} from '@loophost/component';
import { describe, expect, test } from 'vitest';

const FOLDER = new URL('../../../guests/hostile/', import.meta.url);

/** A badly behaved guest. The first line of its text says what it must end in: `;; CODE: what it does`. */
interface Hostile {
  readonly name: string;
  readonly code: string;
  readonly deed: string;
}

const GUESTS: readonly Hostile[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.wat'))
  .map((file) => {
    const [first = ''] = readFileSync(new URL(file, FOLDER), 'utf8').split('\n');
    const [, code = '', deed = ''] = /^;; ([^:]+): (.+)$/.exec(first) ?? [];
    return { name: file.replace('.wat', ''), code, deed };
  });

/** A resource of the host. */
class Thing {
  readonly kind = 'thing';
}

/** What guests are called with. Those that are not named here take nothing. */
const ARGUMENTS: Readonly<Record<string, () => readonly unknown[]>> = {
  'borrow-dropped-twice': () => [new Thing()],
  'borrow-given-away': () => [new Thing()],
  'borrow-kept': () => [new Thing()],
  'borrow-returned': () => [new Thing()],
  'division-by-zero': () => [0],
  'handle-forged': () => [42],
  'handle-forged-argument': () => [1],
  'handle-forged-drop': () => [4_294_967_295],
  'handle-forged-list': () => [new Thing()],
  'own-given-twice': () => [new Thing()],
  'own-given-while-lent': () => [new Thing()],
  'realloc-calls-import': () => ['text'],
  'realloc-past-end': () => ['text'],
  'realloc-throws': () => ['text'],
  'realloc-traps': () => ['text'],
  'realloc-unaligned': () => [Uint32Array.of(1)],
  'realloc-wild': () => ['text'],
  'stack-overflow': () => [0],
};

/** A host that counts how often it was called. */
function hostOf(note: () => unknown = () => undefined): { imports: Imports; calls: () => number } {
  let calls = 0;
  const count = (result: unknown) => (): unknown => {
    calls += 1;
    return result;
  };
  const host = {
    Thing,
    note: () => (count(undefined)(), note()),
    read: count('text'),
    call: count([1, 2]),
    take: count(undefined),
    swap: count(undefined),
    look: count(undefined),
  };
  return { imports: { host }, calls: () => calls };
}

function bytesOf(name: string): Uint8Array {
  return readFileSync(new URL(`${name}.wasm`, FOLDER));
}

async function start(name: string, imports: Imports = {}, options: CompileOptions = {}): Promise<Instance> {
  return await (await compile(bytesOf(name), options)).link(imports).instantiate();
}

function attack(instance: Instance, args: readonly unknown[] = []): unknown {
  return (instance.exports['attack'] as (...args: readonly unknown[]) => unknown)(...args);
}

function argumentsOf(name: string): readonly unknown[] {
  return ARGUMENTS[name]?.() ?? [];
}

/** Runs something that must fail, and gives how. */
async function failureOf(work: () => unknown): Promise<LoopError> {
  let result: unknown;
  try {
    result = await work();
  } catch (error) {
    if (isLoopError(error)) return error;
    throw error;
  }
  throw new Error(`it ended well, with ${String(result)}`);
}

/** The guests whose story is told one by one, below. */
const SPECIAL = new Set([
  'destructor-calls-import',
  'destructor-traps',
  'endless-loop',
  'memory-bomb',
  'start-calls-import',
  'start-hides-import',
  'start-traps',
  'swallowed-host-error',
  'swallowed-suspension',
  'table-bomb',
]);

const ORDINARY = GUESTS.filter(({ name }) => !SPECIAL.has(name));
const TRAPPING = ORDINARY.filter(({ code }) => code.startsWith('E_TRAP_'));
const AT_LINK = ORDINARY.filter(({ name }) => name.includes('claim'));
const AT_COMPILE = ORDINARY.filter((guest) => !TRAPPING.includes(guest) && !AT_LINK.includes(guest));

describe('a guest that traps ends in the code of its trap, and its instance with it:', () => {
  for (const { name, code, deed } of TRAPPING) {
    test(`${name} ${deed}: ${code}`, async () => {
      const instance = await start(name, hostOf().imports);
      const error = await failureOf(() => attack(instance, argumentsOf(name)));
      expect(error).toMatchObject({ code, fault: 'guest' });
      const next = await failureOf(() => attack(instance, argumentsOf(name)));
      expect(next).toMatchObject({ code: 'E_INSTANCE_TRAPPED', fault: 'guest', cause: error });
    });
  }
});

describe('a guest that asks for too much is refused before it runs:', () => {
  for (const { name, code, deed } of AT_COMPILE) {
    test(`${name} ${deed}: ${code} at compile`, async () => {
      expect(await failureOf(() => compile(bytesOf(name)))).toMatchObject({ code, fault: 'user' });
    });
  }

  for (const { name, code, deed } of AT_LINK) {
    test(`${name} ${deed}: ${code} at link`, async () => {
      const component = await compile(bytesOf(name));
      const error = await failureOf(() => component.link());
      expect(error.code).toBe('E_LINK_FAILED');
      expect(error.problems.map((problem) => problem.code)).toEqual([code]);
    });
  }

  for (const name of ['gc-array', 'gc-struct', 'exnref-table']) {
    test(`${name} compiles when it is trusted with the heap`, async () => {
      await compile(bytesOf(name), { allowGcHeap: true });
    });
  }
});

describe('what a guest makes up never reaches the host:', () => {
  const names = [
    'borrow-given-away',
    'handle-forged-argument',
    'import-bad-char',
    'import-wild-argument',
    'import-wild-parameters',
    'own-given-while-lent',
    'post-return-calls-import',
    'realloc-calls-import',
  ];
  test.each(names)('%s traps before the import is called', async (name) => {
    const { imports, calls } = hostOf();
    const instance = await start(name, imports);
    await failureOf(() => attack(instance, argumentsOf(name)));
    expect(calls()).toBe(0);
  });

  test.each([0, 1, 2, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])('handle %i is nobody’s', async (handle) => {
    for (const name of ['handle-forged', 'handle-forged-drop', 'handle-forged-argument']) {
      const instance = await start(name, hostOf().imports);
      expect((await failureOf(() => attack(instance, [handle]))).code).toBe('E_TRAP_UNKNOWN_HANDLE');
    }
  });
});

test('the backtrace of a trap names the functions of the guest, innermost first', async () => {
  const instance = await start('unreachable');
  const { backtrace } = await failureOf(() => attack(instance));
  expect(backtrace.map((frame) => frame.split(' ')[0])).toEqual(['core.innermost', 'core.middle', 'core.attack']);
});

test('a trap ends one instance: its siblings and later ones do their work', async () => {
  const linked = (await compile(bytesOf('division-by-zero'))).link();
  const [first, second] = [await linked.instantiate(), await linked.instantiate()];
  await failureOf(() => attack(first, [0]));
  expect(attack(second, [1])).toBe(1);
  expect(attack(await linked.instantiate(), [1])).toBe(1);
});

test('a host function that fails ends the instance as the host’s fault, even if the guest swallows it', async () => {
  const cause = new Error('no such file');
  const { imports } = hostOf(() => {
    throw cause;
  });
  const instance = await start('swallowed-host-error', imports);
  const error = await failureOf(() => attack(instance));
  expect(error).toMatchObject({ code: 'E_IMPORT_THREW', fault: 'host', cause });
  expect((await failureOf(() => attack(instance))).code).toBe('E_INSTANCE_TRAPPED');
});

test('a host function that calls its own caller is told so, and may handle it', async () => {
  const running: { instance?: Instance } = {};
  const seen: unknown[] = [];
  const { imports } = hostOf(() => {
    try {
      attack(running.instance as Instance);
    } catch (error) {
      seen.push((error as LoopError).code);
    }
  });
  running.instance = await start('swallowed-host-error', imports);
  expect(attack(running.instance)).toBe(1);
  expect(seen).toEqual(['E_CALL_REENTRANT']);
});

test('a start function that traps rejects the instantiation', async () => {
  const linked = (await compile(bytesOf('start-traps'))).link();
  expect(await failureOf(() => linked.instantiate())).toMatchObject({ code: 'E_TRAP_CORE', fault: 'guest' });
});

describe('an import that a start function calls', () => {
  const suspends = { host: { note: suspending(async () => {}) } };

  test.each(['start-calls-import', 'start-hides-import'])('may be a plain function: %s', async (name) => {
    const { imports, calls } = hostOf();
    attack(await start(name, imports));
    expect(calls()).toBe(1);
  });

  test('may not suspend: E_START_SUSPENDS at link', async () => {
    const component = await compile(bytesOf('start-calls-import'));
    const error = await failureOf(() => component.link(suspends));
    expect(error.problems.map((problem) => problem.code)).toEqual(['E_START_SUSPENDS']);
  });

  test('may not suspend: when it is called through a table, the trap is E_TRAP_CANNOT_SUSPEND', async () => {
    const component = await compile(bytesOf('start-hides-import'));
    expect((await failureOf(() => component.link(suspends).instantiate())).code).toBe('E_TRAP_CANNOT_SUSPEND');
  });
});

describe('a destructor that runs because the host disposes of a handle', () => {
  const dispose = (thing: unknown): void => (thing as Disposable)[Symbol.dispose]();

  test('may call an import', async () => {
    const { imports, calls } = hostOf();
    dispose(attack(await start('destructor-calls-import', imports)));
    expect(calls()).toBe(1);
  });

  test('may not suspend, since disposing cannot wait: E_TRAP_CANNOT_SUSPEND', async () => {
    const instance = await start('destructor-calls-import', { host: { note: suspending(async () => {}) } });
    const thing = await attack(instance);
    expect((await failureOf(() => dispose(thing))).code).toBe('E_TRAP_CANNOT_SUSPEND');
  });

  test('may not suspend, even if it swallows the error: E_TRAP_CANNOT_SUSPEND', async () => {
    const instance = await start('swallowed-suspension', { host: { note: suspending(async () => {}) } });
    const thing = await attack(instance);
    expect((await failureOf(() => dispose(thing))).code).toBe('E_TRAP_CANNOT_SUSPEND');
  });

  test('ends the instance when it traps', async () => {
    const instance = await start('destructor-traps');
    const thing = attack(instance);
    expect((await failureOf(() => dispose(thing))).code).toBe('E_TRAP_CORE');
    expect((await failureOf(() => attack(instance))).code).toBe('E_INSTANCE_TRAPPED');
  });
});

describe('a guest grows no further than its budget, and goes on with what it has:', () => {
  const PAGE = 65_536;

  test.each([1, 16, 100])('%i pages of memory', async (pages) => {
    const instance = await start('memory-bomb', {}, { limits: { maxMemoryBytes: pages * PAGE } });
    expect(attack(instance)).toBeLessThanOrEqual(pages);
    expect(attack(instance)).toBeGreaterThan(pages - 16);
  });

  test.each([1, 10_000])('%i elements of a table', async (elements) => {
    const instance = await start('table-bomb', {}, { limits: { maxTableElements: elements } });
    expect(attack(instance)).toBeLessThanOrEqual(elements);
    expect(attack(instance)).toBeGreaterThan(elements - 4096);
  });
});

test('a guest that never ends is ended with its thread, and the host goes on', async () => {
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(workerData.engine).then(async ({ compile }) => {
      const instance = await (await compile(workerData.bytes)).link().instantiate();
      parentPort.postMessage('called');
      instance.exports.attack();
      parentPort.postMessage('returned');
    });`;
  const engine = new URL('../src/index.ts', import.meta.url).href;
  const worker = new Worker(source, { eval: true, workerData: { engine, bytes: bytesOf('endless-loop') } });
  const messages: unknown[] = [];
  await new Promise<void>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('message', (message) => {
      messages.push(message);
      resolve();
    });
  });
  await worker.terminate();
  expect(messages).toEqual(['called']);
});
