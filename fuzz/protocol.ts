import type { Subject } from './case.ts';
import type { Binaries } from './corpus.ts';
import type { Phase } from './exercise.ts';
import type { Counts } from './tally.ts';

/** What a thread is started with. */
export interface ThreadData {
  readonly subject: Subject;
  readonly seed: number;
  readonly binaries: Binaries;
  /** Where the thread notes what it is at, by the slots below. */
  readonly shared: SharedArrayBuffer;
}

/** Numbers of a Float64Array: the case, when it began in milliseconds (0 between cases), and its phase. */
export const SLOT = { case: 0, since: 1, phase: 2 } as const;
export const SLOTS_BYTES: number = 3 * Float64Array.BYTES_PER_ELEMENT;

export const PHASES: readonly Phase[] = ['compile', 'link', 'instantiate', 'call'];

/** Asks for the cases from `start` up to but not including `end`, or for a garbage collection. */
export type Request =
  | { readonly kind: 'run'; readonly start: number; readonly end: number; readonly skip: readonly number[] }
  | { readonly kind: 'collect' };

export type Answer = { readonly kind: 'done'; readonly counts: Counts } | { readonly kind: 'collected' };
