import { malformed } from '../errors.ts';
import type { Reader } from './reader.ts';

/**
 * The immediates of each instruction (Core §5.4), one letter each: `L` a LEB128 of any width, `m` a memory argument,
 * `b` a block type, `1` `4` `8` `g` that many bytes (`g`: 16), `v` a list of value types, `t` a branch table,
 * `c` the catch clauses of try_table, `k` the operands of br_on_cast, `?` for what is no instruction. Each row stands for
 * the opcodes from its own up to the next row's.
 */
const PLAIN = table({
  0x00: '', 0x02: 'b', 0x05: '', 0x06: 'b', 0x07: 'L', 0x0a: '', 0x0c: 'L', 0x0e: 't', 0x0f: '', 0x10: 'L', 0x11: 'LL',
  0x12: 'L', 0x13: 'LL', 0x14: 'L', 0x16: '?', 0x18: 'L', 0x19: '', 0x1c: 'v', 0x1d: '?', 0x1f: 'bc', 0x20: 'L', 0x27: '?',
  0x28: 'm', 0x3f: 'L', 0x43: '4', 0x44: '8', 0x45: '', 0xc5: '?', 0xd0: 'L', 0xd1: '', 0xd2: 'L', 0xd3: '', 0xd5: 'L',
  0xd7: '?',
}); // prettier-ignore
const PREFIXED: Record<number, Immediates> = {
  0xfb: table({
    0: 'L', 2: 'LL', 6: 'L', 8: 'LL', 11: 'L', 15: '', 16: 'L', 17: 'LL', 20: 'L', 24: 'k', 26: '', 31: '?',
  }), // prettier-ignore
  0xfc: table({ 0: '', 8: 'LL', 9: 'L', 10: 'LL', 11: 'L', 12: 'LL', 13: 'L', 14: 'LL', 15: 'L', 18: '?', 19: '', 23: '?' }), // prettier-ignore
  0xfd: table({ 0: 'm', 12: 'g', 14: '', 21: '1', 35: '', 84: 'm1', 92: 'm', 94: '', 301: '?' }), // prettier-ignore
  0xfe: table({ 0: 'm', 3: '1', 4: '?', 0x10: 'm', 0x4f: '?' }), // prettier-ignore
};

type Immediates = readonly string[];

function table(rows: Record<number, string>): Immediates {
  const all: string[] = [];
  for (const [opcode, shape] of Object.entries(rows)) {
    while (all.length < Number(opcode)) all.push(all.at(-1) as string);
    all.push(shape);
  }
  return all;
}

/** The first and the last LEB128 immediate of an instruction, read as u32. */
export interface Operands {
  first: number;
  last: number;
}

const END = 0x0b;
export const REF_FUNC = 0xd2;

/** Skips one instruction and returns its opcode, 0xfc00e for `0xfc 14`. `operands` changes when it has any. */
export function skipInstruction(reader: Reader, operands: Operands): number {
  const at = reader.pos;
  const opcode = reader.u8();
  // Nine in ten are of these two shapes, and code is read before it can be optimized.
  const plain = PLAIN[opcode];
  if (plain === '') return opcode;
  if (plain === 'L') {
    operands.first = operands.last = leb(reader);
    return opcode;
  }
  const prefixed = PREFIXED[opcode];
  const second = prefixed ? reader.u32() : 0;
  const shape = (prefixed ? prefixed[second] : plain) ?? '?';
  if (shape === '?') throw malformed(at, 'unknown instruction');
  for (let i = 0; i < shape.length; i++) {
    if (shape[i] !== 'L') skipImmediate(reader, shape[i] as string);
    else {
      operands.last = leb(reader);
      if (i === 0) operands.first = operands.last;
    }
  }
  return prefixed ? opcode * 0x1000 + second : opcode;
}

/** Skips a constant expression up to and including its `end`, and adds the functions that it names. */
export function readConstant(reader: Reader, funcs?: Set<number>): void {
  const operands = { first: 0, last: 0 };
  for (let opcode = 0; opcode !== END;) {
    opcode = skipInstruction(reader, operands);
    if (opcode === REF_FUNC) funcs?.add(operands.first);
  }
}

function skipImmediate(reader: Reader, shape: string): void {
  switch (shape) {
    case 'm':
      if (leb(reader) & 0x40) leb(reader);
      leb(reader);
      return;
    case 'b':
      skipType(reader);
      return;
    case 'v':
      reader.each(() => skipType(reader));
      return;
    case 't':
      reader.each(() => leb(reader));
      leb(reader);
      return;
    case 'c':
      reader.each(() => {
        if (reader.u8() < 2) leb(reader);
        leb(reader);
      });
      return;
    case 'k':
      reader.u8();
      leb(reader);
      leb(reader);
      leb(reader);
      return;
    default:
      reader.take(shape === 'g' ? 16 : Number(shape));
  }
}

/** Skips a value type, or a block type. */
export function skipType(reader: Reader): void {
  const first = leb(reader);
  if (first === 0x63 || first === 0x64) leb(reader);
}

/** Reads a LEB128 of any width; the value is exact up to 28 bits, which is more than any index space holds. */
function leb(reader: Reader): number {
  let value = reader.u8();
  if (value < 0x80) return value;
  value &= 0x7f;
  for (let shift = 7; ; shift += 7) {
    const byte = reader.u8();
    if (shift < 28) value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}
