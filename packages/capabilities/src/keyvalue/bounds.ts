import { StoreFailure } from './store.ts';

/** How much a component may keep in each of its stores, and move at once. Plain data. */
export interface StoreBounds {
  /** UTF-8 bytes of a key. */
  readonly maxKeyBytes: number;
  readonly maxValueBytes: number;
  readonly maxKeys: number;
  /** Bytes of all keys and values. */
  readonly maxStoreBytes: number;
  /** Keys in one call of `wasi:keyvalue/batch`. */
  readonly maxBatchKeys: number;
  /** Bytes of all values that one call of `wasi:keyvalue/batch` takes or gives. */
  readonly maxBatchBytes: number;
}

/**
 * 1 KiB, 1 MiB, 100,000 keys, 64 MiB; batches of 2,048 keys and 4 MiB. A batch is one step, during which the host does
 * nothing else: one of that size takes a store in a file some 20 ms.
 */
export const DEFAULT_STORE_BOUNDS: StoreBounds = {
  maxKeyBytes: 1_024,
  maxValueBytes: 1_048_576,
  maxKeys: 100_000,
  maxStoreBytes: 67_108_864,
  maxBatchKeys: 2_048,
  maxBatchBytes: 4_194_304,
};

/** What a store holds. */
export interface StoreTotals {
  readonly keys: number;
  readonly bytes: number;
}

const encoder = new TextEncoder();

export function keyBytes(key: string): number {
  return encoder.encode(key).length;
}

/** Checks a request before anything is looked up or copied. */
export function checkRequest(bounds: StoreBounds, keys: readonly string[], values: readonly Uint8Array[] = []): void {
  const { maxKeyBytes, maxValueBytes, maxBatchKeys } = bounds;
  if (keys.length > maxBatchKeys) throw exceeded('batch-too-large', 'the batch has more keys', 'maxBatchKeys', bounds);
  for (const key of keys)
    // A UTF-16 unit is one to three bytes: most keys need no closer look.
    if (key.length * 3 > maxKeyBytes && keyBytes(key) > maxKeyBytes)
      throw exceeded('key-too-large', 'the key is larger', 'maxKeyBytes', bounds);
  for (const value of values)
    if (value.length > maxValueBytes) throw exceeded('value-too-large', 'the value is larger', 'maxValueBytes', bounds);
  if (values.length > 1) values.forEach(batchCheck(bounds));
}

/** Checks the values of a batch, which one call takes or gives: takes them one by one. */
export function batchCheck(bounds: StoreBounds): (value: Uint8Array | undefined) => void {
  let bytes = 0;
  return (value) => {
    bytes += value?.length ?? 0;
    if (bytes > bounds.maxBatchBytes)
      throw exceeded('batch-too-large', 'the values of the batch are larger', 'maxBatchBytes', bounds);
  };
}

/** Checks what a store would hold after a write. One that holds too much already may still shrink. */
export function checkGrowth(bounds: StoreBounds, before: StoreTotals, after: StoreTotals): void {
  if (after.keys > before.keys && after.keys > bounds.maxKeys)
    throw exceeded('store-full', 'the store would have more keys', 'maxKeys', bounds);
  if (after.bytes > before.bytes && after.bytes > bounds.maxStoreBytes)
    throw exceeded('store-full', 'the store would be larger', 'maxStoreBytes', bounds);
}

function exceeded(reason: string, what: string, bound: keyof StoreBounds, bounds: StoreBounds): StoreFailure {
  const unit = bound.endsWith('Bytes') ? ' bytes' : '';
  return new StoreFailure(reason, `${what} than ${bounds[bound]}${unit}`, `grant a larger ${bound}`);
}
