import { deepStrictEqual } from 'node:assert/strict';
import type { ValueType } from '@loophost/component';
import { parseArguments, parseCall, parseWave, printWave } from '@loophost/component/text';
import fc from 'fast-check';
import { typedValues } from '../packages/component/test/text/support.ts';
import { type End, failure } from './end.ts';
import { random, type Random } from './random.ts';

/** Pieces that WAVE texts are made of, and some that break them. */
const PIECES = [
  '(', ')', '[', ']', '{', '}', '{:}', ':', ',', '"', "'", '"""', '\n', ' ', '//', '%', '\\', '\\u{', '\\u{1f600}', '\\n', '-', '1',
  '0', '1.5', '1e9', '1e400', '18446744073709551616', 'inf', 'nan', '-inf', 'some', 'none', 'ok(', 'err', 'true', 'a', 'x1', 'HTTP',
  'ns:pkg/api@1.0.0.', '[method]a.b', '\u{d800}', '🌊', '\u0000', '\u202e',
]; // prettier-ignore

/** Types with a value each. Making them costs more than a case, and each stays in the tests' table of types. */
const POOL = 2000;
const DEPTH = 3;
let pool: readonly (readonly [ValueType, unknown])[] | undefined;

function pairAt(seed: number, number: number): readonly [ValueType, unknown] {
  pool ??= fc.sample(typedValues(DEPTH), { seed, numRuns: POOL });
  return pool[number % POOL] as readonly [ValueType, unknown];
}

/** A mutated WAVE text, to be parsed as a value, as arguments or as a call. What parses must print and parse back. */
export function waveCase(seed: number, number: number): () => End {
  const { type, text, parse } = waveInput(seed, number);
  return () => {
    try {
      for (const value of parse(text, type)) deepStrictEqual(parseWave(printWave(value, type), type), value);
      return { code: 'ok', isAccepted: true, hasRun: false, mutations: [] };
    } catch (error) {
      return { ...failure(error), isAccepted: false, hasRun: false, mutations: [] };
    }
  };
}

/** Gives the values of a type that a text holds. */
type Parse = (text: string, type: ValueType) => readonly unknown[];

function waveInput(seed: number, number: number): { type: ValueType; text: string; parse: Parse } {
  const [type, value] = pairAt(seed, number);
  const from = random(seed, number);
  const printed = printWave(value, type);
  switch (from.below(4)) {
    case 0:
      return { type, text: changed(`(${printed}, ${printed})`, from), parse: parsedArguments };
    case 1:
      return { type, text: changed(`ns:pkg/api@1.0.0.do-it(${printed})`, from), parse: parsedCall };
    default:
      return { type, text: changed(printed, from), parse: (text) => [parseWave(text, type)] };
  }
}

/** The text of a case, and the kind of type that it is parsed as, for a report. */
export function waveText(seed: number, number: number): string {
  const { type, text } = waveInput(seed, number);
  return JSON.stringify({ text, type });
}

function parsedArguments(text: string, type: ValueType): readonly unknown[] {
  return parseArguments(text, [
    { name: 'a', type },
    { name: 'b', type },
  ]);
}

function parsedCall(text: string, type: ValueType): readonly unknown[] {
  return parseArguments(parseCall(text), [{ name: 'a', type }]);
}

/** Changes a text in one to three places. */
function changed(text: string, from: Random): string {
  let next = text;
  for (let i = from.below(4); i > 0; i--) next = changedOnce(next, from);
  return next;
}

function changedOnce(text: string, from: Random): string {
  const at = from.below(text.length + 1);
  const length = from.below(6);
  switch (from.below(7)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length);
    case 1:
      return text.slice(0, at) + text.slice(at, at + length) + text.slice(at);
    case 2:
      return text.slice(0, at);
    case 3:
      return text.slice(0, at) + String.fromCharCode(from.below(0x250)) + text.slice(at + 1);
    case 4:
      // Deep nesting, and long runs of one piece.
      return text.slice(0, at) + from.pick(PIECES).repeat(1 + from.below(400)) + text.slice(at);
    default:
      return text.slice(0, at) + from.pick(PIECES) + text.slice(at + from.below(3));
  }
}
