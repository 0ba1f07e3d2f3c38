import type { Asker } from '@loophost/capabilities';
import { expect, test } from 'vitest';
import { Lookups } from '../../src/http/lookups.ts';

/** Look-ups that end when they are told to. */
class Resolver {
  readonly asked: string[] = [];
  readonly lookups = new Lookups((name) => {
    this.asked.push(name);
    const { promise, resolve } = Promise.withResolvers<string[]>();
    this.answers.set(name, resolve);
    return promise;
  });
  private readonly answers = new Map<string, (addresses: string[]) => void>();

  async answer(name: string): Promise<void> {
    this.answers.get(name)?.(['127.0.0.1']);
    await turn();
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

const never = new AbortController().signal;
const [one, two, three] = ['one', 'two', 'three'].map((name): Asker => ({ guest: { name }, signal: never })) as [
  Asker,
  Asker,
  Asker,
];

test('a guest that asks for many slow names does not keep another from its turn', async () => {
  const resolver = new Resolver();
  const { lookups, asked } = resolver;
  const slow = ['a1', 'a2', 'a3'].map((name) => lookups.resolve(name, one));
  void lookups.resolve('b1', two);
  const mine = lookups.resolve('c1', three);
  await turn();
  expect(asked).toEqual(['a1', 'b1']);
  await resolver.answer('b1');
  expect(asked).toEqual(['a1', 'b1', 'c1']);
  await resolver.answer('c1');
  expect(await mine).toEqual(['127.0.0.1']);
  expect(asked).toEqual(['a1', 'b1', 'c1']);
  for (const name of ['a1', 'a2', 'a3']) await resolver.answer(name);
  expect(await Promise.all(slow)).toHaveLength(3);
});

test('a look-up that nobody waits for any more leaves the queue', async () => {
  const resolver = new Resolver();
  const { lookups, asked } = resolver;
  const ending = new AbortController();
  void lookups.resolve('a1', one);
  const abandoned = lookups.resolve('a2', { ...one, signal: ending.signal });
  ending.abort();
  await expect(abandoned).rejects.toMatchObject({ code: { tag: 'DNS-timeout' } });
  await expect(lookups.resolve('a3', { ...one, signal: ending.signal })).rejects.toThrow();
  await resolver.answer('a1');
  expect(asked).toEqual(['a1']);
});
