import { splitMix64 } from '../split-mix.ts';

/** The state of xoshiro128**: four words, not all zero. */
type XoshiroState = [number, number, number, number];

/**
 * A sequence of 32-bit words that follows from a seed of 64 bits: xoshiro128** by Blackman and Vigna, its state filled
 * by SplitMix64, as they advise. Good for tests and simulations; it hides nothing.
 */
export function seededWords(seed: bigint): () => number {
  const next = splitMix64(seed);
  const [a, b] = [next(), next()];
  return xoshiro128ss([low(a), high(a), low(b), high(b)]);
}

export function xoshiro128ss(state: XoshiroState): () => number {
  let [a, b, c, d] = state;
  return () => {
    const word = Math.imul(rotated(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotated(d, 11);
    return word;
  };
}

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function low(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

function high(value: bigint): number {
  return low(value >> 32n);
}
