import { deepStrictEqual } from 'node:assert/strict';
import { isLoopError } from '@loophost/component';
import { parseArguments, parseCall, parseWave, printWave } from '@loophost/component/text';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { typedValues, valueTypes } from './support.ts';

/** Pieces that WAVE texts are made of, so that random texts get past the first token. */
const PIECES = [
  '(', ')', '[', ']', '{', '}', '{:}', ':', ',', '"', "'", '"""', '\n', ' ', '//', '%', '\\', '\\u{', '\\n', '-', '1', '0',
  '1.5', '1e9', 'inf', 'nan', '-inf', 'some', 'none', 'ok', 'err', 'true', 'a', 'x1', 'HTTP', '\u{d800}', '🌊', '\u0000',
]; // prettier-ignore
const garbage = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 3 })), {
  maxLength: 30,
});

/** What a parser does with a text: a value, or the code of its error. Any other error is a bug. */
function outcome(parse: () => unknown): string {
  try {
    parse();
    return 'value';
  } catch (error) {
    if (isLoopError(error)) return error.code;
    throw error;
  }
}

describe('WAVE', () => {
  test('parsing what was printed gives the same value', () => {
    fc.assert(
      fc.property(typedValues(3), ([type, value]) => {
        deepStrictEqual(parseWave(printWave(value, type), type), value);
      }),
      { numRuns: 2000 },
    );
  });

  test('printing what was parsed from a print gives the same text', () => {
    fc.assert(
      fc.property(typedValues(3), ([type, value]) => {
        const text = printWave(value, type);
        expect(printWave(parseWave(text, type), type)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  test('any text is a value or a coded error', () => {
    fc.assert(
      fc.property(valueTypes(2), garbage, (type, pieces) => {
        const text = pieces.join('');
        expect(['value', 'E_WAVE_SYNTAX', 'E_WAVE_TYPE']).toContain(outcome(() => parseWave(text, type)));
        expect(['value', 'E_WAVE_SYNTAX']).toContain(outcome(() => parseCall(text)));
        const params = [{ name: 'a', type }];
        expect(['value', 'E_WAVE_SYNTAX', 'E_WAVE_TYPE']).toContain(outcome(() => parseArguments(text, params)));
      }),
      { numRuns: 5000 },
    );
  });

  test('a printed value with a part cut, doubled or replaced is a value or a coded error', () => {
    fc.assert(
      fc.property(
        typedValues(3),
        fc.nat(),
        fc.nat(10),
        fc.constantFrom('', ...PIECES),
        ([type, value], at, length, piece) => {
          const text = printWave(value, type);
          const from = at % (text.length + 1);
          const mutated = text.slice(0, from) + piece + text.slice(from + length);
          const found = outcome(() => parseWave(mutated, type));
          expect(['value', 'E_WAVE_SYNTAX', 'E_WAVE_TYPE']).toContain(found);
        },
      ),
      { numRuns: 5000 },
    );
  });
});
