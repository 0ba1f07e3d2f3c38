import { ComponentError } from '@loophost/component';
import {
  createHost,
  type Capability,
  type Executor,
  type Host,
  type HostEvent,
  type Instance,
  type LinkOptions,
  provide,
  type ProviderOptions,
} from '@loophost/host';
import { createNodeHost } from '@loophost/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CALLER, EXECUTORS, wat } from './guests.ts';
import { MAP_USER, RESOURCE_OF_ANOTHER, RESOURCE_USER, RESOURCES_OF_TWO } from './provider-guests.ts';

/** What makes a constructor fail, and a disposal. */
const BAD = 66;
const BAD_END = 77;

let log: string[];
let events: HostEvent[];
let make: (x: number) => unknown;
let host: Host;

class A {
  readonly #x: number;

  constructor(x: number) {
    if (x === BAD) throw new Error('no room');
    this.#x = x;
  }

  get size(): number {
    return this.#x;
  }

  value(): number {
    return this.#x;
  }

  [Symbol.dispose](): void {
    log.push(`end ${this.#x}`);
    if (this.#x === BAD_END) throw new Error('no end');
  }
}

class B {
  value(): number {
    return 1_000;
  }
}

beforeEach(() => {
  log = [];
  events = [];
  make = (x) => new A(x);
  const res = {
    A,
    B,
    make: (x: number) => make(x),
    consume: (a: A) => a.size,
    check: (a: A) => {
      throw new ComponentError(new A(a.size + 1));
    },
  };
  host = createNodeHost({ capabilities: [provide({ name: 'res', interfaces: { 'acme:test/res@1.0.0': res } })] });
  host.on((event) => events.push(event));
});

afterEach(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.live).toEqual({ instances: 0, threads: 0, handles: 0, calls: 0 });
});

describe.each(EXECUTORS)('in the executor %s', (executor) => {
  const trusted: LinkOptions = { trust: 'trusted', executor, grants: { res: true } };

  async function instance(options: LinkOptions = {}): Promise<Instance> {
    return (await host.link(await wat(RESOURCE_USER), { ...trusted, ...options })).instantiate();
  }

  test('objects of two classes are not taken for each other', async () => {
    expect(await (await instance()).call('both', [7])).toBe(7);
  });

  test('objects that a guest holds count as handles until it drops them or ends', async () => {
    const user = await instance();
    await user.call('construct', [1]);
    await user.call('construct', [2]);
    await user.call('construct-and-drop', [3]);
    await expect.poll(() => host.live.handles).toBe(2);
    expect(log).toEqual(['end 3']);
    await user[Symbol.asyncDispose]();
    expect([host.live.handles, log.toSorted()]).toEqual([0, ['end 1', 'end 2', 'end 3']]);
  });

  test('objects that a guest constructs are bounded, and disposed of when it ends', async () => {
    const user = await instance({ limits: { maxHandles: 5 } });
    await user.call('hold', [5]);
    await expect(user.call('hold', [1])).rejects.toMatchObject({ code: 'E_HANDLES_EXCEEDED' });
    await expect.poll(() => log).toHaveLength(5);
    const free = await instance({ limits: { maxHandles: 6 } });
    await free.call('hold', [5]);
    expect(await free.call('hold', [1])).toBe(0);
  });

  test('an object that the guest gives away is its own no more', async () => {
    const user = await instance({ limits: { maxHandles: 2 } });
    expect(await user.call('consume', [10])).toBe(0);
    expect([host.live.handles, log]).toEqual([0, []]);
  });

  test('an object may be the payload of an error', async () => {
    expect(await (await instance()).call('check', [3])).toBe(4);
  });

  test('an object that is made too late for its guest is disposed of', async () => {
    const made = Promise.withResolvers<A>();
    make = () => made.promise;
    const user = await instance();
    await expect(user.call('make', [1], { timeoutMs: 50 })).rejects.toMatchObject({ code: 'E_DEADLINE_EXCEEDED' });
    await user[Symbol.asyncDispose]();
    made.resolve(new A(9));
    await expect.poll(() => log).toEqual(['end 9']);
  });

  test('a constructor that fails is why all open calls do', async () => {
    const user = await instance();
    const calls = [user.call('make', [1]), user.call('construct', [BAD]), user.call('make', [2])];
    expect(await Promise.allSettled(calls)).toMatchObject([
      { value: 1 },
      { reason: { code: 'E_PROVIDER_FAILED' } },
      { reason: { code: 'E_PROVIDER_FAILED' } },
    ]);
  });

  test('a constructor that fails ends the guest by the name of its class', async () => {
    const user = await instance();
    await expect(user.call('construct', [BAD])).rejects.toMatchObject({
      code: 'E_PROVIDER_FAILED',
      message: 'the provider of "acme:test/res@1.0.0.A" failed: no room',
      cause: { message: 'no room', stack: expect.stringContaining('providers.test.ts') },
      fix: expect.stringContaining('ComponentError'),
    });
    expect(await user.call('both', [7])).toBe(7);
  });

  test('a disposal that fails is told, and keeps nobody from anything', async () => {
    const user = await instance();
    for (const x of [1, BAD_END, 2]) await user.call('construct', [x]);
    expect(await user.call('construct-and-drop', [BAD_END])).toBe(0);
    await user[Symbol.asyncDispose]();
    expect(log.toSorted()).toEqual(['end 1', 'end 2', `end ${BAD_END}`, `end ${BAD_END}`]);
    expect(events.filter(({ kind }) => kind === 'failure')).toMatchObject(
      Array<object>(2).fill({ code: 'E_PROVIDER_FAILED', reason: expect.stringContaining('no end') }),
    );
    expect(events.filter(({ kind }) => kind === 'end')).toHaveLength(1);
  });

  test('a resource of one interface may come from another, with methods that its class inherits', async () => {
    class Base {
      value(): number {
        return 6;
      }
    }
    class Derived extends Base {}
    class Source {
      get(): Derived {
        return new Derived();
      }
    }
    const interfaces = { 'acme:test/types@1.0.0': { R: Derived }, 'acme:test/get@1.0.0': new Source() };
    await using other = createNodeHost({ capabilities: [provide({ name: 'res', interfaces })] });
    const linked = await other.link(await wat(RESOURCE_OF_ANOTHER), trusted);
    expect(await (await linked.instantiate()).call('go')).toBe(6);
  });
});

