/** What a piece of a definition means, as far as a mutation of it wants to know. */
export type TokenKind = 'tag' | 'count' | 'index' | 'number' | 'length' | 'name' | 'type';

/** A piece of a definition, in bytes of that definition. */
export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
}

/** The bytes are not of the form that the grammar gives them here. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** Reads bytes in order and notes what they mean. */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly end: number;
  pos: number;
  tokens: Token[] = [];

  constructor(bytes: Uint8Array, pos = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.pos = pos;
    this.end = end;
  }

  get done(): boolean {
    return this.pos >= this.end;
  }

  peek(ahead = 0): number {
    return this.bytes[this.pos + ahead] ?? -1;
  }

  byte(): number {
    if (this.done) throw new Unreadable('cut off');
    return this.bytes[this.pos++] as number;
  }

  private note(kind: TokenKind, start: number): void {
    this.tokens.push({ kind, start, end: this.pos });
  }

  tag(): number {
    const start = this.pos;
    const byte = this.byte();
    this.note('tag', start);
    return byte;
  }

  unsigned(kind: TokenKind): number {
    const start = this.pos;
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
      if (shift > 63) throw new Unreadable('a number of too many bytes');
    }
    this.note(kind, start);
    return value;
  }

  index(): number {
    return this.unsigned('index');
  }

  name(): void {
    const length = this.unsigned('length');
    const start = this.pos;
    this.skip(length);
    if (length > 0) this.note('name', start);
  }

  skip(length: number): void {
    if (length > this.end - this.pos) throw new Unreadable('cut off');
    this.pos += length;
  }

  /** Reads a count and that many items. */
  each(item: () => void): void {
    const count = this.unsigned('count');
    if (count > this.end - this.pos) throw new Unreadable('more items than bytes');
    for (let i = 0; i < count; i++) item();
  }

  /** Reads an item that a flag byte before it tells to be there. */
  optional(item: () => void): void {
    const flag = this.tag();
    if (flag > 1) throw new Unreadable('a flag that is neither 0 nor 1');
    if (flag === 1) item();
  }

  /** A type of one byte, or the index of one. */
  type(): void {
    const start = this.pos;
    if (this.peek() >= 0x40 && this.peek() < 0x80) {
      this.byte();
      this.note('type', start);
    } else this.index();
  }
}
