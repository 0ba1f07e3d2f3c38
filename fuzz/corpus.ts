import { readTree, type Tree } from './binary/tree.ts';

/** A valid component that mutants are made from. */
export interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly tree: Tree;
  /** How often it is taken: large ones seldom, since they cost time and are mostly core code. */
  readonly weight: number;
}

export interface Corpus {
  readonly seeds: readonly Seed[];
}

/** Names and bytes, as they can be sent to a thread. */
export type Binaries = readonly (readonly [name: string, bytes: Uint8Array])[];

/** Our small texts show the most in the fewest bytes. */
function weightOf(name: string, bytes: Uint8Array): number {
  if (bytes.length > 500_000) return 0.03;
  if (bytes.length > 10_000) return 0.4;
  if (name.startsWith('hostile/')) return 0.4;
  return name.endsWith('.wat') ? 5 : 4;
}

export function corpusOf(binaries: Binaries): Corpus {
  return {
    seeds: binaries.map(([name, bytes]) => ({ name, bytes, tree: readTree(bytes), weight: weightOf(name, bytes) })),
  };
}
