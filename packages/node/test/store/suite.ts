import { type Awaitable, DEFAULT_STORE_BOUNDS, type KeyValueStore, type StoreBounds } from '@loophost/capabilities';
import { describe, expect, test } from 'vitest';

const S64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const U64 = { min: 0n, max: 2n ** 64n - 1n };

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (value: Uint8Array | undefined): string | undefined => value && new TextDecoder().decode(value);

/** What every backend of `wasi:keyvalue` promises. `create` gives an empty store each time. */
export function keyValueSuite(name: string, create: (bounds: StoreBounds) => Awaitable<KeyValueStore>): void {
  async function withStore(bounds: Partial<StoreBounds>, run: (store: KeyValueStore) => Promise<void>): Promise<void> {
    using store = await create({ ...DEFAULT_STORE_BOUNDS, ...bounds });
    await run(store);
  }
  const failing = (work: () => Awaitable<unknown>): Promise<unknown> =>
    Promise.try(work).then(
      () => 'nothing',
      (thrown: { reason?: string }) => thrown.reason ?? thrown,
    );

  describe(name, () => {
    describe('values', () => {
      valueTests(withStore);
    });

    describe('pages of keys', () => {
      pageTests(withStore);
    });

    describe('atomic steps', () => {
      numberTests(withStore, failing);
      swapTests(withStore);
    });

    describe('bounds', () => {
      boundTests(withStore, failing);
    });
  });
}

type Failing = (work: () => Awaitable<unknown>) => Promise<unknown>;
type WithStore = (bounds: Partial<StoreBounds>, run: (store: KeyValueStore) => Promise<void>) => Promise<void>;

function valueTests(withStore: WithStore): void {
  test('what was set is found, and what was not is absent', () =>
    withStore({}, async (store) => {
      await store.set([['a', bytes('1')]]);
      expect((await store.get(['a', 'b', 'a'])).map(text)).toEqual(['1', undefined, '1']);
      expect([await store.has('a'), await store.has('b')]).toEqual([true, false]);
    }));

  test('of two entries with one key, the later counts', () =>
    withStore({}, async (store) => {
      await store.set([
        ['a', bytes('1')],
        ['b', bytes('2')],
        ['a', bytes('3')],
      ]);
      expect((await store.get(['a', 'b'])).map(text)).toEqual(['3', '2']);
    }));

  test('what was deleted is gone, and deleting it again is no error', () =>
    withStore({}, async (store) => {
      await store.set([['a', bytes('1')]]);
      await store.delete(['a', 'never']);
      await store.delete(['a']);
      expect(await store.has('a')).toBe(false);
    }));

  test.each(['', '\0', 'a\0b', 'ä', '🦊', ' a ', "'; DROP TABLE entries; --", '__proto__'])(
    'the key %j is a key',
    (key) =>
      withStore({}, async (store) => {
        await store.set([
          ['a', bytes('other')],
          [key, bytes('this')],
        ]);
        expect((await store.get([key, 'a'])).map(text)).toEqual(['this', 'other']);
        expect((await store.list(undefined, 10)).keys).toEqual(['a', key]);
      }),
  );

  test('a value may be empty, and any bytes', () =>
    withStore({}, async (store) => {
      const all = Uint8Array.from({ length: 256 }, (_, i) => i);
      await store.set([
        ['empty', new Uint8Array()],
        ['all', all],
      ]);
      const [empty, found] = await store.get(['empty', 'all']);
      expect([empty?.length, [...(found ?? [])]]).toEqual([0, [...all]]);
    }));

  test('what the caller does with its bytes later changes nothing', () =>
    withStore({}, async (store) => {
      const value = bytes('before');
      await store.set([['a', value]]);
      value.fill(0);
      expect(text((await store.get(['a']))[0])).toBe('before');
    }));
}

