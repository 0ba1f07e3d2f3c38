import type { ValueType } from '@loophost/component';
import { parseCall, parseWave } from '@loophost/component/text';
import { describe, expect, test } from 'vitest';
import { errorOf, list, option, record, result, samples, tuple, type } from './support.ts';

const { bool, char, color, f32, f64, optional, person, rights, s64, scores, shape, string, u64, u8 } = samples;

const VALUES: [string, ValueType, unknown][] = [
  ['true', bool, true],
  ['255', u8, 255],
  ['-0', s64, 0n],
  ['-9223372036854775808', s64, -(2n ** 63n)],
  ['18446744073709551615', u64, 2n ** 64n - 1n],
  ['6.022e+23', f64, 6.022e23],
  ['-0', f64, -0],
  ['nan', f64, NaN],
  ['-inf', f32, -Infinity],
  ['0.1', f32, Math.fround(0.1)],
  ["'x'", char, 'x'],
  ["'\\''", char, "'"],
  ["'☃'", char, '☃'],
  ["'\\u{1F30A}'", char, '🌊'],
  ['"abc\\t\\u{2603}\\"\\\\"', string, 'abc\t☃"\\'],
  ['[1, 2, 3,]', list(u8), Uint8Array.of(1, 2, 3)],
  ['[]', list(string), []],
  ['[nan, 1]', list(f32), Float32Array.of(NaN, 1)],
  ['[1, 2]', list(u64), BigUint64Array.of(1n, 2n)],
  ['("a", 1)', tuple(string, u8), ['a', 1]],
  ['{shoe-size: 44, tags: ["x"], name: "Ada"}', person, { name: 'Ada', shoeSize: 44, tags: ['x'] }],
  ['{name: "Ada", %tags: []}', person, { name: 'Ada', shoeSize: undefined, tags: [] }],
  ['{:}', optional, { a: undefined, b: { tag: 'none' } }],
  ['{ : }', optional, { a: undefined, b: { tag: 'none' } }],
  ['{b: some(none)}', optional, { a: undefined, b: { tag: 'some', val: undefined } }],
  ['hot-pink', color, 'hot-pink'],
  ['%none', color, 'none'],
  ['{}', rights, { read: false, write: false, runIt: false }],
  ['{run-it, read,}', rights, { read: true, write: false, runIt: true }],
  ['dot', shape, { tag: 'dot' }],
  ['circle(1.5)', shape, { tag: 'circle', val: 1.5 }],
  ['%err("x")', shape, { tag: 'err', val: 'x' }],
  ['some(1)', option(u8), 1],
  ['1', option(u8), 1],
  ['none', option(u8), undefined],
  ['some(some(1))', option(option(u8)), { tag: 'some', val: 1 }],
  ['none', option(option(u8)), { tag: 'none' }],
  ['ok', result(), { tag: 'ok', val: undefined }],
  ['ok(1)', result(u8, string), { tag: 'ok', val: 1 }],
  ['1', result(u8, string), { tag: 'ok', val: 1 }],
  ['err("no")', result(undefined, string), { tag: 'err', val: 'no' }],
  ['[("a", 1), ("b", 2)]', scores, new Map([['a', 1], ['b', 2]])], // prettier-ignore
  [' // before\n{ // inside\r\n read // after\n} // end', rights, { read: true, write: false, runIt: false }],
];

const MULTILINE = [
  ['"""\n"""', ''],
  ['"""\nA single line\n"""', 'A single line'],
  ['"""\r\n    deeper\r\n  level\r\n  """', '  deeper\nlevel'],
  ['"""\n\nlines around\n\n"""', '\nlines around\n'],
  ['"""\nquotes ""\\"" and \\u{2603}\\t"\n"""', 'quotes """" and ☃\t"'],
];

const BAD_SYNTAX: [string, ValueType, string][] = [
  ['', u8, 'E_WAVE_SYNTAX: cannot parse WAVE text: expected a value of type u8, got the end of the text (at 1:1)'],
  ['1 2', u8, 'E_WAVE_SYNTAX: cannot parse WAVE text: expected the end of the text, got the number 2 (at 1:3)'],
  ['[1 2]', list(u8), 'E_WAVE_SYNTAX: cannot parse WAVE text: expected "," or "]", got the number 2 (at 1:4)'],
  ['[1,\n  ,]', list(u8), 'E_WAVE_SYNTAX: cannot parse WAVE text: expected a value of type u8, got "," (at 2:3)'],
  ['@', u8, 'E_WAVE_SYNTAX: cannot parse WAVE text: expected a value, got "@" (at 1:1)'],
  [
    '"a\nb"',
    string,
    'E_WAVE_SYNTAX: cannot parse WAVE text: expected \'"\' at the end of the string, got "\\n" (at 1:3)',
  ],
  [
    '"\\z"',
    string,
    'E_WAVE_SYNTAX: cannot parse WAVE text: expected an escape such as \\n, \\" or \\u{1f600}, got "\\\\z" (at 1:2)',
  ],
  [
    '"\\u{d800}"',
    string,
    'E_WAVE_SYNTAX: cannot parse WAVE text: expected an escape such as \\n, \\" or \\u{1f600}, got "\\\\u{d800}" (at 1:2)',
  ],
  ["'ab'", char, 'E_WAVE_SYNTAX: cannot parse WAVE text: expected "\'" after one character, got "b" (at 1:3)'],
  [
    '"""x\n"""',
    string,
    'E_WAVE_SYNTAX: cannot parse WAVE text: expected a line break right after \'"""\', got "x" (at 1:4)',
  ],
  [
    '"""\nx"""',
    string,
    'E_WAVE_SYNTAX: cannot parse WAVE text: expected only spaces before the closing \'"""\', got text (at 2:2)',
  ],
  [
    '"""\nx\n  """',
    string,
    'E_WAVE_SYNTAX: cannot parse WAVE text: expected an indent as deep as that of the closing \'"""\', got less (at 2:1)',
  ],
  ['{read: 1}', rights, 'E_WAVE_SYNTAX: cannot parse WAVE text: expected "," or "}", got ":" (at 1:6)'],
  ['NaN', f64, 'E_WAVE_SYNTAX: cannot parse WAVE text: expected a label in kebab case, got "NaN" (at 1:1)'],
];

