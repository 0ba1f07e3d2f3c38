import type { StoreBounds } from './bounds.ts';
import type { NumberRange } from './store.ts';

/** A draft of `wasi:keyvalue`, and what it does otherwise than the others. */
export interface Draft {
  readonly version: string;
  /** What `increment` can hold. */
  readonly range: NumberRange;
  /** How `list-keys` names where a page begins. */
  readonly cursor: 'text' | 'number';
  readonly hasCas: boolean;
}

/** Its name, as grants and events have it. */
export const CAPABILITY = 'keyValue';

/** Drafts promise compatibility with nothing but themselves, and both of these are in use. */
export const DRAFTS: readonly Draft[] = [
  { version: '0.2.0-draft2', range: { min: -(2n ** 63n), max: 2n ** 63n - 1n }, cursor: 'text', hasCas: true },
  { version: '0.2.0-draft', range: { min: 0n, max: 2n ** 64n - 1n }, cursor: 'number', hasCas: false },
];

export const KEY_VALUE_INTERFACES: readonly string[] = DRAFTS.flatMap(({ version }) =>
  ['store', 'atomics', 'batch'].map((name) => `wasi:keyvalue/${name}@${version}`),
);

/** `wasi:keyvalue/store.error`. */
export type StoreError =
  | { readonly tag: 'no-such-store' }
  | { readonly tag: 'access-denied' }
  | { readonly tag: 'other'; readonly val: string };

/** What the guest part gets. It refuses what is too large before it is copied; the host's half decides. */
export interface KeyValueSettings {
  readonly bounds: StoreBounds;
}