function pageTests(withStore: WithStore): void {
  test('an empty store has one empty page', () =>
    withStore({}, async (store) => {
      expect(await store.list(undefined, 10)).toEqual({ keys: [] });
    }));

  test('pages together have each key once, oldest first', () =>
    withStore({}, async (store) => {
      const names = Array.from({ length: 25 }, (_, i) => `key ${i}`);
      await store.set(names.map((name) => [name, bytes(name)]));
      const pages = await pagesOf(store, 10);
      expect(pages.map(({ length }) => length)).toEqual([10, 10, 5]);
      expect(pages.flat()).toEqual(names);
    }));

  test('keys that stay are given once, although others come and go between pages', () =>
    withStore({}, async (store) => {
      await store.set(Array.from({ length: 30 }, (_, i) => [`k${i}`, bytes('')]));
      const first = await store.list(undefined, 10);
      await store.delete(['k3', 'k10', 'k11']);
      await store.set([
        ['k4', bytes('changed')],
        ['new', bytes('')],
      ]);
      const rest = await pagesOf(store, 10, first.next);
      const kept = Array.from({ length: 30 }, (_, i) => `k${i}`).filter((key) => !['k10', 'k11'].includes(key));
      expect([...first.keys, ...rest.flat()]).toEqual([...kept, 'new']);
    }));

  test('a page that begins beyond the last key is empty', () =>
    withStore({}, async (store) => {
      await store.set([['a', bytes('')]]);
      expect(await store.list(1_000, 10)).toEqual({ keys: [] });
    }));

  test('a store that was filled and emptied many times still lists what is there', () =>
    withStore({}, async (store) => {
      const names = Array.from({ length: 20 }, (_, i) => `k${i}`);
      for (let round = 0; round < 10; round++) {
        await store.set(names.map((name) => [name, bytes('')]));
        await store.delete(names.slice(round + 1));
      }
      expect((await pagesOf(store, 3)).flat()).toEqual(names.slice(0, 10));
    }));
}

async function pagesOf(store: KeyValueStore, size: number, from?: number): Promise<(readonly string[])[]> {
  const pages: (readonly string[])[] = [];
  let next = from;
  do {
    const page = await store.list(next, size);
    pages.push(page.keys);
    next = page.next;
  } while (next !== undefined && pages.length < 100);
  return pages;
}

function numberTests(withStore: WithStore, failing: Failing): void {
  test('a number starts at zero, and goes up and down', () =>
    withStore({}, async (store) => {
      expect(await store.increment('n', 5n, S64)).toBe(5n);
      expect(await store.increment('n', -7n, S64)).toBe(-2n);
      expect(text((await store.get(['n']))[0])).toBe('-2');
    }));

  test('a number holds what its type holds, and no more', () =>
    withStore({}, async (store) => {
      expect(await store.increment('s', S64.max, S64)).toBe(S64.max);
      expect(await failing(() => store.increment('s', 1n, S64))).toBe('number-overflow');
      expect(await store.increment('u', U64.max, U64)).toBe(U64.max);
      expect(await failing(() => store.increment('u', 1n, U64))).toBe('number-overflow');
      expect(await store.increment('s', 0n, S64)).toBe(S64.max);
    }));

  test.each(['', 'one', '1.5', '0x1', ' 1', '1'.repeat(30), '-'])('a value that reads "%s" is no number', (value) =>
    withStore({}, async (store) => {
      await store.set([['n', bytes(value)]]);
      expect(await failing(() => store.increment('n', 1n, S64))).toBe('not-a-number');
      expect(text((await store.get(['n']))[0])).toBe(value);
    }),
  );

  test('a hundred increments at once are all counted', () =>
    withStore({}, async (store) => {
      await Promise.all(Array.from({ length: 100 }, async () => store.increment('n', 1n, S64)));
      expect(await store.increment('n', 0n, S64)).toBe(100n);
    }));
}

