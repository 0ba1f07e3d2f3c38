import { describe, expect, test } from 'vitest';
import { randomPart } from '../../src/guest.ts';
import { xoshiro128ss } from '../../src/random/seeded.ts';
import { splitMix64 } from '../../src/split-mix.ts';
import { linkAlone } from '../cli/realm.ts';

function take<T>(count: number, next: () => T): T[] {
  return Array.from({ length: count }, next);
}

describe('seeded random values', () => {
  test('follow the published sequence of SplitMix64', () => {
    expect(take(3, splitMix64(1234567n))).toEqual([
      6_457_827_717_110_365_317n,
      3_203_168_211_198_807_973n,
      9_817_491_932_198_370_423n,
    ]);
  });

  test('follow the published sequence of xoshiro128**', () => {
    expect(take(10, xoshiro128ss([1, 2, 3, 4]))).toEqual([
      11_520, 0, 5_927_040, 70_819_200, 2_031_721_883, 1_637_235_492, 1_287_239_034, 3_734_860_849, 3_729_100_597,
      4_258_142_804,
    ]);
  });

  test('have any length', () => {
    for (const length of [0n, 1n, 3n, 4n, 7n, 1000n]) {
      const { get } = linkAlone(randomPart, { seed: 0n });
      const bytes = get('wasi:random/random', 'getRandomBytes')(length) as Uint8Array;
      expect(bytes).toHaveLength(Number(length));
      const again = linkAlone(randomPart, { seed: 0n }).get('wasi:random/random', 'getRandomBytes');
      expect(again(1000n) as Uint8Array).toEqual(expect.objectContaining({ length: 1000 }));
      const whole = linkAlone(randomPart, { seed: 0n }).get(
        'wasi:random/random',
        'getRandomBytes',
      )(1000n) as Uint8Array;
      expect(bytes).toEqual(whole.slice(0, Number(length)));
    }
  });

  test('fill every byte', () => {
    const bytes = linkAlone(randomPart, { seed: 3n }).get(
      'wasi:random/random',
      'getRandomBytes',
    )(65_536n) as Uint8Array;
    expect(new Set(bytes).size).toBe(256);
  });
});
