import { isDeepStrictEqual } from 'node:util';
import { headOf, isList, type List, type Node, textOf } from './sexpr.ts';

/** A value of a script, in the form that the engine takes and gives. */
export type Value = unknown;

export function camelCase(name: string): string {
  return name.toLowerCase().replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

const TYPED: Record<string, { from(values: never): unknown }> = {
  'u8.const': Uint8Array, 's8.const': Int8Array, 'u16.const': Uint16Array, 's16.const': Int16Array, 'u32.const': Uint32Array,
  's32.const': Int32Array, 'u64.const': BigUint64Array, 's64.const': BigInt64Array, 'f32.const': Float32Array, 'f64.const': Float64Array,
}; // prettier-ignore

/** Reads a value form such as `(u32.const 1)` or `(list.const (u8.const 1))`. */
export function readValue(node: Node | undefined): Value {
  if (!isList(node)) throw new SyntaxError('a value form is expected');
  const args = node.items.slice(1);
  switch (headOf(node)) {
    case 'bool.const':
      return textOf(args[0]) === 'true';
    case 'u64.const':
    case 's64.const':
      return readBigInt(textOf(args[0]));
    case 'f32.const':
      return Math.fround(readNumber(textOf(args[0])));
    case 'char.const':
    case 'str.const':
      return textOf(args[0]);
    default:
      return headOf(node).endsWith('.const') && /^[usf]\d+\./.test(headOf(node))
        ? readNumber(textOf(args[0]))
        : readComposite(node, args);
  }
}

function readComposite(node: List, args: readonly Node[]): Value {
  switch (headOf(node)) {
    case 'list.const': {
      const values = args.map(readValue);
      const first = args[0];
      const Typed = isList(first) ? TYPED[headOf(first)] : undefined;
      return Typed ? Typed.from(values as never) : values;
    }
    case 'tuple.const':
      return args.map(readValue);
    case 'record.const':
      return Object.fromEntries(args.map((field) => readField(field as List)));
    case 'enum.const':
      return textOf(args[0]);
    case 'flags.const':
      return Object.fromEntries(args.map((flag) => [camelCase(textOf(flag)), true]));
    case 'variant.const':
      return args[1] ? { tag: textOf(args[0]), val: readValue(args[1]) } : { tag: textOf(args[0]) };
    case 'option.none':
      return undefined;
    case 'option.some':
      return readValue(args[0]);
    case 'result.ok':
    case 'result.err':
      return { tag: headOf(node).slice(7), val: args[0] && readValue(args[0]) };
    default:
      throw new SyntaxError(`unknown value form "${headOf(node)}"`);
  }
}

/** `(field "a" (u32.const 1))`, or with the value's form spread out: `(field "a" u32.const 1)`. */
function readField({ items, start, end }: List): [string, Value] {
  const value = isList(items[2]) ? items[2] : { kind: 'list' as const, items: items.slice(2), start, end };
  return [camelCase(textOf(items[1])), readValue(value)];
}

function readNumber(text: string): number {
  const plain = text.replaceAll('_', '');
  if (plain.includes('nan')) return Number.NaN;
  if (plain.includes('inf')) return plain.startsWith('-') ? -Infinity : Infinity;
  const hex = /^([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?\d+))?$/i.exec(plain);
  if (!hex) return Number(plain);
  const [, sign, whole = '', fraction = '', exponent = '0'] = hex;
  const mantissa = Number.parseInt(whole + fraction || '0', 16);
  return (sign === '-' ? -1 : 1) * mantissa * 2 ** (Number(exponent) - 4 * fraction.length);
}

function readBigInt(text: string): bigint {
  const plain = text.replaceAll('_', '');
  return plain.startsWith('-') ? -BigInt(plain.slice(1)) : BigInt(plain);
}

/** Compares what a function gave with what the script expects. Lists compare by elements, flags by what is set. */
export function sameValue(actual: unknown, expected: Value): boolean {
  return isDeepStrictEqual(plain(actual), plain(expected));
}

function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return [...(value as Uint8Array)].map(plain);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return [...value].map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined && field !== false);
  return Object.fromEntries(entries.map(([key, field]) => [key, plain(field)]));
}
