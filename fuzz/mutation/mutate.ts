import { regionsOf, type RegionKind } from '../binary/regions.ts';
import { type Tree, writeTree } from '../binary/tree.ts';
import type { Corpus, Seed } from '../corpus.ts';
import { pickWeighted, random, type Random } from '../random.ts';
import { pickByte, RAW } from './raw.ts';
import { editSomewhere, STRUCTURAL } from './structure.ts';

/** What was done to a component: how, and to what kind of bytes. */
export interface Mutation {
  readonly name: string;
  readonly region: RegionKind;
}

/** A component that was changed. */
export interface Mutant {
  /** The component that it was made from. */
  readonly seed: string;
  readonly mutations: readonly Mutation[];
  readonly bytes: Uint8Array;
}

/** Which bytes may change: all, or only what components define themselves, neither core modules nor custom sections. */
export type Scope = 'all' | 'component';

/** How many structural and raw mutations a mutant gets. */
const RECIPES = [
  { weight: 60, structural: 1, raw: 0 },
  { weight: 15, structural: 2, raw: 0 },
  { weight: 20, structural: 0, raw: 1 },
  { weight: 5, structural: 1, raw: 1 },
];

const REGIONS: readonly { readonly kind: RegionKind; readonly weight: number }[] = [
  { kind: 'component', weight: 70 },
  { kind: 'core', weight: 14 },
  { kind: 'core-code', weight: 10 },
  { kind: 'custom', weight: 6 },
];

/** Makes the mutant of one number: always the same for the same seed, number and corpus. */
export function mutantOf(corpus: Corpus, seed: number, number: number, scope: Scope = 'all'): Mutant {
  const from = random(seed, number);
  const [base, other] = [pickWeighted(from, corpus.seeds), pickWeighted(from, corpus.seeds)];
  const recipe = pickWeighted(from, RECIPES);
  const mutations: Mutation[] = [];
  let { tree } = base;
  for (let i = 0; i < recipe.structural; i++) tree = restructured(tree, other, from, scope, mutations);
  let bytes = recipe.structural > 0 ? writeTree(tree) : base.bytes;
  if (recipe.raw > 0) bytes = overwritten(bytes, other, from, scope, mutations);
  return { seed: base.name, mutations, bytes };
}

const ATTEMPTS = 20;

function restructured(tree: Tree, other: Seed, from: Random, scope: Scope, mutations: Mutation[]): Tree {
  for (let i = 0; i < ATTEMPTS; i++) {
    const { name, edit, touches } = pickWeighted(from, STRUCTURAL);
    if (scope === 'component' && touches === 'custom') continue;
    const next = editSomewhere(tree, edit, from, other.tree);
    if (!next) continue;
    mutations.push({ name, region: touches });
    return next;
  }
  return tree;
}

function overwritten(bytes: Uint8Array, other: Seed, from: Random, scope: Scope, mutations: Mutation[]): Uint8Array {
  const wanted = scope === 'component' ? 'component' : pickWeighted(from, REGIONS).kind;
  const { at, kind } = pickByte(regionsOf(bytes), wanted, from);
  const { name, edit } = pickWeighted(from, RAW);
  mutations.push({ name, region: kind });
  return edit(bytes, at, from, other.bytes);
}