function swapTests(withStore: WithStore): void {
  test('a swap holds when nobody wrote since the look', () =>
    withStore({}, async (store) => {
      const absent = await store.read('a');
      expect(absent).toEqual({ value: undefined, version: undefined });
      expect(await store.swap('a', absent.version, bytes('1'))).toBe(true);
      const { version } = await store.read('a');
      expect(await store.swap('a', version, bytes('2'))).toBe(true);
      expect(text((await store.read('a')).value)).toBe('2');
    }));

  test.each<[string, (store: KeyValueStore) => Awaitable<unknown>]>([
    ['another value', (store) => store.set([['a', bytes('rival')]])],
    ['the same value', (store) => store.set([['a', bytes('1')]])],
    ['a number', (store) => store.increment('a', 1n, S64)],
    [
      'the same value after it was deleted',
      async (store) => {
        await store.delete(['a']);
        await store.set([['a', bytes('1')]]);
      },
    ],
    ['nothing: it was deleted', (store) => store.delete(['a'])],
  ])('a swap is lost when meanwhile somebody wrote %s', (_what, write) =>
    withStore({}, async (store) => {
      await store.set([['a', bytes('1')]]);
      const { version } = await store.read('a');
      await write(store);
      const [before] = await store.get(['a']);
      expect(await store.swap('a', version, bytes('mine'))).toBe(false);
      expect((await store.get(['a']))[0]).toEqual(before);
    }),
  );

  test('of many who look at once, one swaps', () =>
    withStore({}, async (store) => {
      const { version } = await store.read('a');
      const swaps = Array.from({ length: 20 }, async (_, i) => store.swap('a', version, bytes(String(i))));
      expect((await Promise.all(swaps)).filter(Boolean)).toHaveLength(1);
    }));
}

function boundTests(withStore: WithStore, failing: Failing): void {
  test('a store takes as many keys as its bound says; those it has can still change', () =>
    withStore({ maxKeys: 2 }, async (store) => {
      await store.set([
        ['a', bytes('1')],
        ['b', bytes('2')],
      ]);
      expect(await failing(() => store.set([['c', bytes('3')]]))).toBe('store-full');
      expect(await failing(() => store.increment('c', 1n, S64))).toBe('store-full');
      expect(await failing(() => store.swap('c', undefined, bytes('3')))).toBe('store-full');
      await store.set([['a', bytes('changed')]]);
      await store.delete(['b']);
      await store.set([['c', bytes('3')]]);
      expect((await store.list(undefined, 10)).keys).toEqual(['a', 'c']);
    }));

  test('a store takes as many bytes of keys and values as its bound says', () =>
    withStore({ maxStoreBytes: 10 }, async (store) => {
      await store.set([['ä', bytes('12345678')]]);
      expect(await failing(() => store.set([['b', bytes('')]]))).toBe('store-full');
      await store.set([['ä', bytes('1234567')]]);
      await store.set([['b', bytes('')]]);
    }));

  test('a batch that does not fit changes nothing', () =>
    withStore({ maxStoreBytes: 10 }, async (store) => {
      await store.set([['a', bytes('1')]]);
      const work = (): Awaitable<void> =>
        store.set([
          ['a', bytes('2')],
          ['b', bytes('12345678')],
        ]);
      expect(await failing(work)).toBe('store-full');
      expect((await store.get(['a', 'b'])).map(text)).toEqual(['1', undefined]);
      await store.set([['b', bytes('1234567')]]);
    }));

  test('a key that a batch names twice counts once', () =>
    withStore({ maxKeys: 1, maxStoreBytes: 3 }, async (store) => {
      await store.set([
        ['a', bytes('1')],
        ['a', bytes('12')],
      ]);
      expect(text((await store.get(['a']))[0])).toBe('12');
    }));

  test('one look at many values gives no more bytes than its bound says, also of one key over and over', () =>
    withStore({ maxBatchBytes: 10 }, async (store) => {
      await store.set([['a', bytes('1234')]]);
      expect(await store.get(['a', 'a'])).toHaveLength(2);
      expect(await failing(() => store.get(['a', 'a', 'a']))).toBe('batch-too-large');
    }));
}
