import { ComponentError } from '@loophost/component';
import { fieldsExceeded } from '../errors.ts';
import { type FieldEntry, isFieldValue, isForbidden, isToken, MAX_FIELDS_BYTES, sizeOfFields } from '../field-rules.ts';

/** What all fields of one guest may take together. */
export const MAX_ALL_FIELDS_BYTES: number = 8 * 1024 * 1024;

/** Counts what is kept for one guest. */
export class Budget {
  private readonly limit: number;
  private used = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get left(): number {
    return this.limit - this.used;
  }

  take(bytes: number): void {
    this.used += bytes;
  }

  give(bytes: number): void {
    this.used -= bytes;
  }
}

/** Entries that several `fields` of a guest may show. */
export class FieldList {
  entries: FieldEntry[] = [];
  private readonly budget: Budget;
  private holders = 0;
  private size = 0;

  constructor(budget: Budget, entries: readonly FieldEntry[] = []) {
    this.budget = budget;
    this.replace([...entries]);
  }

  replace(entries: FieldEntry[]): void {
    const size = sizeOfFields(entries);
    if (size > MAX_FIELDS_BYTES) throw fieldsExceeded(MAX_FIELDS_BYTES);
    if (size - this.size > this.budget.left) throw fieldsExceeded(MAX_ALL_FIELDS_BYTES);
    this.budget.take(size - this.size);
    this.size = size;
    this.entries = entries;
  }

  hold(): this {
    this.holders++;
    return this;
  }

  release(): void {
    if (--this.holders > 0) return;
    this.budget.give(this.size);
    this.size = 0;
  }
}

type HeaderProblem = 'invalid-syntax' | 'forbidden' | 'immutable';

function refused(tag: HeaderProblem): ComponentError {
  return new ComponentError({ tag }, tag);
}

/** `wasi:http/types.fields`. */
export class Fields {
  readonly list: FieldList;
  private readonly isMutable: boolean;

  constructor(list: FieldList, isMutable = true) {
    this.list = list.hold();
    this.isMutable = isMutable;
  }

  get(name: string): Uint8Array[] {
    return this.matching(name).map(([, value]) => value);
  }

  has(name: string): boolean {
    return this.matching(name).length > 0;
  }

  set(name: string, values: readonly Uint8Array[]): void {
    this.check(name, values);
    this.list.replace([...this.others(name), ...values.map((value): FieldEntry => [name, value])]);
  }

  delete(name: string): void {
    this.check(name, []);
    this.list.replace(this.others(name));
  }

  append(name: string, value: Uint8Array): void {
    this.check(name, [value]);
    this.list.replace([...this.list.entries, [name, value]]);
  }

  entries(): FieldEntry[] {
    return this.list.entries;
  }

  /** Fills new fields at once. */
  fill(entries: readonly FieldEntry[]): void {
    for (const [name, value] of entries) this.check(name, [value]);
    this.list.replace([...entries]);
  }

  private check(name: string, values: readonly Uint8Array[]): void {
    if (!this.isMutable) throw refused('immutable');
    if (!isToken(name) || !values.every(isFieldValue)) throw refused('invalid-syntax');
    if (isForbidden(name)) throw refused('forbidden');
  }

  private matching(name: string): FieldEntry[] {
    const wanted = name.toLowerCase();
    return this.list.entries.filter(([one]) => one.toLowerCase() === wanted);
  }

  private others(name: string): FieldEntry[] {
    const wanted = name.toLowerCase();
    return this.list.entries.filter(([one]) => one.toLowerCase() !== wanted);
  }

  [Symbol.dispose](): void {
    this.list.release();
  }
}

export type FieldsClass = new (list?: FieldList, isMutable?: boolean) => Fields;

/** The class of one guest's fields, which it can make itself. */
export function fieldsClass(budget: Budget): FieldsClass {
  return class GuestFields extends Fields {
    constructor(list: FieldList = new FieldList(budget), isMutable = true) {
      super(list, isMutable);
    }

    static fromList(entries: readonly FieldEntry[]): GuestFields {
      const made = new GuestFields();
      made.fill(entries);
      return made;
    }

    clone(): GuestFields {
      return new GuestFields(new FieldList(budget, this.list.entries));
    }
  };
}
