import { ComponentError } from '@loophost/component';
import { type Host, type HostEvent, type Instance, type LinkOptions, provide } from '@loophost/host';
import { createNodeHost } from '@loophost/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXECUTORS, wat } from './guests.ts';
import { RESOURCE_OF_ANOTHER, RESOURCE_USER } from './provider-guests.ts';

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
