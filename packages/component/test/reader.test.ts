import { isLoopError } from '@loophost/component';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Reader } from '../src/binary/reader.ts';

const U32_MAX = 0xffff_ffff;
const U64_MAX = 0xffff_ffff_ffff_ffffn;

function reader(...bytes: number[]): Reader {
  return new Reader(Uint8Array.from(bytes));
}

/** Runs a read that must be refused as malformed, and gives the offset and reason that it names. */
function refusal(read: () => unknown): { offset: number | undefined; why: string } {
  try {
    read();
  } catch (error) {
    if (!isLoopError(error) || error.code !== 'E_COMPONENT_MALFORMED') throw error;
    return { offset: error.at.offset, why: error.message };
  }
  throw new Error('the bytes were accepted');
}

/** The shortest unsigned LEB128 encoding. */
function leb(value: bigint): number[] {
  const low = Number(value & 0x7fn);
  return value < 0x80n ? [low] : [low | 0x80, ...leb(value >> 7n)];
}

/** The shortest signed LEB128 encoding. */
function signedLeb(value: bigint): number[] {
  const low = Number(value & 0x7fn);
  const rest = value >> 7n;
  const isLast = (rest === 0n && !(low & 0x40)) || (rest === -1n && (low & 0x40) !== 0);
  return isLast ? [low] : [low | 0x80, ...signedLeb(rest)];
}

test('u32 reads every value from its shortest encoding', () => {
  fc.assert(fc.property(fc.nat(U32_MAX), (value) => reader(...leb(BigInt(value))).u32() === value));
});

test('u32 reads encodings that are padded to five bytes', () => {
  const padded = reader(0x83, 0x80, 0x80, 0x80, 0x00);
  expect(padded.u32()).toBe(3);
  expect(padded.done).toBe(true);
});

test('u32 reads the largest value and refuses the next one', () => {
  expect(reader(0xff, 0xff, 0xff, 0xff, 0x0f).u32()).toBe(U32_MAX);
  expect(refusal(() => reader(0x80, 0x80, 0x80, 0x80, 0x10).u32())).toEqual({
    offset: 4,
    why: 'cannot compile component: integer too large for u32 (at offset 0x4)',
  });
});

test('u32 refuses an encoding of more than five bytes, even of a small value', () => {
  const { offset, why } = refusal(() => reader(0x80, 0x80, 0x80, 0x80, 0x80, 0x00).u32());
  expect(offset).toBe(4);
  expect(why).toContain('integer representation too long for u32');
});

test('u32 refuses bytes that end inside of the number', () => {
  expect(refusal(() => reader(0x80, 0x80).u32()).offset).toBe(2);
});

test('u64 reads every value from its shortest encoding', () => {
  fc.assert(fc.property(fc.bigInt(0n, U64_MAX), (value) => reader(...leb(value)).u64() === value));
});

test('u64 reads the largest value and refuses the next one', () => {
  const nine = Array.from({ length: 9 }, () => 0xff);
  expect(reader(...nine, 0x01).u64()).toBe(U64_MAX);
  expect(refusal(() => reader(...nine, 0x02).u64()).why).toContain('integer too large for u64');
  expect(refusal(() => reader(...nine, 0x81).u64()).why).toContain('integer representation too long for u64');
});

test('s33 reads every value from its shortest encoding', () => {
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 32n), 2n ** 32n - 1n), (value) => {
      expect(reader(...signedLeb(value)).s33()).toBe(Number(value));
    }),
  );
});

test('s33 refuses values outside of 33 bits and encodings of more than five bytes', () => {
  expect(refusal(() => reader(...signedLeb(2n ** 32n)).s33()).why).toContain('integer too large for s33');
  expect(refusal(() => reader(...signedLeb(-(2n ** 32n) - 1n)).s33()).why).toContain('integer too large for s33');
  expect(refusal(() => reader(0xff, 0xff, 0xff, 0xff, 0xff, 0x7f).s33()).offset).toBe(4);
});

test('name reads UTF-8, of all planes and with a byte order mark', () => {
  for (const text of ['', 'greet', 'grüße', '日本', '😀', '\ufeffx']) {
    const bytes = new TextEncoder().encode(text);
    expect(reader(bytes.length, ...bytes).name()).toBe(text);
  }
});

test('name refuses bytes that are not UTF-8, naming where the name starts', () => {
  const overlong = [0xc0, 0x80];
  const surrogate = [0xed, 0xa0, 0x80];
  const cut = [0xf0, 0x9f];
  for (const bytes of [overlong, surrogate, cut, [0xff]]) {
    const read = reader(0x00, bytes.length, ...bytes);
    read.u8();
    expect(refusal(() => read.name())).toEqual({
      offset: 1,
      why: 'cannot compile component: name is not valid UTF-8 (at offset 0x1)',
    });
  }
});

test('name refuses a length past the end', () => {
  expect(refusal(() => reader(0x03, 0x61, 0x62).name()).why).toContain('length out of bounds');
});

test('vec reads as many items as its length says', () => {
  const read = reader(0x03, 0x07, 0x80, 0x01, 0x09, 0x2a);
  expect(read.vec(() => read.u32())).toEqual([7, 128, 9]);
  expect(read.u8()).toBe(0x2a);
});

test('vec refuses a length that the bytes left cannot hold, before it reads an item', () => {
  const read = reader(0xff, 0xff, 0xff, 0xff, 0x0f, 0x00);
  let items = 0;
  expect(refusal(() => read.vec(() => items++)).why).toContain(
    'a list of 4294967295 items is longer than the bytes left',
  );
  expect(items).toBe(0);
});

test('section gives a reader of its bytes only, and goes on after them', () => {
  const read = reader(0x0a, 0x0b, 0x0c);
  const section = read.section(2);
  expect([section.u8(), section.u8(), section.done]).toEqual([0x0a, 0x0b, true]);
  expect(refusal(() => section.u8()).offset).toBe(2);
  expect(read.u8()).toBe(0x0c);
});

test('offsets count from the start of the component, also inside of a section', () => {
  const section = new Reader(Uint8Array.of(0, 0, 0, 0x80), 3, 4);
  expect(refusal(() => section.u32()).offset).toBe(4);
});

test('finish refuses bytes that are left over', () => {
  const read = reader(0x01, 0x02);
  read.u8();
  expect(refusal(() => read.finish('the section'))).toEqual({
    offset: 1,
    why: 'cannot compile component: the section has bytes past its end (at offset 0x1)',
  });
  read.u8();
  expect(() => read.finish('the section')).not.toThrow();
});

test('tag names the byte that no production has', () => {
  expect(reader(0x01).tag('sort', [0x00, 0x01])).toBe(0x01);
  expect(refusal(() => reader(0x05).tag('sort', [0x00, 0x01])).why).toContain('unknown sort 0x5');
});

test('no bytes make the primitives fail in another way than as malformed', () => {
  const reads: ((read: Reader) => unknown)[] = [
    (read) => read.u32(),
    (read) => read.u64(),
    (read) => read.s33(),
    (read) => read.name(),
    (read) => read.vec(() => read.u32()),
  ];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 24 }), fc.constantFrom(...reads), (bytes, read) => {
      const from = new Reader(bytes);
      try {
        read(from);
      } catch (error) {
        expect(error).toMatchObject({ code: 'E_COMPONENT_MALFORMED' });
      }
      expect(from.pos).toBeLessThanOrEqual(bytes.length);
    }),
  );
});
