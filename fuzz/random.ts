/** A source of random numbers that gives the same ones for the same seed: sfc32 behind a mixing of the seed. */
export interface Random {
  /** A 32-bit unsigned integer. */
  word(): number;
  /** An integer from 0 up to but not including `bound`, which is at least 1. */
  below(bound: number): number;
  /** True in `percent` of 100 cases. */
  chance(percent: number): boolean;
  /** One of the items, of which there is at least one. */
  pick<T>(items: readonly T[]): T;
}

/** Gives the random numbers of one case: `stream` tells apart the cases of one seed. */
export function random(seed: number, stream: number): Random {
  let [a, b, c, count] = [mix(seed ^ 0x9e37_79b9), mix(stream + 0x6a09_e667), mix(seed + Math.imul(stream, 31)), 1];
  const word = (): number => {
    const sum = (((a + b) | 0) + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) word();
  const below = (bound: number): number => Math.floor((word() / 2 ** 32) * bound);
  return {
    word,
    below,
    chance: (percent) => below(100) < percent,
    pick: <T>(items: readonly T[]): T => items[below(items.length)] as T,
  };
}

function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}

/** Picks by weight: an item of weight 2 comes twice as often as one of weight 1. */
export function pickWeighted<T extends { readonly weight: number }>(from: Random, items: readonly T[]): T {
  let at = (from.word() / 2 ** 32) * items.reduce((sum, { weight }) => sum + weight, 0);
  for (const item of items) {
    at -= item.weight;
    if (at < 0) return item;
  }
  return items.at(-1) as T;
}
