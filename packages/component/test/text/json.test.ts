import type { ValueType } from '@loophost/component';
import { argumentsFromJson, printJsonSchema, valueFromJson, valueToJson } from '@loophost/component/text';
import { describe, expect, test } from 'vitest';
import { errorOf, func, list, option, record, result, samples, tuple, type } from './support.ts';

const { bool, char, color, f32, f64, optional, person, rights, s64, scores, shape, string, u64, u8 } = samples;
const DIALECT = { $schema: 'https://json-schema.org/draft/2020-12/schema' };
const handle = type({ kind: 'own', resource: { kind: 'resource', id: 1 } });

/** The schema of one type, without the dialect. */
function schemaOf(of: ValueType): unknown {
  const { $schema, ...schema } = printJsonSchema(func({}, of)).result ?? {};
  expect($schema).toBe(DIALECT.$schema);
  return schema;
}

const SCHEMAS: [string, ValueType, unknown][] = [
  ['bool', bool, { type: 'boolean' }],
  ['u8', u8, { type: 'integer', minimum: 0, maximum: 255 }],
  ['u64', u64, { type: ['string', 'integer'], pattern: '^(0|[1-9][0-9]*)$', minimum: 0, maximum: 2 ** 53 - 1 }],
  ['s64', s64, { type: ['string', 'integer'], pattern: '^(0|-?[1-9][0-9]*)$', minimum: 1 - 2 ** 53, maximum: 2 ** 53 - 1 }],
  ['f64', f64, { anyOf: [{ type: 'number' }, { enum: ['nan', 'inf', '-inf'] }] }],
  ['char', char, { type: 'string', minLength: 1, maxLength: 1 }],
  ['list<u8>', list(u8), { type: 'string', contentEncoding: 'base64' }],
  ['list<u8, 4>', list(u8, 4), { type: 'string', contentEncoding: 'base64', minLength: 8, maxLength: 8, pattern: '==$' }],
  ['list<string>', list(string), { type: 'array', items: { type: 'string' } }],
  ['list<bool, 2>', list(bool, 2), { type: 'array', items: { type: 'boolean' }, minItems: 2, maxItems: 2 }],
  ['tuple', tuple(bool, string), { type: 'array', prefixItems: [{ type: 'boolean' }, { type: 'string' }], items: false, minItems: 2 }],
  ['enum', color, { enum: ['red', 'hot-pink', 'none'] }],
  ['flags', rights, { type: 'array', items: { enum: ['read', 'write', 'run-it'] }, uniqueItems: true }],
  ['option', option(string), { anyOf: [{ type: 'string' }, { type: 'null' }] }],
  ['map', scores, { type: 'array', items: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer', minimum: 0, maximum: 2 ** 32 - 1 }], items: false, minItems: 2 } }],
  [
    'record', record({ 'shoe-size': option(bool), name: string }),
    { type: 'object', properties: { 'shoe-size': { anyOf: [{ type: 'boolean' }, { type: 'null' }] }, name: { type: 'string' } }, required: ['name'], additionalProperties: false },
  ],
  [
    'result', result(undefined, string),
    { oneOf: [
      { type: 'object', properties: { tag: { const: 'ok' } }, required: ['tag'], additionalProperties: false },
      { type: 'object', properties: { tag: { const: 'err' }, val: { type: 'string' } }, required: ['tag', 'val'], additionalProperties: false },
    ] },
  ],
]; // prettier-ignore

const VALUES: [unknown, ValueType, unknown][] = [
  [2n ** 64n - 1n, u64, '18446744073709551615'],
  [Math.fround(0.1), f32, 0.1],
  [NaN, f64, 'nan'],
  [Uint8Array.of(1, 2, 255), list(u8), 'AQL/'],
  [{ name: 'Ada', shoeSize: undefined, tags: [] }, person, { name: 'Ada', tags: [] }],
  [{ a: 1, b: { tag: 'some', val: undefined } }, optional, { a: 1, b: { tag: 'some', val: null } }],
  [{ read: true, write: false, runIt: true }, rights, ['read', 'run-it']],
  [{ tag: 'circle', val: 1.5 }, shape, { tag: 'circle', val: 1.5 }],
  [{ tag: 'dot' }, shape, { tag: 'dot' }],
  [{ tag: 'ok', val: undefined }, result(), { tag: 'ok' }],
  [new Map([['a', 1]]), scores, [['a', 1]]],
  [undefined, option(u8), null],
]; // prettier-ignore

const BAD_JSON: [unknown, ValueType, string][] = [
  [256, u8, 'value: expected u8, got 256'],
  [
    '18446744073709551616',
    u64,
    'value: expected u64 as a decimal string or a safe integer, got "18446744073709551616"',
  ],
  [2 ** 53, u64, 'value: expected u64 as a decimal string or a safe integer, got 9007199254740992'],
  ['constructor', f64, 'value: expected f64, got "constructor"'],
  ['\ud800', char, 'value: expected char, got "\\ud800"'],
  ['AQ', list(u8), 'value: expected base64 string, got "AQ"'],
  [{ name: 'Ada', tags: ['x', 1] }, person, 'value.tags[1]: expected string, got 1'],
  [{ name: 'Ada' }, person, 'value: expected the key "tags", got an object without it'],
  [{ name: 'Ada', tags: [], age: 1 }, person, 'value: expected only keys of the type, got "age"'],
  [['fly'], rights, 'value: expected names of flags, each once, got "fly"'],
  [{ tag: 'square' }, shape, 'value: expected the name of a case of the variant, got "square"'],
  [{ tag: 'circle' }, shape, 'value: expected "circle" with the key "val", got another object'],
  [{ tag: 'dot', val: 1 }, shape, 'value: expected "dot" without the key "val", got another object'],
  ['blue', color, 'value: expected the name of a case of the enum, got "blue"'],
  [['a'], tuple(string, u8), 'value: expected array of 2, got an array of 1'],
  [null, list(string), 'value: expected array, got null'],
];

describe('printJsonSchema', () => {
  test.each(SCHEMAS)('describes %s', (_name, of, schema) => {
    expect(schemaOf(of)).toEqual(schema);
  });

  test('describes all parameters as one object', () => {
    expect(printJsonSchema(func({ name: string, 'shoe-size': option(u8) }))).toEqual({
      parameters: {
        ...DIALECT,
        type: 'object',
        properties: {
          name: { type: 'string' },
          'shoe-size': { anyOf: [{ type: 'integer', minimum: 0, maximum: 255 }, { type: 'null' }] },
        },
        required: ['name'],
        additionalProperties: false,
      },
    });
  });

  test('refuses handles, with the way to them', () => {
    expect(errorOf(() => printJsonSchema(func({ all: list(record({ h: handle })) })))).toBe(
      'E_JSON_TYPE: cannot convert between value and JSON: all[].h: expected a type without handles, got own',
    );
  });
});

describe('valueToJson and valueFromJson', () => {
  test.each(VALUES)('turn %o into JSON and back', (value, of, json) => {
    expect(valueToJson(value, of)).toEqual(json);
    expect(valueFromJson(json, of)).toStrictEqual(value);
  });

  test.each(BAD_JSON)('refuse %j', (json, of, error) => {
    expect(errorOf(() => valueFromJson(json, of))).toBe(`E_JSON_TYPE: cannot convert between value and JSON: ${error}`);
  });

  test('refuse values of another type', () => {
    expect(errorOf(() => valueToJson({ name: 1 }, person))).toBe(
      'E_JSON_TYPE: cannot convert between value and JSON: value.name: expected string, got 1',
    );
    expect(errorOf(() => valueToJson({}, handle))).toContain('E_JSON_TYPE');
    expect(errorOf(() => valueFromJson({}, handle))).toContain('E_JSON_TYPE');
  });

  test('take safe integers for 64 bits, and null for a field that is none', () => {
    expect(valueFromJson(5, u64)).toBe(5n);
    expect(valueFromJson({ name: 'Ada', 'shoe-size': null, tags: [] }, person)).toStrictEqual({
      name: 'Ada',
      shoeSize: undefined,
      tags: [],
    });
  });
});

describe('argumentsFromJson', () => {
  const { params } = func({ name: string, 'shoe-size': option(u8), deep: option(option(u8)) });

  test('puts parameters in order and fills in what is left out', () => {
    expect(argumentsFromJson({ name: 'Ada' }, params)).toStrictEqual(['Ada', undefined, { tag: 'none' }]);
    expect(argumentsFromJson({ 'shoe-size': 44, name: 'Ada' }, params)).toStrictEqual(['Ada', 44, { tag: 'none' }]);
  });

  test('takes a key that is undefined for one that is not there', () => {
    expect(argumentsFromJson({ name: 'Ada', 'shoe-size': undefined }, params)).toStrictEqual([
      'Ada',
      undefined,
      { tag: 'none' },
    ]);
    expect(errorOf(() => argumentsFromJson({ name: undefined }, params))).toContain('expected the key "name"');
  });

  test('refuses what is missing and what is unknown', () => {
    expect(errorOf(() => argumentsFromJson({}, params))).toContain('arguments: expected the key "name"');
    expect(errorOf(() => argumentsFromJson({ name: 'Ada', nmae: 1 }, params))).toContain('got "nmae"');
    expect(errorOf(() => argumentsFromJson([], params))).toContain('arguments: expected object, got an array of 0');
  });
});