class R {}
class Q {}

/** Lends an object of one capability to a function of another, which knows it or not. */
async function lend(
  how: string,
  { at = 'acme:test/known@1.0.0', ...known }: { readonly at?: string; readonly R?: typeof R },
  options: LinkOptions,
): Promise<{ taken: unknown[]; answer: unknown }> {
  const taken: unknown[] = [];
  const taker = { Q, make: () => new Q(), take: (r: unknown) => taken.push(r) };
  const types = provide({ name: 'types', interfaces: { 'acme:test/types@1.0.0': { R, make: () => new R() } } });
  const served = { 'acme:test/taker@1.0.0': taker, [at]: known };
  await using other = createNodeHost({ capabilities: [types, provide({ name: 'taker', interfaces: served })] });
  const linked = await other.link(await wat(RESOURCES_OF_TWO), { ...options, grants: { types: true, taker: true } });
  const answer = await (await linked.instantiate()).call(how).catch((thrown: unknown) => thrown);
  return { taken, answer };
}

describe.each(EXECUTORS)('what crosses to a provider, in the executor %s', (executor) => {
  const trusted: LinkOptions = { trust: 'trusted', executor, grants: { res: true } };

  test.each(['constructed', 'made'])(
    'an object that was %s by another is that object, where its class is known',
    async (how) => {
      const { taken, answer } = await lend(how, { R }, trusted);
      expect(answer).toBe(1);
      expect(taken).toEqual([expect.any(R)]);
    },
  );

  test.each(['constructed', 'made'])(
    'an object that was %s by another is refused, where its class is not known',
    async (how) => {
      const { taken, answer } = await lend(how, {}, trusted);
      expect(answer).toMatchObject({ code: 'E_RESOURCE_GONE', fix: expect.stringContaining('the class') });
      expect(taken).toEqual([]);
    },
  );

  test('of two capabilities that have one interface, the first serves it', async () => {
    const { taken, answer } = await lend('made', { R, at: 'acme:test/types@1.0.0' }, trusted);
    expect(answer).toBe(1);
    expect(taken).toEqual([expect.any(R)]);
  });

  test.each([
    ['without classes', {}],
    ['with a class', { C: class C {} }],
  ])('a provider %s takes and gives maps', async (_, classes) => {
    const put: unknown[] = [];
    const maps = { ...classes, put: (map: unknown) => put.push(map), get: () => new Map([[1, 2]]) };
    await using other = createNodeHost({
      capabilities: [provide({ name: 'res', interfaces: { 'acme:test/maps@1.0.0': maps } })],
    });
    const user = await (await other.link(await wat(MAP_USER), trusted)).instantiate();
    expect(await user.call('put')).toBe(1);
    expect(put).toEqual([new Map([[3, 4]])]);
    expect(await user.call('get')).toBe(2);
  });

  test('what goes wrong in another component that a provider calls is the failure of the provider', async () => {
    const linked = await host.link(await wat(RESOURCE_USER), trusted);
    const inner = await linked.instantiate();
    make = () => inner.call('missing');
    await expect((await linked.instantiate()).call('make', [1])).rejects.toMatchObject({
      code: 'E_PROVIDER_FAILED',
      fault: 'host',
      cause: { code: 'E_FUNCTION_UNKNOWN' },
    });
  });

  test('an object takes up room until its disposal is through', async () => {
    const through = Promise.withResolvers<void>();
    class Slow extends B {
      [Symbol.dispose](): Promise<void> {
        return through.promise;
      }
    }
    const slow = { A: Slow, B, make: () => new Slow(), consume: () => 0, check: () => undefined };
    await using other = createNodeHost({
      capabilities: [provide({ name: 'res', interfaces: { 'acme:test/res@1.0.0': slow } })],
    });
    const linked = await other.link(await wat(RESOURCE_USER), { ...trusted, limits: { maxHandles: 5 } });
    const user = await linked.instantiate();
    await user.call('churn', [5]);
    await expect.poll(() => other.live.handles).toBe(5);
    await expect(user.call('churn', [1])).rejects.toMatchObject({ code: 'E_HANDLES_EXCEEDED' });
    through.resolve();
    await expect.poll(() => other.live.handles).toBe(0);
  });
});

