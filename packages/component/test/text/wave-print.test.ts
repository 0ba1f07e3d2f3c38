import type { ValueType } from '@loophost/component';
import { printWave } from '@loophost/component/text';
import { describe, expect, test } from 'vitest';
import { errorOf, list, option, result, samples, tuple, type } from './support.ts';

const { bool, char, color, f32, f64, optional, person, rights, scores, shape, string, u64, u8 } = samples;

const VALUES: [unknown, ValueType, string][] = [
  [true, bool, 'true'],
  [-0, f64, '-0'],
  [NaN, f32, 'nan'],
  [-Infinity, f64, '-inf'],
  [Math.fround(0.1), f32, '0.1'],
  [1e21, f64, '1e+21'],
  ["'", char, "'\\''"],
  ['"', char, "'\"'"],
  ['a"\\\n\u0000\u202e🌊', string, '"a\\"\\\\\\n\\u{0}\\u{202e}🌊"'],
  ['\ud800', string, '"\ufffd"'],
  [[1, 2], list(u8), '[1, 2]'],
  [Uint8Array.of(1, 2), list(u8), '[1, 2]'],
  [{ name: 'Ada', shoeSize: undefined, tags: [] }, person, '{name: "Ada", tags: []}'],
  [{ name: 'Ada', shoeSize: 44, tags: ['x'] }, person, '{name: "Ada", shoe-size: some(44), tags: ["x"]}'],
  [{ a: null, b: { tag: 'none' } }, optional, '{:}'],
  [{ read: true, runIt: true }, rights, '{read, run-it}'],
  ['none', color, '%none'],
  [{ tag: 'err', val: 'x' }, shape, '%err("x")'],
  [undefined, option(u8), 'none'],
  [{ tag: 'some', val: undefined }, option(option(u8)), 'some(none)'],
  [{ tag: 'err', val: undefined }, result(u8), 'err'],
  [new Map([['a', 1]]), scores, '[("a", 1)]'],
];

const BAD_VALUES: [unknown, ValueType, string][] = [
  [256, u8, 'value: expected u8, got 256'],
  [1, u64, 'value: expected u64 as a BigInt, got 1'],
  ['ab', char, 'value: expected char, got "ab"'],
  [{ name: 'Ada', tags: [1] }, person, 'value.tags[0]: expected string, got 1'],
  [{ name: 'Ada', shoeSize: 'x', tags: [] }, person, 'value.shoeSize: expected u8, got "x"'],
  [{ fly: true }, rights, 'value: expected flags, got the unknown flag "fly"'],
  [{ read: 1 }, rights, 'value: expected a boolean for flag "read", got 1'],
  [{ tag: 'square' }, shape, 'value: expected a case of the variant, got "square"'],
  [{ tag: 'circle', val: '1' }, shape, 'value.val: expected f64, got "1"'],
  ['blue', color, 'value: expected a case of the enum, got "blue"'],
  [[1], list(u8, 2), 'value: expected list<u8, 2>, got 1 elements'],
  [['a'], tuple(string, u8), 'value: expected tuple of 2, got an array of 1'],
  [{}, scores, 'value: expected Map, got an object'],
];

describe('printWave', () => {
  test.each(VALUES)('writes %j', (value, of, text) => {
    expect(printWave(value, of)).toBe(text);
  });

  test.each(BAD_VALUES)('refuses %j', (value, of, error) => {
    expect(errorOf(() => printWave(value, of))).toBe(`E_WAVE_TYPE: cannot print value as WAVE: ${error}`);
  });

  test('refuses handles', () => {
    const handle = type({ kind: 'borrow', resource: { kind: 'resource', id: 1 } });
    expect(errorOf(() => printWave([{}], list(handle)))).toBe(
      'E_WAVE_TYPE: cannot print value as WAVE: value[0]: expected a value without handles, got a handle (borrow), which no text can stand for',
    );
  });
});
