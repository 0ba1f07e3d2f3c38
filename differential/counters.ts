import fc from 'fast-check';
import type { CallOutcome } from './outcome.ts';

/** One step with counters of rust-counter. Counters are named by the order in which they were made. */
export type Step =
  | { readonly op: 'new'; readonly start: number }
  | { readonly op: 'increment'; readonly which: number; readonly by: number }
  | { readonly op: 'value' | 'dispose'; readonly which: number }
  | { readonly op: 'larger' | 'merge'; readonly which: number; readonly other: number }
  | { readonly op: 'many'; readonly starts: readonly number[] }
  | { readonly op: 'sum'; readonly all: readonly number[] }
  | { readonly op: 'or-new'; readonly which: number | undefined }
  | { readonly op: 'live' };

const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const which = fc.nat(5);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constant('new'), start: number }) },
  fc.record({ op: fc.constant('increment'), which, by: number }),
  fc.record({ op: fc.constantFrom('value', 'dispose'), which }),
  fc.record({ op: fc.constantFrom('larger', 'merge'), which, other: which }),
  fc.record({ op: fc.constant('many'), starts: fc.array(number, { maxLength: 3 }) }),
  fc.record({ op: fc.constant('sum'), all: fc.uniqueArray(which, { maxLength: 3 }) }),
  fc.record({ op: fc.constant('or-new'), which: fc.option(which, { nil: undefined }) }),
  fc.constant({ op: 'live' }),
) as fc.Arbitrary<Step>;

export const scripts: fc.Arbitrary<readonly Step[]> = fc.array(step, { minLength: 1, maxLength: 12 });

interface Counter extends Disposable {
  increment(by: number): number;
  value(): number;
}

interface Counters {
  readonly Counter: { new (start: number): Counter; merge(a: Counter, b: Counter): Counter };
  isLarger(a: Counter, b: Counter): boolean;
  makeMany(starts: readonly number[]): Counter[];
  sum(all: readonly Counter[]): number;
  orNew(counter: Counter | undefined): Counter;
  live(): number;
}

/** Runs a script and gives what each step ended in, counters as their names, up to the first error. */
export function runCounters(
  exports: Readonly<Record<string, unknown>>,
  script: readonly Step[],
  outcomeOf: (call: () => unknown) => CallOutcome,
): string[] {
  const counters = exports['loop:guests/counters@0.1.0'] as Counters;
  const made: Counter[] = [];
  // jco 0.15 drops the last counter of a list when any of them is disposed: it keeps one handle for all. Not compared.
  const ofLists = new Set<Counter>();
  const log: string[] = [];
  for (const each of script) {
    const call = callOf(counters, made, each);
    if (!call || (each.op === 'dispose' && ofLists.has(made[each.which] as Counter))) continue;
    const outcome = outcomeOf(call);
    if (!('value' in outcome)) return [...log, `${each.op} ends in an error`];
    log.push(`${each.op} gives ${named(outcome.value, made)}`);
    if (each.op === 'many') for (const counter of outcome.value as Counter[]) ofLists.add(counter);
  }
  return log;
}

/** The call of a step, or nothing when the script names a counter that was not made. */
function callOf(counters: Counters, made: readonly Counter[], each: Step): (() => unknown) | undefined {
  const { Counter } = counters;
  const one = 'which' in each && each.which !== undefined ? made[each.which] : undefined;
  const other = 'other' in each ? made[each.other] : undefined;
  switch (each.op) {
    case 'new':
      return () => new Counter(each.start);
    case 'increment':
      return one && (() => one.increment(each.by));
    case 'value':
      return one && (() => one.value());
    case 'dispose':
      return one && (() => one[Symbol.dispose]());
    case 'larger':
      return one && other && (() => counters.isLarger(one, other));
    case 'merge':
      return one && other && one !== other ? () => Counter.merge(one, other) : undefined;
    case 'many':
      return () => counters.makeMany(each.starts);
    case 'sum': {
      const all = each.all.flatMap((i) => made[i] ?? []);
      return () => counters.sum(all);
    }
    case 'or-new':
      return () => counters.orNew(one);
    case 'live':
      return () => counters.live();
  }
}

/** Notes new counters and names them; other values as they are. */
function named(value: unknown, made: Counter[]): string {
  if (Array.isArray(value)) return `[${value.map((item) => named(item, made)).join()}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  made.push(value as Counter);
  return `counter ${made.length - 1}`;
}