const interfaces = { 'acme:test/host@1.0.0': { f: (x: number) => x } };

test.each<[string, unknown, string]>([
  ['no options', undefined, 'options: expected an object'],
  ['no name and no interfaces', {}, 'options.interfaces: expected an object, got null'],
  ['a misspelt option', { name: 'x', interfaces, trusts: 'trusted' }, 'did you mean "trust"?'],
  ['a trust that there is not', { name: 'x', interfaces, trust: 'Trusted' }, 'options.trust'],
  ['a grant that is no flag', { name: 'x', interfaces, needsGrant: 0 }, 'options.needsGrant'],
  ['a provider that is none', { name: 'x', interfaces: { 'a:b/c': null } }, 'options.interfaces.a:b/c'],
])('a provider with %s is refused', (_, options, why) => {
  expect(() => provide(options as ProviderOptions)).toThrow(
    expect.objectContaining({ code: 'E_OPTION_INVALID', message: expect.stringContaining(why) }),
  );
});

test.each<[string, unknown, string]>([
  ['nothing', null, 'options.capabilities[0]: expected a capability'],
  ['one that cannot be configured', { name: 'x', interfaces: [] }, 'options.capabilities[0].configure'],
  ['one of an unknown trust', { ...provide({ name: 'x', interfaces }), trust: 1 }, 'options.capabilities[0].trust'],
])('a host refuses %s among its capabilities', (_, capability, why) => {
  expect(() => createNodeHost({ capabilities: [capability as Capability] })).toThrow(
    expect.objectContaining({ code: 'E_OPTION_INVALID', message: expect.stringContaining(why) }),
  );
});

test('what capabilities prepared for a guest is released when its executor cannot start it', async () => {
  const prepared: AbortSignal[] = [];
  let released = 0;
  const capability: Capability = {
    name: 'test',
    interfaces: Object.keys(interfaces),
    configure: () => ({
      mayWait: false,
      guestPart: 'test',
      prepare: ({ signal }) => {
        prepared.push(signal as AbortSignal);
        return { settings: {}, [Symbol.dispose]: () => void released++ };
      },
    }),
  };
  const executor: Executor = {
    name: 'broken',
    trust: 'untrusted',
    waiting: 'block',
    start: () => {
      throw new Error('no thread');
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const guestParts = (): Promise<{ link: () => object }> => Promise.resolve({ link: () => ({ imports: interfaces }) });
  await using other = createHost({
    capabilities: [capability],
    executors: [executor],
    guestParts: guestParts as never,
  });
  const linked = await other.link(await wat(CALLER));
  await expect(linked.instantiate()).rejects.toThrow('no thread');
  expect(released).toBe(prepared.length);
  expect(prepared.at(-1)?.aborted).toBe(true);
});
