import { misfit } from './abi/codec.ts';
import { optionInvalid } from './errors.ts';

/** What an option may be, in words and as a test. */
export type OptionKind = readonly [expected: string, fits: (value: unknown) => boolean];

export const RECORD: OptionKind = ['an object', (value) => typeof value === 'object' && value !== null];
export const FLAG: OptionKind = ['true or false', (value) => typeof value === 'boolean'];
export const FUNCTION: OptionKind = ['a function', (value) => typeof value === 'function'];

/** Options, what they are found under, like `options.limits.`, and the kinds of those that exist. */
type OptionSet = readonly [path: string, given: unknown, known: Readonly<Record<string, OptionKind>>];

/**
 * Refuses options of some work, as `compile component`, that do not exist or are of another kind, all at once. `undefined`
 * stands for the default. What is no object has no options: the set above it says so.
 */
export function checkOptions(work: string, ...sets: readonly OptionSet[]): void {
  const problems = sets.flatMap((set) => problemsOf(set));
  if (problems.length > 0) throw optionInvalid(work, problems);
}

function problemsOf([path, given, known]: OptionSet): string[] {
  return Object.entries(RECORD[1](given) ? (given as object) : {}).flatMap(([name, value]) => {
    if (!Object.hasOwn(known, name)) return [`${path}${name} is unknown${suggestion(name, Object.keys(known))}`];
    const [expected, fits] = known[name] as OptionKind;
    return value === undefined || fits(value) ? [] : [`${path}${name}: ${misfit(expected, value).why}`];
  });
}

/** The known name that has most of a name's beginning and end in common with it, unless several have. */
function suggestion(name: string, known: readonly string[]): string {
  const score = (other: string): number => shared(name, other, 0) + shared(name, other, -1);
  const [best = '', second] = known.toSorted((a, b) => score(b) - score(a));
  return second === undefined || score(best) > score(second) ? `: did you mean "${best}"?` : '';
}

/** How many letters two names have in common at their beginning, or at their end. */
function shared(a: string, b: string, from: 0 | -1): number {
  const letter = (text: string, i: number): string | undefined => text.at(from < 0 ? from - i : i)?.toLowerCase();
  let count = 0;
  while (count < a.length && letter(a, count) === letter(b, count)) count++;
  return count;
}
