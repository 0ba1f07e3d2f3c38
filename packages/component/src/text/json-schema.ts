import type { FuncType } from '../types/extern-type.ts';
import { type Case, describeValue, type Field, type ValueType } from '../types/value-type.ts';
import { jsonType } from './errors.ts';
import { integerRange, isBigInteger, isPlainOption } from './values.ts';

/** A schema of JSON Schema, draft 2020-12, as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The schemas of a function. */
export interface FunctionSchemas {
  /** All parameters as one object, by their WIT names. `argumentsFromJson` takes what it allows. */
  readonly parameters: JsonSchema;
  /** The whole result, a top-level `result` with its tag; absent when there is none. `valueToJson` makes such values. */
  readonly result?: JsonSchema;
}

const DIALECT = { $schema: 'https://json-schema.org/draft/2020-12/schema' };

/**
 * Describes a function's parameters and result in JSON Schema. Names are spelled as in WIT.
 *
 * 64-bit integers are written as decimal strings, since JSON readers round large numbers; safe integers are taken too.
 * Floats that JSON lacks are `"nan"`, `"inf"` and `"-inf"`. `list<u8>` is a base64 string, flags an array of the names
 * that are set, a map an array of pairs, a variant or result `{ tag, val }`, `none` is null or a field left out.
 *
 * @throws {LoopError} `E_JSON_TYPE` when a type has handles, streams or futures in it.
 * @example
 * printJsonSchema(func).parameters // { type: 'object', properties: { name: { type: 'string' } }, … }
 */
export function printJsonSchema(func: FuncType): FunctionSchemas {
  const { params, result } = func;
  const parameters = { ...DIALECT, ...object(params) };
  return result ? { parameters, result: { ...DIALECT, ...schemaOf(result, 'result') } } : { parameters };
}

/** The schema of one value, as part of another: without the dialect. */
function schemaOf(type: ValueType, path: string): JsonSchema {
  const range = integerRange(type.kind);
  if (range && isBigInteger(type.kind)) return bigInteger(type.kind === 'u64');
  if (range) return { type: 'integer', minimum: range[0], maximum: range[1] };
  switch (type.kind) {
    case 'bool':
      return { type: 'boolean' };
    case 'f32':
    case 'f64':
      return { anyOf: [{ type: 'number' }, { enum: ['nan', 'inf', '-inf'] }] };
    case 'char':
      return { type: 'string', minLength: 1, maxLength: 1 };
    case 'string':
      return { type: 'string' };
    case 'enum':
      return { enum: type.names };
    case 'flags':
      return { type: 'array', items: { enum: type.names }, uniqueItems: true };
    case 'list':
      return list(type.element, type.length, path);
    case 'tuple':
      return tuple(type.items, path);
    case 'map':
      return { type: 'array', items: tuple([type.map.key, type.map.value], `${path}[]`) };
    case 'record':
      return object(type.fields, path);
    case 'variant':
      return cases(type.cases, path);
    case 'option':
      if (isPlainOption(type)) return { anyOf: [schemaOf(type.some, path), { type: 'null' }] };
      return cases([{ name: 'none' }, { name: 'some', type: type.some }], path);
    case 'result':
      return cases(
        [
          { name: 'ok', type: type.ok },
          { name: 'err', type: type.err },
        ] as readonly Case[],
        path,
      );
    default:
      throw jsonType({ path, expected: 'a type without handles', found: describeValue(type) });
  }
}

function bigInteger(isUnsigned: boolean): JsonSchema {
  return {
    type: ['string', 'integer'],
    pattern: `^(0|${isUnsigned ? '' : '-?'}[1-9][0-9]*)$`,
    minimum: isUnsigned ? 0 : Number.MIN_SAFE_INTEGER,
    maximum: Number.MAX_SAFE_INTEGER,
  };
}

function list(element: ValueType, length: number | undefined, path: string): JsonSchema {
  if (element.kind === 'u8') return { type: 'string', contentEncoding: 'base64', ...(length && base64Length(length)) };
  const items = schemaOf(element, `${path}[]`);
  return { type: 'array', items, ...(length !== undefined && { minItems: length, maxItems: length }) };
}

/** As many characters as this many bytes take, with the padding that tells the last group's bytes. */
function base64Length(bytes: number): JsonSchema {
  const units = 4 * Math.ceil(bytes / 3);
  return { minLength: units, maxLength: units, pattern: ['[^=]$', '==$', '[^=]=$'][bytes % 3] };
}

function tuple(types: readonly ValueType[], path: string): JsonSchema {
  const prefixItems = types.map((type, i) => schemaOf(type, `${path}[${i}]`));
  return { type: 'array', prefixItems, items: false, minItems: types.length };
}

function object(fields: readonly Field[], path = ''): JsonSchema {
  const properties = fields.map(({ name, type }) => [name, schemaOf(type, path === '' ? name : `${path}.${name}`)]);
  const required = fields.filter(({ type }) => type.kind !== 'option').map(({ name }) => name);
  return { type: 'object', properties: Object.fromEntries(properties), required, additionalProperties: false };
}

function cases(list: readonly Case[], path: string): JsonSchema {
  return {
    oneOf: list.map(({ name, type }) => ({
      type: 'object',
      properties: { tag: { const: name }, ...(type && { val: schemaOf(type, `${path}.${name}`) }) },
      required: type ? ['tag', 'val'] : ['tag'],
      additionalProperties: false,
    })),
  };
}
