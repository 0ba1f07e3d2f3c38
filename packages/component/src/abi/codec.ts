import { textOf } from '../errors.ts';
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
  /** What a value in a list takes at most in JavaScript, in bytes, besides what it points to. */
  readonly cost: number;
  load(cx: GuestMemory, pointer: number): unknown;
  store(cx: GuestMemory, pointer: number, value: unknown): void;
  lift(cx: GuestMemory, flat: readonly unknown[], at: number): unknown;
  lower(cx: GuestMemory, value: unknown, flat: unknown[], at: number): void;
  /** Says why a host value is not of this type, or gives undefined. Never calls the guest. Throws where reading the value does. */
  check(cx: GuestMemory, value: unknown): Misfit | undefined;
}

/** Why a value is not of a type: a path into the value, and what was expected and found there. */
export interface Misfit {
  path: string;
  readonly why: string;
  /** It is of the type, but a handle that cannot be used any more. */
  readonly isGone?: boolean;
}

/** What a scalar in an array takes in JavaScript: 8 bytes for its place, and up to 24 for a Number or BigInt. So does an empty object. */
export const VALUE_COST = 32;

/**
 * To whom values go: `host` gives JavaScript values as users see them, `guest` keeps what only matters between two
 * guests, such as handle representations and how a string was encoded.
 */
export type Partner = 'host' | 'guest';

/** Finds the codec of a type, for composite codecs. */
export type CodecOf = (type: ValueType) => Codec;

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

export function misfit(expected: string, found: unknown): Misfit {
  return { path: '', why: `expected ${expected}, got ${show(found)}` };
}

/** Checks a value of the host that may throw when it is read, as getters and proxies can. */
export function checkValue(codec: Codec, cx: GuestMemory, value: unknown): Misfit | undefined {
  try {
    return codec.check(cx, value);
  } catch (thrown) {
    return unreadable(thrown);
  }
}

export function unreadable(thrown: unknown): Misfit {
  return { path: '', why: `it cannot be read: ${textOf(thrown)}` };
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
  if (!isObject(value)) return String(value);
  try {
    if (Array.isArray(value)) return `an array of ${value.length}`;
    const name = (value as { constructor?: { name?: unknown } }).constructor?.name;
    if (typeof name === 'string' && name !== 'Object' && name !== '') return `a ${name}`;
  } catch {
    // A getter or proxy that throws tells nothing.
  }
  return 'an object';
}
