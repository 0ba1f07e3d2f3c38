/** A value, or a promise of it: stores in memory and files answer at once, others later. */
export type Awaitable<T> = T | PromiseLike<T>;

export type Entry = readonly [key: string, value: Uint8Array];

/** Some keys, oldest first. */
export interface KeyPage {
  readonly keys: readonly string[];
  /** Where the next page begins; absent after the last. */
  readonly next?: number;
}

/** A value with a word for its state: any later write gives another, also one of the same value. */
export interface Versioned {
  readonly value: Uint8Array | undefined;
  /** Undefined while there is no value. */
  readonly version: string | undefined;
}

/** Whole numbers that a type can hold, both ends included. */
export interface NumberRange {
  readonly min: bigint;
  readonly max: bigint;
}

/**
 * Where the values of a store are kept. Each method is one step that nobody else sees half done, in this process or in
 * another. Arrays of bytes are neither changed nor kept by who gets them, and copied by a store that keeps them.
 *
 * @throws {StoreFailure} from each method, when it cannot be done; nothing has changed then.
 */
export interface KeyValueStore extends Disposable {
  /** The values of some keys, in their order, as they were at one moment. */
  get(keys: readonly string[]): Awaitable<readonly (Uint8Array | undefined)[]>;
  has(key: string): Awaitable<boolean>;
  /** Writes all entries or none. Of two with one key, the later counts. */
  set(entries: readonly Entry[]): Awaitable<void>;
  /** Deletes all that are there. */
  delete(keys: readonly string[]): Awaitable<void>;
  /** At most `max` keys. Keys that are there from the first page to the last are given once, whatever else changes. */
  list(from: number | undefined, max: number): Awaitable<KeyPage>;
  /** Adds to a number, written in decimal digits; an absent one is 0. Gives the sum. */
  increment(key: string, delta: bigint, range: NumberRange): Awaitable<bigint>;
  read(key: string): Awaitable<Versioned>;
  /** Writes a value if the key has this version still. Gives whether it did. */
  swap(key: string, version: string | undefined, value: Uint8Array): Awaitable<boolean>;
}

/** Why a store does not do what it was asked: a bound, a value that is no number, trouble with its file. */
export class StoreFailure extends Error {
  /** A stable word for listeners: `value-too-large`. */
  readonly reason: string;
  /** For the operator, never for the guest: what would help. */
  readonly fix: string | undefined;

  /** @param message - For the guest: it tells nothing of the host. */
  constructor(reason: string, message: string, fix?: string) {
    super(message);
    this.name = 'StoreFailure';
    this.reason = reason;
    this.fix = fix;
  }
}

const NUMBER = /^-?\d{1,20}$/;

/** Adds to a number in its written form. */
export function increased(
  value: Uint8Array | undefined,
  delta: bigint,
  { min, max }: NumberRange,
): { sum: bigint; bytes: Uint8Array } {
  const text = value === undefined ? '0' : new TextDecoder().decode(value.subarray(0, 21));
  if (!NUMBER.test(text)) throw new StoreFailure('not-a-number', 'the value is not a whole number in decimal digits');
  const sum = BigInt(text) + delta;
  if (sum < min || sum > max) throw new StoreFailure('number-overflow', `the sum is not between ${min} and ${max}`);
  return { sum, bytes: new TextEncoder().encode(String(sum)) };
}
