import { keyValue } from '@loophost/capabilities';
import { keyValuePart } from '@loophost/capabilities/guest';
import type { Decision } from '@loophost/host';
import { expect, test } from 'vitest';
import { hostContext } from '../host-context.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

type Async = (...args: unknown[]) => Promise<unknown>;
interface Store {
  readonly open: (name: string) => Promise<Record<'get' | 'set' | 'listKeys', Async>>;
}
type Atomics = Record<'increment' | 'swap', Async> & { readonly Cas: { new: Async } };

/** The interfaces of one draft, as a guest without a thread would see them, and what was reported. */
function partOf(
  version: string,
  bounds: object = {},
): { store: Store; atomics: Atomics; decisions: Decision[]; asked: string[] } {
  const decisions: Decision[] = [];
  const asked: string[] = [];
  const report = (decision: Decision): void => void decisions.push(decision);
  const context = hostContext({ report });
  const { settings, operations = {} } = keyValue()
    .configure({ stores: { default: 'memory' }, ...bounds }, context)
    .prepare(context);
  const ask = async (operation: string, ...args: unknown[]): Promise<unknown> => {
    asked.push(operation);
    return operations[operation]?.(...(args as never[]));
  };
  const { imports } = keyValuePart.link(settings, {
    imports: [],
    capability: 'keyValue',
    waiting: 'suspend',
    ask,
    tell: () => undefined,
    report,
  });
  const of = (name: string): unknown => imports[`wasi:keyvalue/${name}@${version}`];
  return { store: of('store') as Store, atomics: of('atomics') as Atomics, decisions, asked };
}

test.each([
  ['0.2.0-draft2', '1001'],
  ['0.2.0-draft', 1001n],
])('the draft %s names a page by a cursor of its own type, and takes it back', async (version, cursor) => {
  const { store } = partOf(version);
  const bucket = await store.open('default');
  for (let i = 0; i < 1_002; i++) await bucket.set(`k${i}`, bytes(''));
  expect(await bucket.listKeys(undefined)).toMatchObject({ keys: { length: 1_000 }, cursor });
  expect(await bucket.listKeys(cursor)).toEqual({ keys: ['k1000', 'k1001'], cursor: undefined });
});

test.each([
  ['0.2.0-draft2', 'next'],
  ['0.2.0-draft2', '-1'],
  ['0.2.0-draft2', '1e3'],
  ['0.2.0-draft2', '9999999999999999'],
  ['0.2.0-draft', 2n ** 64n - 1n],
])('the draft %s refuses the made-up cursor %s', async (version, cursor) => {
  const bucket = await partOf(version).store.open('default');
  await expect(bucket.listKeys(cursor)).rejects.toMatchObject({
    payload: { tag: 'other', val: 'the cursor is not one that list-keys gave' },
  });
});

test.each([
  ['0.2.0-draft2', 2n ** 63n - 1n],
  ['0.2.0-draft', 2n ** 64n - 1n],
])('the draft %s counts up to %s', async (version, most) => {
  const { store, atomics } = partOf(version);
  const bucket = await store.open('default');
  expect(await atomics.increment(bucket, 'n', most)).toBe(most);
  await expect(atomics.increment(bucket, 'n', 1n)).rejects.toMatchObject({ payload: { tag: 'other' } });
});

test('the drafts share their stores, but not the types of their buckets', async () => {
  const [newer, older] = [partOf('0.2.0-draft2'), partOf('0.2.0-draft')];
  const [a, b] = [await newer.store.open('default'), await older.store.open('default')];
  expect(a.constructor).not.toBe(b.constructor);
  expect(Object.keys(older.atomics)).toEqual(['increment']);
});

test('what is too large is refused before the host is asked, in the terms of each function', async () => {
  const { store, atomics, decisions, asked } = partOf('0.2.0-draft2', { maxValueBytes: 2, maxKeyBytes: 2 });
  const bucket = await store.open('default');
  const cas = await atomics.Cas.new(bucket, 'a');
  asked.length = 0;
  const tooLarge = { tag: 'other', val: 'the value is larger than 2 bytes' };
  await expect(bucket.set('a', bytes('123'))).rejects.toMatchObject({ payload: tooLarge });
  await expect(atomics.swap(cas, bytes('123'))).rejects.toMatchObject({
    payload: { tag: 'store-error', val: tooLarge },
  });
  await expect(bucket.get('äöü')).rejects.toMatchObject({ payload: { val: 'the key is larger than 2 bytes' } });
  expect(asked).toEqual([]);
  expect(decisions.map(({ request, reason }) => `${request}: ${reason}`)).toEqual([
    'open default: granted',
    'set default: value-too-large',
    'swap default: value-too-large',
    'get default: key-too-large',
  ]);
});

test('a swap that was lost comes with a fresh look, which can be swapped', async () => {
  const { store, atomics } = partOf('0.2.0-draft2');
  const bucket = await store.open('default');
  const cas = await atomics.Cas.new(bucket, 'a');
  await bucket.set('a', bytes('rival'));
  const lost = await atomics
    .swap(cas, bytes('mine'))
    .catch((thrown: { payload: { tag: string; val: unknown } }) => thrown.payload);
  expect(lost).toMatchObject({ tag: 'cas-failed' });
  await atomics.swap((lost as { val: unknown }).val, bytes('mine'));
  expect(await bucket.get('a')).toEqual(bytes('mine'));
});