const BAD_TYPE: [string, ValueType, string][] = [
  ['256', u8, 'value: expected u8, got the number 256 (at 1:1)'],
  ['1.0', u8, 'value: expected u8, got the number 1.0 (at 1:1)'],
  ['-1', u64, 'value: expected u64, got the number -1 (at 1:1)'],
  ['99999999999999999999999', s64, 'value: expected s64, got the number 99999999999999999999999 (at 1:1)'],
  ['"1"', u8, 'value: expected u8, got the string "1" (at 1:1)'],
  ['yes', bool, 'value: expected bool, got "yes" (at 1:1)'],
  ['%true', bool, 'value: expected bool, got "true" (at 1:1)'],
  ['constructor', f64, 'value: expected f64, got "constructor" (at 1:1)'],
  ['[1, 2]', list(u8, 3), 'value: expected list<u8, 3>, got 2 elements (at 1:1)'],
  ['("a")', tuple(string, u8), 'value: expected tuple of 2, got 1 values (at 1:1)'],
  ['("a", 1, 2)', tuple(string, u8), 'value: expected tuple of 2, got more (at 1:10)'],
  [
    '[{name: "Ada", shoe-size: "x", tags: []}]',
    list(person),
    'value[0].shoe-size: expected u8, got the string "x" (at 1:27)',
  ],
  ['{name: "Ada"}', person, 'value: expected the field "tags", got a record without it (at 1:1)'],
  ['{name: "a", name: "b"}', person, 'value: expected each field once, got "name" twice (at 1:13)'],
  ['{size: 1}', person, 'value: expected a field (name, shoe-size, tags), got "size" (at 1:2)'],
  ['{}', optional, 'value: expected a record, got "{}" (at 1:1)'],
  ['{read, read}', rights, 'value: expected each flag once, got "read" twice (at 1:8)'],
  ['blue', color, 'value: expected a case of the enum (red, hot-pink, none), got "blue" (at 1:1)'],
  ['none', color, 'value: expected enum, got the keyword "none" (at 1:1)'],
  ['circle', shape, 'value: expected "circle(…)" with a payload of type f64, got none (at 1:7)'],
  ['dot(1)', shape, 'value: expected "dot" without a payload, got "(" (at 1:4)'],
  ['1', option(option(u8)), 'value: expected option<option<u8>>, got the number 1 (at 1:1)'],
  ['err(1)', result(u8), 'value: expected "err" without a payload, got "(" (at 1:4)'],
];

const LONG = [
  ['blanks', ' '.repeat(2e6)],
  ['comments', '//\n'.repeat(5e5)],
  ['an open string', `"${'a'.repeat(2e6)}`],
  ['escapes', `"${'\\n'.repeat(5e5)}`],
  ['quotes in a multi-line string', `"""\n${'"" '.repeat(5e5)}`],
  ['brackets', '['.repeat(1e6)],
  ['digits', '9'.repeat(2e6)],
  ['a label of words', `${'a-1-'.repeat(5e5)}B`],
  ['commas', `[${','.repeat(1e6)}`],
];

describe('parseWave', () => {
  test.each(VALUES)('reads %s', (text, of, value) => {
    expect(parseWave(text, of)).toStrictEqual(value);
  });

  test.each(MULTILINE)('reads the multi-line string %j', (text, value) => {
    expect(parseWave(text, string)).toBe(value);
  });

  test.each(BAD_SYNTAX)('refuses the syntax of %j', (text, of, error) => {
    expect(errorOf(() => parseWave(text, of))).toBe(error);
  });

  test.each(BAD_TYPE)('refuses the type of %j', (text, of, error) => {
    expect(errorOf(() => parseWave(text, of))).toBe(`E_WAVE_TYPE: cannot parse WAVE text: ${error}`);
  });

  test('refuses handles', () => {
    const handle = type({ kind: 'own', resource: { kind: 'resource', id: 1 } });
    expect(errorOf(() => parseWave('{h: 1}', record({ h: handle })))).toBe(
      'E_WAVE_TYPE: cannot parse WAVE text: value.h: expected a type without handles, got own, which no text can stand for (at 1:5)',
    );
  });

  test('refuses values nested more than 100 deep', () => {
    let deep = u8;
    for (let i = 0; i < 99; i++) deep = list(deep);
    const text = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect(parseWave(text(99), deep)).toBeDefined();
    for (let i = 0; i < 5; i++) deep = list(deep);
    expect(errorOf(() => parseWave(text(104), deep))).toContain(
      'E_WAVE_SYNTAX: cannot parse WAVE text: expected at most 100',
    );
  });

  test.each(LONG)(
    'ends in an error on a long text of %s, whose time would not end if it grew with the square of the length',
    (_what, text) => {
      for (const of of [u8, string, list(string), shape])
        expect(errorOf(() => parseWave(text, of))).toMatch(/^E_WAVE_/);
      expect(errorOf(() => parseCall(text))).toMatch(/^E_WAVE_SYNTAX/);
    },
  );
});
