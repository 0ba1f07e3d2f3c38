import { LoopError } from '../loop-error.ts';

/** A position in a text: both count from 1, columns in UTF-16 code units. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** A text breaks the grammar of WAVE (WebAssembly Value Encoding). */
export function waveSyntax(expected: string, found: string, at: TextPosition): LoopError<'E_WAVE_SYNTAX'> {
  return new LoopError('E_WAVE_SYNTAX', {
    fault: 'user',
    message: `cannot parse WAVE text: expected ${expected}, got ${found} (at ${at.line}:${at.column})`,
  });
}

/** A WAVE text, or a value to be printed as WAVE, is not of the type it is for. Without a position, it is a value. */
export function waveType(misfit: Misfit, at?: TextPosition): LoopError<'E_WAVE_TYPE'> {
  const where = at ? ` (at ${at.line}:${at.column})` : '';
  return new LoopError('E_WAVE_TYPE', {
    fault: 'user',
    message: `cannot ${at ? 'parse WAVE text' : 'print value as WAVE'}: ${explain(misfit)}${where}`,
    ...(misfit.fix !== undefined && { fix: misfit.fix }),
    at: { path: misfit.path },
  });
}

/** A JSON value, or a value to be written as JSON, is not of the type it is for, or the type has no form in JSON. */
export function jsonType(misfit: Misfit): LoopError<'E_JSON_TYPE'> {
  return new LoopError('E_JSON_TYPE', {
    fault: 'user',
    message: `cannot convert between value and JSON: ${explain(misfit)}`,
    at: { path: misfit.path },
  });
}

/** Where in a value something is wrong, like `persons[2].age`, and what was expected and found there. */
export interface Misfit {
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  readonly fix?: string;
}

function explain({ path, expected, found }: Misfit): string {
  return `${path}: expected ${expected}, got ${found}`;
}

const SHOWN_UNITS = 40;

/** Names a value in an error: bounded, on one line, without control characters. */
export function show(value: unknown): string {
  if (typeof value === 'string') {
    const text = value.length > SHOWN_UNITS ? `${value.slice(0, SHOWN_UNITS)}…` : value;
    return JSON.stringify(text).replace(/\p{C}/gu, '?');
  }
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? `an array of ${value.length}` : 'an object';
}
