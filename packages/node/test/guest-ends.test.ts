import { type Capability, type Host, type HostEvent, type Instance, provide } from '@loophost/host';
import { createNodeHost } from '@loophost/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CALLER, COUNTER, EXECUTORS, wat } from './guests.ts';

const THROWING = new Proxy(
  {},
  {
    get: () => {
      throw new Error('trap');
    },
  },
);

let tick: (x: number) => unknown;
let events: HostEvent[];
let host: Host;

beforeEach(() => {
  tick = (x) => x;
  events = [];
  host = hostWith(provide({ name: 'test', interfaces: { 'acme:test/host@1.0.0': { f: (x: number) => tick(x) } } }));
});

afterEach(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.live).toEqual({ instances: 0, threads: 0, handles: 0, calls: 0 });
});

function hostWith(...capabilities: Capability[]): Host {
  const made = createNodeHost({ capabilities });
  made.on((event) => events.push(event));
  return made;
}

function fail(): never {
  throw new Error('no paper');
}

async function refusalsOf(calls: readonly Promise<unknown>[]): Promise<unknown[]> {
  return (await Promise.allSettled(calls)).map((one) => (one.status === 'rejected' ? one.reason : one.value));
}

describe.each(EXECUTORS)('in the executor %s', (executor) => {
  async function instance(text: string): Promise<Instance> {
    const options = { trust: 'trusted', executor, name: 'mine', grants: { test: true } } as const;
    return (await host.link(await wat(text), options)).instantiate();
  }

  test('the call that ends a guest says why, and those that wait name it as the cause', async () => {
    tick = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw new Error('no disk');
    };
    const caller = await instance(CALLER);
    const waiting = { code: 'E_GUEST_ENDED', at: { component: 'mine' }, cause: { code: 'E_PROVIDER_FAILED' } };
    expect(await refusalsOf([1, 2, 3].map((x) => caller.call('once', [x])))).toMatchObject([
      { code: 'E_PROVIDER_FAILED' },
      waiting,
      waiting,
    ]);
  });

  test('the end of a guest is told with its reason', async () => {
    const counter = await instance(COUNTER);
    const calls = [counter.call('trap'), counter.call('count')];
    expect(await refusalsOf(calls)).toMatchObject([{ code: 'E_TRAP_CORE' }, { code: 'E_GUEST_ENDED' }]);
    await expect.poll(() => events.filter(({ kind }) => kind === 'end')).toMatchObject([{ code: 'E_TRAP_CORE' }]);
  });

  test('the end of a guest by a deadline is told as that', async () => {
    tick = () => new Promise(() => undefined);
    const caller = await instance(CALLER);
    await refusalsOf([caller.call('once', [1], { timeoutMs: 20 })]);
    const ends = (): HostEvent[] => events.filter(({ kind }) => kind === 'end');
    await expect.poll(ends).toMatchObject([{ component: 'mine', code: 'E_DEADLINE_EXCEEDED' }]);
  });

  test('an instance that may not be restarted says why it ended', async () => {
    const options = { trust: 'trusted', executor, limits: { maxRestarts: 0 } } as const;
    const counter = await (await host.link(await wat(COUNTER), options)).instantiate();
    await refusalsOf([counter.call('trap')]);
    const refusal = { code: 'E_RESTARTS_EXHAUSTED', cause: { code: 'E_TRAP_CORE' } };
    expect(await refusalsOf([counter.call('count')])).toMatchObject([refusal]);
  });

  test('what ends a linked component waits for an instance that is on its way out', async () => {
    const linked = await host.link(await wat(COUNTER), { trust: 'trusted', executor });
    const instance = await linked.instantiate();
    void instance[Symbol.asyncDispose]();
    await linked[Symbol.asyncDispose]();
    expect(host.live.instances).toBe(0);
  });

  test('the end of a guest that is disposed of needs no reason', async () => {
    await (await instance(COUNTER))[Symbol.asyncDispose]();
    expect(events.find(({ kind }) => kind === 'end')).not.toHaveProperty('code');
  });

  test.each([
    ['null', null],
    ['an object without a prototype', Object.create(null)],
    ['a symbol', Symbol('s')],
    ['a proxy that throws', THROWING],
  ])('a provider that throws %s has failed', async (_, thrown: unknown) => {
    tick = () => {
      throw thrown;
    };
    const caller = await instance(CALLER);
    expect(await refusalsOf([caller.call('once', [1])])).toMatchObject([{ code: 'E_PROVIDER_FAILED' }]);
  });

  test.each([
    ['at once', () => fail()],
    ['later', async () => fail()],
  ])('an operation that nobody waits for ends the guest when it fails %s', async (_, note) => {
    const signals: AbortSignal[] = [];
    const noting: Capability = {
      name: 'noting',
      interfaces: ['acme:test/host@1.0.0'],
      configure: () => ({
        mayWait: false,
        guestPart: new URL('telling-part.ts', import.meta.url).href,
        prepare: ({ signal }) => {
          signals.push(signal);
          return { settings: 'acme:test/host@1.0.0', operations: { note } };
        },
      }),
    };
    await using other = hostWith(noting);
    const linked = await other.link(await wat(CALLER), { trust: 'trusted', executor });
    const caller = await linked.instantiate();
    expect(signals.at(-1)?.aborted).toBe(false);
    await refusalsOf([caller.call('once', [1])]);
    await expect.poll(() => events).toContainEqual(expect.objectContaining({ kind: 'end', code: 'E_PROVIDER_FAILED' }));
    expect(signals.at(-1)?.aborted).toBe(true);
  });

  test('what one capability does wrong keeps no other from preparing and releasing', async () => {
    const log: string[] = [];
    let isBad = false;
    const capability = (name: string, wrong: 'prepare' | 'dispose'): Capability => ({
      name,
      interfaces: [`acme:test/${name}@1.0.0`],
      configure: () => ({
        mayWait: false,
        guestPart: new URL('telling-part.ts', import.meta.url).href,
        prepare: () => {
          if (isBad && wrong === 'prepare') throw new Error('not ready');
          const dispose = (): void => {
            log.push(name);
            if (isBad) throw new Error('not over');
          };
          return { settings: `acme:test/${name}@1.0.0`, [Symbol.dispose]: dispose };
        },
      }),
    });
    await using other = hostWith(
      capability('one', 'dispose'),
      capability('two', 'dispose'),
      capability('three', 'prepare'),
    );
    const importing = (...names: string[]): string =>
      `(component ${names.map((name) => `(import "acme:test/${name}@1.0.0" (instance (export "f" (func (result u32)))))`).join('')})`;
    const options = { trust: 'trusted', executor } as const;
    const two = await other.link(await wat(importing('one', 'two')), options);
    const three = await other.link(await wat(importing('one', 'three')), options);
    log.length = 0;
    isBad = true;
    await expect(three.instantiate()).rejects.toMatchObject({
      code: 'E_PROVIDER_FAILED',
      cause: { message: 'not ready' },
    });
    expect(log.splice(0)).toEqual(['one']);
    const running = await two.instantiate();
    await running[Symbol.asyncDispose]();
    expect(log).toEqual(['one', 'two']);
    expect(events.filter(({ kind }) => kind === 'failure')).toHaveLength(3);
  });
});

test('two capabilities of one name are refused, unless the first serves all of the second', () => {
  const named = (...interfaces: string[]): Capability =>
    provide({ name: 'app', interfaces: Object.fromEntries(interfaces.map((one) => [one, { f: () => 1 }])) });
  const [f, g] = ['acme:test/f@1.0.0', 'acme:test/g@1.0.0'];
  expect(() => hostWith(named(f), named(g))).toThrow(expect.objectContaining({ code: 'E_OPTION_INVALID' }));
  expect(() => hostWith(named(f), named(g))).toThrow('not two of the name "app"');
  expect(() => hostWith(named(f, g), named(g))).not.toThrow();
});

test('a listener that listens twice hears twice, and stops once at a time', async () => {
  let heard = 0;
  const listener = (): void => void heard++;
  const first = host.on(listener);
  host.on(listener);
  const linked = await host.link(await wat(COUNTER));
  await using _ = await linked.instantiate();
  expect(heard).toBe(2);
  first[Symbol.dispose]();
  await using __ = await linked.instantiate();
  expect(heard).toBe(3);
});
