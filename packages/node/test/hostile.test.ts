import { DEFAULT_LIMITS, isLoopError } from '@loophost/component';
import { type Host, provide } from '@loophost/host';
import { createNodeHost } from '@loophost/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CALLER, guest, wat } from './guests.ts';

/** How much later than its limit a guest may end: the time that the machine takes to end a thread. */
const GRACE_MS = 100;
const MIB = 2 ** 20;

let host: Host;

beforeAll(() => {
  host = createNodeHost({
    capabilities: [
      provide({
        name: 'test',
        interfaces: {
          'acme:test/host@1.0.0': { f: (x: number) => (x === 99 ? new Promise(() => undefined) : x) },
        },
      }),
    ],
  });
});

afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.live).toEqual({ instances: 0, threads: 0, handles: 0, calls: 0 });
});

/** The host still answers, with a guest that has done nothing wrong. */
async function expectToServe(): Promise<void> {
  const linked = await host.link(await wat(CALLER), { grants: { test: true } });
  await using instance = await linked.instantiate();
  expect(await instance.call('once', [1])).toBe(1);
}

async function failureOf(work: Promise<unknown>): Promise<{ code: string; ms: number }> {
  const started = performance.now();
  try {
    await work;
    return { code: 'no error', ms: performance.now() - started };
  } catch (error) {
    if (!isLoopError(error)) throw error;
    return { code: error.problems[0]?.code ?? error.code, ms: performance.now() - started };
  }
}

describe('a guest that attacks', () => {
  test.each([
    ['hostile/endless-loop', 'E_DEADLINE_EXCEEDED'],
    ['hostile/stack-overflow', 'E_TRAP_STACK_OVERFLOW'],
    ['hostile/string-huge', 'E_TRAP_VALUE_TOO_LARGE'],
    ['hostile/unreachable', 'E_TRAP_CORE'],
  ])('%s ends in %s within its limit', async (name, code) => {
    const instance = await (await host.link(await guest(name))).instantiate();
    const [only] = (await host.link(await guest(name))).catalog.functions;
    const timeoutMs = 200;
    const args = only?.type.params.map(() => 0) ?? [];
    const failure = await failureOf(instance.call(only?.name ?? '', args, { timeoutMs }));
    expect(failure.code).toBe(code);
    expect(failure.ms).toBeLessThan(timeoutMs + GRACE_MS);
    await instance[Symbol.asyncDispose]();
    await expectToServe();
  });

  test.each([
    ['hostile/gc-struct', 'E_GC_HEAP_DENIED'],
    ['hostile/gc-array', 'E_GC_HEAP_DENIED'],
    ['hostile/exnref-hoard', 'E_GC_HEAP_DENIED'],
    ['hostile/exnref-table', 'E_GC_HEAP_DENIED'],
    ['hostile/instance-bomb', 'E_LIMIT_EXCEEDED'],
  ])('%s is refused before it runs, with %s', async (name, code) => {
    expect((await failureOf(guest(name))).code).toBe(code);
    await expectToServe();
  });

  test.each(['hostile/memory-claim', 'hostile/memory-claim-in-parts', 'hostile/table-claim'])(
    '%s is refused when it is linked',
    async (name) => {
      expect((await failureOf(host.link(await guest(name)))).code).toBe('E_LIMIT_EXCEEDED');
      await expectToServe();
    },
  );

  test('by filling its memory gets no more than its budget', async () => {
    const component = await guest('hostile/memory-bomb', { limits: { maxMemoryBytes: 4 * MIB } });
    await using instance = await (await host.link(component)).instantiate();
    expect(await instance.call('attack')).toBe(49);
    const free = await guest('hostile/memory-bomb', { limits: { maxMemoryBytes: 8 * MIB } });
    await using other = await (await host.link(free)).instantiate();
    expect(await other.call('attack')).toBe(113);
  });

  test('by calling its host for ever is ended by the number of its calls, or its deadline', async () => {
    const component = await wat(CALLER);
    const counted = await host.link(component, { grants: { test: true }, limits: { maxHostCalls: 1_000 } });
    await using instance = await counted.instantiate();
    expect((await failureOf(instance.call('forever'))).code).toBe('E_HOST_CALLS_EXCEEDED');
    const timed = await host.link(component, { grants: { test: true } });
    await using other = await timed.instantiate();
    const failure = await failureOf(other.call('forever', [], { timeoutMs: 200 }));
    expect(failure.code).toBe('E_DEADLINE_EXCEEDED');
    expect(failure.ms).toBeLessThan(200 + GRACE_MS);
    await expectToServe();
  });

  test('by waiting for a host call that never answers is ended at its deadline', async () => {
    const linked = await host.link(await wat(CALLER), { grants: { test: true } });
    await using instance = await linked.instantiate();
    const failure = await failureOf(instance.call('once', [99], { timeoutMs: 100 }));
    expect(failure.code).toBe('E_DEADLINE_EXCEEDED');
    expect(failure.ms).toBeLessThan(100 + GRACE_MS);
    await expectToServe();
  });
});

test('the limits of the engine are the defaults of the host', async () => {
  const component = await guest('hostile/memory-bomb');
  await using instance = await (await host.link(component)).instantiate();
  expect(await instance.call('attack')).toBeLessThanOrEqual(DEFAULT_LIMITS.maxMemoryBytes / 65_536);
});
