import { grantInvalid } from '@loophost/host';

/** Reads the fields of one grant, and refuses what is not of its form. */
export class GrantFields {
  private readonly capability: string;
  private readonly fields: Readonly<Record<string, unknown>>;
  private readonly path: string;

  /**
   * @param shape - What the whole looks like, for the fix: `{ stores: { default: 'memory' } }`.
   * @param path - Where it stands in the grant of the capability: `stores.default`. Default the grant itself.
   * @throws {LoopError} `E_GRANT_INVALID` when it is not a record, or has a field that is not known.
   */
  constructor(capability: string, grant: unknown, { known, shape, path = '' }: FieldsOptions) {
    this.capability = capability;
    this.path = path;
    if (!isRecord(grant))
      throw this.invalid(
        `${path ? `its ${path}` : 'it'} is ${described(grant)}, not a record`,
        `write it as \`${shape}\``,
      );
    this.fields = grant;
    for (const name of Object.keys(this.fields)) {
      if (known === undefined || known.includes(name)) continue;
      const nearest = nearestOf(name, known);
      const fix =
        nearest === undefined ? `use ${known.map((one) => `"${one}"`).join(', ')}` : `did you mean "${nearest}"?`;
      throw this.invalid(`it has no field "${this.at(name)}"`, fix);
    }
  }

  get names(): readonly string[] {
    return Object.keys(this.fields);
  }

  has(name: string): boolean {
    return this.fields[name] !== undefined;
  }

  raw(name: string): unknown {
    return this.fields[name];
  }

  /** A whole number above zero. */
  count(name: string, fallback: number): number {
    const value = this.fields[name];
    if (value === undefined) return fallback;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
    throw this.invalid(`its ${this.at(name)} is ${described(value)}`, 'give a whole number above zero');
  }

  text(name: string): string | undefined {
    const value = this.fields[name];
    if (value === undefined || typeof value === 'string') return value;
    throw this.invalid(`its ${this.at(name)} is ${described(value)}`, 'give a text');
  }

  /** All fields, each of which is a text. */
  texts(): readonly (readonly [name: string, text: string])[] {
    return this.names.map((name) => {
      const text = this.text(name);
      // Most likely a variable that is not set: an empty text would hide that.
      if (text === undefined) throw this.invalid(`its ${this.at(name)} is nothing`, 'give a text, or leave it out');
      return [name, text];
    });
  }

  oneOf<Word extends string>(name: string, words: readonly Word[], fallback: Word): Word {
    const value = this.fields[name];
    if (value === undefined) return fallback;
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    throw this.invalid(
      `its ${this.at(name)} is ${described(value)}`,
      `give one of ${words.map((one) => `"${one}"`).join(', ')}`,
    );
  }

  invalid(why: string, fix: string): Error {
    return grantInvalid({ capability: this.capability, why, fix });
  }

  private at(name: string): string {
    return this.path ? `${this.path}.${name}` : name;
  }
}

interface FieldsOptions {
  /** The fields that it may have. Default any. */
  readonly known?: readonly string[];
  readonly shape: string;
  readonly path?: string;
}

/** Whether something has fields that are meant. Those of a `Map` are not what it holds, and it has none. */
function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(Symbol.iterator in value);
}

/** What a value is, without its content, which may be a secret: numbers alone are shown. */
function described(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && !isRecord(value)) return 'a collection';
  return { string: 'a text', boolean: 'a boolean', object: 'a record' }[typeof value as string] ?? `a ${typeof value}`;
}

/** The name that was probably meant: at most a third of it differs. */
function nearestOf(wanted: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, distance: distanceOf(wanted.slice(0, 64).toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= name.length / 3)
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.name;
}

/** How many letters must be added, removed or replaced to make one word of another (Levenshtein). */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row.at(-1) as number;
}
