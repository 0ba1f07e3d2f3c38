import {
  describeValue,
  type Field,
  type PrimitiveKind,
  type ValueType,
  type ValueTypeOf,
} from '../types/value-type.ts';
import { jsonType, show } from './errors.ts';
import { FLOAT_WORDS, printFloat, shortestF32 } from './numbers.ts';
import { type Notation, ValueWriter } from './value-writer.ts';
import {
  integerRange, isBigInteger, isChar, isPlainOption, makeCase, makeList, omittedValue, TypeIndex, type VariantLike,
} from './values.ts'; // prettier-ignore

/** What `JSON.parse` gives and `JSON.stringify` takes. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * Turns a value of a type into JSON, as plain data for `JSON.stringify`. It is valid under the schema that
 * `printJsonSchema` gives for the type, and `valueFromJson` gives the same value back, but for the sign of -0.
 *
 * @throws {LoopError} `E_JSON_TYPE`, with the path, when the value is not of the type, or has a handle in it.
 * @example
 * valueToJson({ name: 'Ada', age: 36 }, type) // { name: 'Ada', age: 36 }
 */
export function valueToJson(value: unknown, type: ValueType): Json {
  return new ValueWriter(JSON_NOTATION).write(value, type);
}

const JSON_NOTATION: Notation<Json> = {
  scalar: scalarToJson,
  wholeList: (type, items) => (type.element.kind === 'u8' ? toBase64(items as ArrayLike<number>) : undefined),
  sequence: (_kind, items) => items,
  record: (fields) => Object.fromEntries(fields),
  flags: (names) => names,
  variant: (type, tag, val) => {
    if (type.kind === 'enum') return tag;
    if (isPlainOption(type)) return val ?? null;
    return val === undefined ? { tag } : { tag, val };
  },
  misfit: jsonType,
};

function scalarToJson(kind: PrimitiveKind, value: unknown): Json {
  if (isBigInteger(kind)) return String(value);
  if (kind !== 'f32' && kind !== 'f64') return value as Json;
  const short = kind === 'f32' ? shortestF32(value as number) : (value as number);
  return Number.isFinite(short) ? short : printFloat(short);
}

/**
 * Turns JSON into a value of a type: the JavaScript value that the engine takes. It takes what the schema of the type
 * allows, and checks the range of 64-bit integers and the base64 of bytes, which a schema cannot say.
 *
 * @throws {LoopError} `E_JSON_TYPE`, with the path, when the JSON is not of the type.
 * @example
 * valueFromJson({ name: 'Ada', age: 36 }, type) // { name: 'Ada', age: 36 }
 */
export function valueFromJson(json: unknown, type: ValueType): unknown {
  return new JsonReader('value').read(json, type);
}

/**
 * Turns a JSON object of parameters by name into the arguments of a call. Parameters whose type is an option may be
 * left out.
 *
 * @throws {LoopError} `E_JSON_TYPE`, with the path, when the JSON does not fit; an unknown name is an error.
 * @example
 * argumentsFromJson({ name: 'Ada' }, func.params) // ['Ada']
 */
export function argumentsFromJson(json: unknown, params: readonly Field[]): unknown[] {
  const values = new JsonReader('arguments').members(json, params);
  return params.map(({ name }) => values.get(name));
}

class JsonReader {
  private readonly index = new TypeIndex();
  private readonly path: string[];

  constructor(root: string) {
    this.path = [root];
  }

  read(json: unknown, type: ValueType): unknown {
    switch (type.kind) {
      case 'record': {
        const values = this.members(json, type.fields);
        const members = [...this.index.membersOf(type).values()];
        return Object.fromEntries(members.map(({ name, key }) => [key, values.get(name)]));
      }
      case 'tuple':
        return this.tuple(json, type.items);
      case 'list':
        return this.list(json, type);
      case 'map':
        return new Map(this.array(json, 'array of pairs').map((pair, i) => this.pair(pair, i, type)));
      case 'flags':
        return this.flags(json, type);
      case 'variant':
      case 'enum':
      case 'option':
      case 'result':
        return this.variant(json, type);
      default:
        return this.scalar(json, type);
    }
  }

  private fail(expected: string, found: string): Error {
    return jsonType({ path: this.path.join(''), expected, found });
  }

  private inside<T>(step: string, read: () => T): T {
    this.path.push(step);
    const value = read();
    this.path.pop();
    return value;
  }

