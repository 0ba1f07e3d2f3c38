import { beforeAll, describe, expect, test } from 'vitest';
import { readBinaries } from '../binaries.ts';
import { regionsOf } from '../binary/regions.ts';
import { readTree, writeTree } from '../binary/tree.ts';
import { BOMBS } from '../bombs.ts';
import { type Binaries, type Corpus, corpusOf } from '../corpus.ts';
import { mutantOf } from '../mutation/mutate.ts';
import { random } from '../random.ts';

let binaries: Binaries;
let corpus: Corpus;
beforeAll(async () => {
  binaries = await readBinaries();
  corpus = corpusOf(binaries);
});

test('every seed is taken apart and put together the same', () => {
  for (const [name, bytes] of binaries) expect(Buffer.compare(writeTree(readTree(bytes)), bytes), name).toBe(0);
});

test('regions follow each other without gaps, from the first byte to the last', () => {
  for (const [name, bytes] of binaries) {
    let end = 0;
    for (const region of regionsOf(bytes)) {
      expect(region.start, name).toBe(end);
      ({ end } = region);
    }
    expect(end, name).toBe(bytes.length);
  }
});

describe('a mutant', () => {
  test('is the same for the same seed and number, and another for another', () => {
    expect(mutantOf(corpus, 7, 3)).toEqual(mutantOf(corpus, 7, 3));
    const bytes = (seed: number, number: number): string =>
      Buffer.from(mutantOf(corpus, seed, number).bytes).toString();
    expect(bytes(7, 4)).not.toBe(bytes(7, 3));
    expect(bytes(8, 3)).not.toBe(bytes(7, 3));
  });

  test('changes neither core modules nor custom sections when that is asked', () => {
    for (let number = 0; number < 500; number++) {
      const { mutations } = mutantOf(corpus, 1, number, 'component');
      expect(mutations.length).toBeGreaterThan(0);
      for (const { region } of mutations) expect(region).toBe('component');
    }
  });
});

test('bombs are small: none asks for its work by its size', () => {
  for (const { name, bytes } of BOMBS) expect(bytes().length, name).toBeLessThan(12_000_000);
});

test('random numbers are spread evenly', () => {
  const from = random(1, 1);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 10_000; i++) {
    const digit = from.below(10);
    counts[digit] = (counts[digit] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
});
