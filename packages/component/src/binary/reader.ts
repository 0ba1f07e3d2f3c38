import { malformed } from '../errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** V8 refuses longer names in core modules, wasm-tools in components. Patterns for names would run out of stack. */
const MAX_NAME_BYTES = 100_000;

/** Up to this many items, a list is made in one piece. */
const MAX_PREALLOCATED = 1024;

/** Name bytes that count as one step. */
const NAME_BYTES_PER_STEP = 64;

/** Counts the steps that reading takes, and throws when they are too many. */
export interface Meter {
  spend(steps: number): void;
}

/** Reads the primitive encodings of Core WebAssembly (§5.2) from a range of bytes. Every failure names its byte offset. */
export class Reader {
  readonly bytes: Uint8Array;
  pos: number;
  readonly end: number;
  /** Counts each section, each item of a list, and long names; none for bytes that were read before. */
  private readonly meter: Meter | undefined;

  constructor(bytes: Uint8Array, pos = 0, end: number = bytes.length, meter?: Meter) {
    this.bytes = bytes;
    this.pos = pos;
    this.end = end;
    this.meter = meter;
  }

  get done(): boolean {
    return this.pos >= this.end;
  }

  peek(): number {
    return this.pos < this.end ? (this.bytes[this.pos] as number) : -1;
  }

  u8(): number {
    if (this.pos >= this.end) throw malformed(this.pos, 'unexpected end of section or binary');
    return this.bytes[this.pos++] as number;
  }

  /** Reads a byte that selects a production; `known` lists the ones with a meaning. */
  tag(what: string, known: readonly number[]): number {
    const byte = this.u8();
    if (!known.includes(byte)) throw this.unknown(what, byte);
    return byte;
  }

  unknown(what: string, byte: number): Error {
    return malformed(this.pos - 1, `unknown ${what} 0x${byte.toString(16)}`);
  }

  u32(): number {
    let byte = this.u8();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; ; shift += 7) {
      byte = this.u8();
      if (shift === 28 && byte > 0x0f) {
        throw malformed(this.pos - 1, `integer ${byte & 0x80 ? 'representation too long' : 'too large'} for u32`);
      }
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  u64(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      if (shift === 63n && byte > 1) {
        throw malformed(this.pos - 1, `integer ${byte & 0x80 ? 'representation too long' : 'too large'} for u64`);
      }
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  /** Signed LEB128 of 33 bits, as used by type indices and block types. */
  s33(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      value += (byte & 0x7f) * 2 ** shift;
      if (shift === 28) {
        const top = byte & 0x70;
        if (byte & 0x80 || (top !== 0 && top !== 0x70)) throw malformed(this.pos - 1, 'integer too large for s33');
      }
      if (byte < 0x80) return byte & 0x40 ? value - 2 ** (shift + 7) : value;
    }
  }

  take(length: number): Uint8Array {
    const from = this.pos;
    this.skip(length);
    return this.bytes.subarray(from, this.pos);
  }

  name(): string {
    const at = this.pos;
    const length = this.u32();
    if (length > MAX_NAME_BYTES) throw malformed(at, `a name of ${length} bytes, more than ${MAX_NAME_BYTES}`);
    this.meter?.spend(Math.floor(length / NAME_BYTES_PER_STEP));
    const from = this.pos;
    this.skip(length);
    try {
      return utf8.decode(this.bytes.subarray(from, this.pos));
    } catch (cause) {
      throw malformed(at, 'name is not valid UTF-8', cause);
    }
  }

  /** Reads a length and that many items. A length that the rest of the bytes cannot hold is refused at once. */
  vec<T>(item: () => T): T[] {
    const count = this.count();
    const items: T[] = count <= MAX_PREALLOCATED ? new Array(count) : [];
    for (let i = 0; i < count; i++) items[i] = item();
    return items;
  }

  /** Reads a length and that many items, whose values nobody needs. */
  each(item: () => unknown): void {
    const count = this.count();
    for (let i = 0; i < count; i++) item();
  }

  /** Reads the length of a list. */
  count(): number {
    const at = this.pos;
    const count = this.u32();
    if (count > this.end - this.pos) throw malformed(at, `a list of ${count} items is longer than the bytes left`);
    this.meter?.spend(count);
    return count;
  }

  /** A reader of the next `length` bytes, which this reader skips. */
  section(length: number): Reader {
    const from = this.pos;
    this.skip(length);
    this.meter?.spend(1);
    return new Reader(this.bytes, from, this.pos, this.meter);
  }

  /** Reads sections up to the end. */
  sections(read: (id: number, body: Reader, at: number) => void): void {
    while (!this.done) {
      const at = this.pos;
      const id = this.u8();
      read(id, this.section(this.u32()), at);
    }
  }

  private skip(length: number): void {
    if (length > this.end - this.pos) throw malformed(this.pos, 'length out of bounds');
    this.pos += length;
  }

  finish(what: string): void {
    if (!this.done) throw malformed(this.pos, `${what} has bytes past its end`);
  }
}