  /**
   * Reads an object whose keys are names of fields, and fills in `none` for options that are not there. A key that is
   * undefined is not there: JSON has no such value, and programs write one for what they leave out.
   */
  members(json: unknown, fields: readonly Field[]): Map<string, unknown> {
    const entries = new Map(Object.entries(this.object(json)).filter(([, value]) => value !== undefined));
    const values = new Map<string, unknown>();
    for (const { name, type } of fields) {
      const omitted = entries.has(name) ? undefined : omittedValue(type);
      if (!omitted && !entries.has(name)) throw this.fail(`the key ${show(name)}`, 'an object without it');
      values.set(name, omitted ? omitted.value : this.inside(`.${name}`, () => this.read(entries.get(name), type)));
      entries.delete(name);
    }
    this.refuseOthers(entries.keys());
    return values;
  }

  private refuseOthers(keys: Iterable<string>): void {
    for (const key of keys) throw this.fail('only keys of the type', show(key));
  }

  private object(json: unknown): object {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw this.fail('object', show(json));
    return json;
  }

  private array(json: unknown, expected: string, length?: number): readonly unknown[] {
    if (!Array.isArray(json) || (length !== undefined && json.length !== length)) throw this.fail(expected, show(json));
    return json;
  }

  private tuple(json: unknown, types: readonly ValueType[]): unknown[] {
    const items = this.array(json, `array of ${types.length}`, types.length);
    return types.map((type, i) => this.inside(`[${i}]`, () => this.read(items[i], type)));
  }

  private pair(json: unknown, i: number, { map }: ValueTypeOf<'map'>): [unknown, unknown] {
    return this.inside(`[${i}]`, () => this.tuple(json, [map.key, map.value])) as [unknown, unknown];
  }

  private list(json: unknown, { element, length, ...type }: ValueTypeOf<'list'>): unknown {
    const bytes = element.kind === 'u8' ? fromBase64(json) : undefined;
    if (element.kind === 'u8' && !bytes) throw this.fail('base64 string', show(json));
    if (bytes && length !== undefined && bytes.length !== length) throw this.fail(`${length} bytes`, `${bytes.length}`);
    if (bytes) return bytes;
    const items = this.array(json, `array${length === undefined ? '' : ` of ${length}`}`, length);
    const values = items.map((item, i) => this.inside(`[${i}]`, () => this.read(item, element)));
    return makeList({ ...type, element }, values);
  }

  private flags(json: unknown, type: ValueTypeOf<'flags'>): object {
    const members = this.index.membersOf(type);
    const set = new Set<unknown>();
    for (const name of this.array(json, 'array of flag names')) {
      if (!members.has(name as string) || set.has(name)) throw this.fail('names of flags, each once', show(name));
      set.add(name);
    }
    return Object.fromEntries([...members.values()].map(({ name, key }) => [key, set.has(name)]));
  }

  private variant(json: unknown, type: VariantLike): unknown {
    if (type.kind === 'option' && isPlainOption(type)) return json === null ? undefined : this.read(json, type.some);
    const { tag, val, ...others } =
      type.kind === 'enum' ? { tag: json } : (this.object(json) as { readonly tag?: unknown; readonly val?: unknown });
    const found = this.index.casesOf(type).get(tag as string);
    if (!found) throw this.fail(`the name of a case of the ${type.kind}`, show(tag));
    this.refuseOthers(Object.keys(others));
    if ((val === undefined) === (found.type !== undefined))
      throw this.fail(`${show(tag)} ${found.type ? 'with' : 'without'} the key "val"`, 'another object');
    return makeCase(type, found, found.type && this.inside('.val', () => this.read(val, found.type as ValueType)));
  }

  private scalar(json: unknown, type: ValueType): unknown {
    const { kind } = type;
    const range = integerRange(kind);
    if (range && isBigInteger(kind)) {
      const isDecimal = typeof json === 'string' && /^(?:0|-?[1-9]\d{0,19})$/.test(json);
      const value = isDecimal || Number.isSafeInteger(json) ? BigInt(json as string | number) : undefined;
      if (value !== undefined && value >= range[0] && value <= range[1]) return value;
      throw this.fail(`${kind} as a decimal string or a safe integer`, show(json));
    }
    if (kind === 'f32' || kind === 'f64') {
      const value = typeof json === 'number' ? json : FLOAT_WORDS.get(json);
      if (value !== undefined) return kind === 'f32' ? Math.fround(value) : value;
    }
    const isFitting =
      (range && Number.isInteger(json) && (json as number) >= range[0] && (json as number) <= range[1]) ||
      (kind === 'bool' && typeof json === 'boolean') ||
      (kind === 'string' && typeof json === 'string') ||
      (kind === 'char' && isChar(json));
    if (!isFitting) throw this.fail(describeValue(type), show(json));
    return json;
  }
}

const CHUNK = 0x8000;

function toBase64(bytes: ArrayLike<number>): string {
  const data = Uint8Array.from(bytes);
  let binary = '';
  for (let i = 0; i < data.length; i += CHUNK) binary += String.fromCharCode(...data.subarray(i, i + CHUNK));
  return btoa(binary);
}

function fromBase64(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
