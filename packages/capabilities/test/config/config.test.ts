import { config } from '@loophost/capabilities';
import { configPart } from '@loophost/capabilities/guest';
import type { Decision } from '@loophost/host';
import { expect, test } from 'vitest';
import { hostContext } from '../host-context.ts';

interface Store {
  get(key: string): string | undefined;
  getAll(): [string, string][];
}

function storeOf(grant: unknown, decisions: Decision[] = []): Store {
  const context = hostContext();
  const { settings } = config().configure(grant, context).prepare(context);
  const never = (): never => {
    throw new Error('it asks the host for nothing');
  };
  const realm = {
    capability: 'config',
    waiting: 'block',
    ask: never,
    tell: never,
    report: (one: Decision) => decisions.push(one),
  };
  const { imports } = configPart.link(settings, realm as never);
  return imports['wasi:config/store@0.2.0-draft'] as Store;
}

test('gives what was granted, by key and in order, and nothing else', () => {
  const store = storeOf({ b: '2', a: '', __proto__: { inherited: 'x' } });
  expect([store.get('b'), store.get('a'), store.get('c'), store.get('constructor'), store.get('inherited')]).toEqual([
    '2',
    '',
    undefined,
    undefined,
    undefined,
  ]);
  expect(store.getAll()).toEqual([
    ['b', '2'],
    ['a', ''],
  ]);
});

test('reports the first read of each key that is there', () => {
  const decisions: Decision[] = [];
  const store = storeOf({ a: '1' }, decisions);
  for (const key of ['a', 'a', 'b', 'b']) store.get(key);
  store.getAll();
  store.getAll();
  expect(decisions.map(({ verdict, request }) => `${verdict} ${request}`)).toEqual(['allow get a', 'allow get-all']);
});

test.each([
  [true, 'it is a boolean, not a record'],
  [[], 'it is a list, not a record'],
  [{ secret: { deep: 'hunter2' } }, 'its secret is a record'],
  [{ port: 80 }, 'its port is 80'],
])('the grant %j is not valid', (grant, why) => {
  expect(() => storeOf(grant)).toThrow(
    expect.objectContaining({ code: 'E_GRANT_INVALID', message: `cannot use the grant "config": ${why}` }),
  );
});
