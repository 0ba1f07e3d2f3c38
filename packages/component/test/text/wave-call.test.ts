import type { FuncType } from '@loophost/component';
import { parseArguments, parseCall } from '@loophost/component/text';
import { describe, expect, test } from 'vitest';
import { errorOf, func, option, samples } from './support.ts';

const { string, u8 } = samples;

const CALLS: [string, string[], string][] = [
  ['greet("Ada")', [], 'greet'],
  ['  // say hello\n greet ()', [], 'greet'],
  ['%list()', [], 'list'],
  ['api.add(1, 2)', ['api'], 'add'],
  ['ns:pkg/api.add(1, 2)', ['ns:pkg/api'], 'add'],
  ['ns:pkg/api@1.0.0.add(1, 2)', ['ns:pkg/api@1.0.0'], 'add'],
  ['ns:pkg/api@1.0.0-rc.1+b.2.add-all(1)', ['ns:pkg/api@1.0.0-rc.1+b.2'], 'add-all'],
  ['ns:pkg/api.add@1.0.0(1, 2)', ['ns:pkg/api@1.0.0'], 'add'],
  ['ns:pkg/api@1.0.0.[method]counter.increment(1)', ['ns:pkg/api@1.0.0'], '[method]counter.increment'],
  ['[constructor]counter(1)', [], '[constructor]counter'],
  ['outer.inner.run()', ['outer', 'inner'], 'run'],
];

describe('parseCall and parseArguments', () => {
  const greet = func({ name: string, times: u8, mark: option(string), 'deep-mark': option(option(u8)) });

  test.each(CALLS)('takes %j apart', (text, path, name) => {
    const call = parseCall(text);
    expect({ path: call.path, name: call.name }).toEqual({ path, name });
    expect(text[call.argumentsAt]).toBe('(');
  });

  test.each([
    '',
    '()',
    '.greet()',
    'a..b()',
    'ns:pkg/api@1.0.0(1)',
    'Greet()',
    'ns:pkg.add()',
    '[method]counter()',
    '[x]a.b()',
    'a-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1_()',
  ])('refuses %j', (text) => {
    expect(errorOf(() => parseCall(text))).toContain(
      'E_WAVE_SYNTAX: cannot parse WAVE text: expected the name of a function',
    );
  });

  test('a call needs parentheses', () => {
    expect(errorOf(() => parseCall('greet'))).toBe(
      'E_WAVE_SYNTAX: cannot parse WAVE text: expected "(" before the arguments, got the end of the text (at 1:6)',
    );
  });

  test.each<[string, FuncType, unknown[]]>([
    ['greet("Ada", 2)', greet, ['Ada', 2, undefined, { tag: 'none' }]],
    ['greet("Ada", 2, some("!"), none,)', greet, ['Ada', 2, '!', { tag: 'none' }]],
    ['greet("Ada", 2, "!")', greet, ['Ada', 2, '!', { tag: 'none' }]],
    ['run()', func({}), []],
  ])('reads the arguments of %s', (text, { params }, values) => {
    expect(parseArguments(parseCall(text), params)).toStrictEqual(values);
  });

  test.each([
    ['greet("Ada")', 'E_WAVE_TYPE: cannot parse WAVE text: times: expected u8, got nothing (at 1:13)'],
    [
      'greet("Ada", 2, none, none, 1)',
      'E_WAVE_TYPE: cannot parse WAVE text: arguments: expected at most 4, got more (at 1:29)',
    ],
    ['greet("Ada", "x")', 'E_WAVE_TYPE: cannot parse WAVE text: times: expected u8, got the string "x" (at 1:14)'],
    ['greet("Ada", 2) -> 1', 'E_WAVE_SYNTAX: cannot parse WAVE text: expected a value, got "-" (at 1:17)'],
    [
      'greet(\n"Ada",\n2',
      'E_WAVE_SYNTAX: cannot parse WAVE text: expected "," or ")", got the end of the text (at 3:2)',
    ],
  ])('refuses the arguments of %j', (text, error) => {
    expect(errorOf(() => parseArguments(parseCall(text), greet.params))).toBe(error);
  });

  test('takes a text of arguments alone', () => {
    expect(parseArguments('("Ada", 1)', greet.params)).toStrictEqual(['Ada', 1, undefined, { tag: 'none' }]);
  });
});
