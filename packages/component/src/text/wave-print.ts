import type { PrimitiveKind, ValueType } from '../types/value-type.ts';
import { waveType } from './errors.ts';
import { printFloat, shortestF32 } from './numbers.ts';
import { type Notation, ValueWriter } from './value-writer.ts';
import { escapeLabel, escapeText } from './wave-text.ts';

/**
 * Prints a value as WAVE (WebAssembly Value Encoding), on one line. `parseWave` gives the same value back. Fields that
 * are `none` are left out; controls and characters that turn the direction of text are escaped.
 *
 * The value looks as the engine takes and gives it. A top-level `result` is written whole: `{ tag, val }`.
 *
 * @throws {LoopError} `E_WAVE_TYPE`, with the path, when the value is not of the type, or has a handle in it.
 * @example
 * printWave({ name: 'Ada', age: 36 }, type) // {name: "Ada", age: 36}
 */
export function printWave(value: unknown, type: ValueType): string {
  return new ValueWriter(WAVE).write(value, type);
}

const BRACKETS = { list: ['[', ']'], map: ['[', ']'], tuple: ['(', ')'] } as const;

const WAVE: Notation<string> = {
  scalar: printScalar,
  sequence: (kind, items) => BRACKETS[kind].join(items.join(', ')),
  record: (fields) =>
    fields.length === 0 ? '{:}' : `{${fields.map(([name, part]) => `${name}: ${part}`).join(', ')}}`,
  flags: (names) => `{${names.join(', ')}}`,
  variant: (type, name, payload) => {
    const isKeyword = type.kind === 'option' || type.kind === 'result';
    return (isKeyword ? name : escapeLabel(name)) + (payload === undefined ? '' : `(${payload})`);
  },
  misfit: (misfit) => waveType(misfit),
};

function printScalar(kind: PrimitiveKind, value: unknown): string {
  switch (kind) {
    case 'string':
      return `"${escapeText(value as string, '"')}"`;
    case 'char':
      return `'${escapeText(value as string, "'")}'`;
    case 'f32':
      return printFloat(shortestF32(value as number));
    case 'f64':
      return printFloat(value as number);
    default:
      return String(value);
  }
}
