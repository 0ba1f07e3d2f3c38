import type { End } from './end.ts';

/** A case that did what must never happen. */
export interface Violation {
  readonly number: number;
  readonly why: string;
}

interface Share {
  readonly count: number;
  readonly accepted: number;
}

/** What a number of cases ended in. */
export interface Counts {
  readonly cases: number;
  readonly accepted: number;
  readonly run: number;
  readonly codes: Readonly<Record<string, number>>;
  /** By the name of the mutation; a case of two mutations counts for both. */
  readonly mutations: Readonly<Record<string, Share>>;
  /** Mutations by the kind of bytes that they changed. */
  readonly regions: Readonly<Record<string, number>>;
  readonly slowest: { readonly number: number; readonly ms: number; readonly code: string };
  readonly violations: readonly Violation[];
}

export const NOTHING: Counts = {
  cases: 0,
  accepted: 0,
  run: 0,
  codes: {},
  mutations: {},
  regions: {},
  slowest: { number: -1, ms: 0, code: '' },
  violations: [],
};

/** The counts of one case. */
export function countsOf(number: number, end: End, ms: number): Counts {
  const accepted = Number(end.isAccepted);
  return {
    cases: 1,
    accepted,
    run: Number(end.hasRun),
    codes: { [end.code]: 1 },
    mutations: Object.fromEntries(end.mutations.map(({ name }) => [name, { count: 1, accepted }])),
    regions: added({}, ...end.mutations.map(({ region }) => ({ [region]: 1 }))),
    slowest: { number, ms, code: end.code },
    violations: end.violation === undefined ? [] : [{ number, why: end.violation }],
  };
}

export function sum(a: Counts, b: Counts): Counts {
  const mutations: Record<string, Share> = { ...a.mutations };
  for (const [name, share] of Object.entries(b.mutations)) {
    const known = mutations[name] ?? { count: 0, accepted: 0 };
    mutations[name] = { count: known.count + share.count, accepted: known.accepted + share.accepted };
  }
  return {
    cases: a.cases + b.cases,
    accepted: a.accepted + b.accepted,
    run: a.run + b.run,
    codes: added(a.codes, b.codes),
    mutations,
    regions: added(a.regions, b.regions),
    slowest: b.slowest.ms > a.slowest.ms ? b.slowest : a.slowest,
    violations: [...a.violations, ...b.violations],
  };
}

function added(...all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const counts of all) {
    for (const [key, count] of Object.entries(counts)) total[key] = (total[key] ?? 0) + count;
  }
  return total;
}
