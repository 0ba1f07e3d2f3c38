import { batchCheck, checkGrowth, keyBytes, type StoreBounds, type StoreTotals } from './bounds.ts';
import { type Entry, increased, type KeyPage, type KeyValueStore, type NumberRange, type Versioned } from './store.ts';

interface Slot {
  readonly key: string;
  /** Grows from slot to slot, and is never used again. */
  readonly number: number;
  value: Uint8Array;
  writes: number;
  isDeleted: boolean;
}

/** A store in the memory of the host. */
export class MemoryStore implements KeyValueStore {
  private readonly bounds: StoreBounds;
  private readonly slots = new Map<string, Slot>();
  /** By number. Deleted ones are left out when they are too many. */
  private order: Slot[] = [];
  private bytes = 0;
  private next = 1;

  constructor(bounds: StoreBounds) {
    this.bounds = bounds;
  }

  get(keys: readonly string[]): readonly (Uint8Array | undefined)[] {
    const values = keys.map((key) => this.slots.get(key)?.value);
    if (keys.length > 1) values.forEach(batchCheck(this.bounds));
    return values;
  }

  has(key: string): boolean {
    return this.slots.has(key);
  }

  set(entries: readonly Entry[]): void {
    checkGrowth(this.bounds, this.totals, this.totalsAfter(entries));
    for (const [key, value] of entries) this.write(key, value.slice());
  }

  delete(keys: readonly string[]): void {
    for (const key of keys) {
      const slot = this.slots.get(key);
      if (!slot) continue;
      this.slots.delete(key);
      slot.isDeleted = true;
      this.bytes -= keyBytes(key) + slot.value.length;
    }
    if (this.order.length > 2 * this.slots.size + 16) this.order = this.order.filter(({ isDeleted }) => !isDeleted);
  }

  list(from: number | undefined, max: number): KeyPage {
    const keys: string[] = [];
    for (let i = this.placeOf(from ?? 0); i < this.order.length; i++) {
      const { key, number, isDeleted } = this.order[i] as Slot;
      if (isDeleted) continue;
      if (keys.length === max) return { keys, next: number };
      keys.push(key);
    }
    return { keys };
  }

  increment(key: string, delta: bigint, range: NumberRange): bigint {
    const { sum, bytes } = increased(this.slots.get(key)?.value, delta, range);
    this.set([[key, bytes]]);
    return sum;
  }

  read(key: string): Versioned {
    const slot = this.slots.get(key);
    return { value: slot?.value, version: slot && `${slot.number}.${slot.writes}` };
  }

  swap(key: string, version: string | undefined, value: Uint8Array): boolean {
    if (this.read(key).version !== version) return false;
    this.set([[key, value]]);
    return true;
  }

  private get totals(): StoreTotals {
    return { keys: this.slots.size, bytes: this.bytes };
  }

  private totalsAfter(entries: readonly Entry[]): StoreTotals {
    let { keys, bytes } = this.totals;
    for (const [key, value] of new Map(entries)) {
      const slot = this.slots.get(key);
      bytes += value.length - (slot ? slot.value.length : -keyBytes(key));
      if (!slot) keys++;
    }
    return { keys, bytes };
  }

  private write(key: string, value: Uint8Array): void {
    const slot = this.slots.get(key);
    if (slot) {
      this.bytes += value.length - slot.value.length;
      slot.value = value;
      slot.writes++;
      return;
    }
    const fresh: Slot = { key, number: this.next++, value, writes: 1, isDeleted: false };
    this.slots.set(key, fresh);
    this.order.push(fresh);
    this.bytes += keyBytes(key) + value.length;
  }

  /** The place of the first slot from a number on. */
  private placeOf(number: number): number {
    let [low, high] = [0, this.order.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.order[middle] as Slot).number < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  [Symbol.dispose](): void {
    this.slots.clear();
    this.order = [];
    this.bytes = 0;
  }
}
