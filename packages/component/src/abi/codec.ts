import type { ValueType } from '../types/value-type.ts';
import type { GuestMemory } from './memory.ts';

/**
 * How values of one type pass between a guest and JavaScript: in linear memory (`load`, `store`) and as core values
 * (`lift` from a list of them, `lower` into one). Built once per type; no call looks at the type again.
 * `load` and `store` may rely on the pointer being aligned and in bounds.
 */
export interface Codec {
  readonly size: number;
  readonly align: number;
  /** Number of core values; 0 when the type is always passed in memory. */
  readonly flatCount: number;
  load(cx: GuestMemory, pointer: number): unknown;
  store(cx: GuestMemory, pointer: number, value: unknown): void;
  lift(cx: GuestMemory, flat: readonly unknown[], at: number): unknown;
  lower(cx: GuestMemory, value: unknown, flat: unknown[], at: number): void;
  /** Says why a host value is not of this type, or gives undefined. Never calls the guest. */
  check(cx: GuestMemory, value: unknown): Misfit | undefined;
}

/** Why a value is not of a type: a path into the value, and what was expected and found there. */
export interface Misfit {
  path: string;
  readonly why: string;
  /** It is of the type, but a handle that cannot be used any more. */
  readonly isGone?: boolean;
}

/**
 * To whom values go: `host` gives JavaScript values as users see them, `guest` keeps what only matters between two
 * guests, such as handle representations and how a string was encoded.
 */
export type Partner = 'host' | 'guest';

/** Finds the codec of a type, for composite codecs. */
export type CodecOf = (type: ValueType) => Codec;

export function misfit(expected: string, found: unknown): Misfit {
  return { path: '', why: `expected ${expected}, got ${show(found)}` };
}

/** Puts a step in front of the path of a misfit inside a composite value. */
export function inside(step: string, problem: Misfit | undefined): Misfit | undefined {
  if (problem) problem.path = step + problem.path;
  return problem;
}

/** Formats a misfit as `persons[2].age: expected u32, got "x"`. */
export function explain(name: string, problem: Misfit): string {
  return `${name}${problem.path}: ${problem.why}`;
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const name = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof name === 'string' && name !== 'Object' && name !== '' ? `a ${name}` : 'an object';
}
