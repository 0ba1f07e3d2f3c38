/** SplitMix64: a sequence of numbers of 64 bits that follows from a seed, each with its bits well spread. */
export function splitMix64(seed: bigint): () => bigint {
  let state = seed;
  return () => {
    state = u64(state + 0x9e3779b97f4a7c15n);
    let mixed = state;
    mixed = u64((mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n);
    mixed = u64((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
    return mixed ^ (mixed >> 31n);
  };
}

function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
