import type { GuestMemory } from './memory.ts';

/** A string on its way from one guest to another: the text, and how the source held it, which decides how the target allocates. */
export interface TransitString {
  readonly text: string;
  readonly source: 'utf8' | 'utf16' | 'latin1';
  /** The source's encoding was latin1+utf16, whichever of the two this string used. */
  readonly isCompact: boolean;
  readonly units: number;
}

/** A pointer and a length in tagged code units. */
export interface StringRange {
  pointer: number;
  units: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf16 = new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const UTF16_TAG = 0x8000_0000;
/** Up to this many bytes, converting them here beats the call of a TextDecoder. */
const SHORT = 16;
/** Up to this many characters a loop beats the call of a TextEncoder. */
const SHORT_TEXT = 48;
let scratch = new Uint8Array(1024);

/** Loads a string for the host (definitions.py, `load_string_from_range`). */
export function loadString(cx: GuestMemory, pointer: number, units: number): string {
  if (cx.encoding === 'utf8') {
    cx.checkRange(pointer, 1, units, 'string');
    return (units <= SHORT ? decodeAscii(cx.bytes, pointer, units) : undefined) ?? decode(cx, utf8, pointer, units);
  }
  const isWide = cx.encoding === 'utf16';
  if (isWide || units & UTF16_TAG) {
    const bytes = 2 * (isWide ? units : (units ^ UTF16_TAG) >>> 0);
    cx.checkRange(pointer, 2, bytes, 'string');
    return decode(cx, utf16, pointer, bytes);
  }
  cx.checkRange(pointer, 2, units, 'string');
  return decodeLatin1(cx.bytes, pointer, units);
}

export function loadTransitString(cx: GuestMemory, pointer: number, units: number): TransitString {
  const text = loadString(cx, pointer, units);
  if (cx.encoding !== 'latin1+utf16') return { text, source: cx.encoding, isCompact: false, units };
  return { text, source: units & UTF16_TAG ? 'utf16' : 'latin1', isCompact: true, units: text.length };
}

function decode(cx: GuestMemory, decoder: TextDecoder, pointer: number, bytes: number): string {
  try {
    return decoder.decode(cx.bytes.subarray(pointer, pointer + bytes));
  } catch {
    return cx.instance.store.trap('E_TRAP_INVALID_STRING', `invalid ${decoder.encoding}`);
  }
}

/** Decodes a short string that is plain ASCII, or gives undefined. One call with the exact bytes is what V8 does fastest. */
function decodeAscii(b: Uint8Array, p: number, length: number): string | undefined {
  let bits = 0;
  for (let i = 0; i < length; i++) bits |= b[p + i] as number;
  if (bits > 0x7f) return undefined;
  // prettier-ignore
  switch (length) {
    case 0: return '';
    case 1: return chars(b[p]);
    case 2: return chars(b[p], b[p + 1]);
    case 3: return chars(b[p], b[p + 1], b[p + 2]);
    case 4: return chars(b[p], b[p + 1], b[p + 2], b[p + 3]);
    case 5: return chars(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4]);
    case 6: return chars(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5]);
    case 7: return chars(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6]);
    case 8: return chars(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7]);
    case 9: return chars(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7], b[p + 8]);
    case 10: return chars(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7], b[p + 8], b[p + 9]);
    case 11: return chars(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7], b[p + 8], b[p + 9], b[p + 10]);
    case 12: return chars(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7], b[p + 8], b[p + 9], b[p + 10], b[p + 11]);
    case 13: return chars(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7], b[p + 8], b[p + 9], b[p + 10], b[p + 11], b[p + 12]);
    case 14: return chars(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7], b[p + 8], b[p + 9], b[p + 10], b[p + 11], b[p + 12], b[p + 13]);
    case 15: return chars(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7], b[p + 8], b[p + 9], b[p + 10], b[p + 11], b[p + 12], b[p + 13], b[p + 14]);
    case 16: return chars(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7], b[p + 8], b[p + 9], b[p + 10], b[p + 11], b[p + 12], b[p + 13], b[p + 14], b[p + 15]);
    default: return undefined;
  }
}

const chars = String.fromCharCode as (...codes: readonly (number | undefined)[]) => string;

/** Not TextDecoder('latin1'): that name means windows-1252 on the web. */
function decodeLatin1(bytes: Uint8Array, pointer: number, length: number): string {
  let text = '';
  for (let from = pointer; from < pointer + length; from += 8192) {
    text += String.fromCharCode(...bytes.subarray(from, Math.min(from + 8192, pointer + length)));
  }
  return text;
}

/** Stores a string of the host or of another guest into fresh guest memory (definitions.py, `store_string_into_range`). */
export function storeString(cx: GuestMemory, value: string | TransitString, out: StringRange): void {
  if (typeof value !== 'string') storeTransit(cx, value, out);
  else if (cx.encoding === 'utf8') storeUtf8(cx, value, out);
  else {
    const text = value.toWellFormed();
    if (cx.encoding === 'utf16') copyUtf16(cx, text, out);
    else if (isLatin1(text)) copyLatin1(cx, text, out);
    else copyUtf16(cx, text, out, UTF16_TAG);
  }
}

/**
 * A host string counts as one whose UTF-8 length is known: one allocation of the exact size. WASI's adapter for older
 * modules traps when a block is asked to grow, so a guess is not made.
 */
function storeUtf8(cx: GuestMemory, text: string, out: StringRange): void {
  const { length } = text;
  if (length <= SHORT_TEXT && isAscii(text)) {
    out.pointer = cx.allocate(1, length);
    out.units = length;
    writeBytes(cx, text, out.pointer);
    return;
  }
  const encoded = encodeUtf8(text);
  out.units = encoded.length;
  out.pointer = cx.allocate(1, encoded.length);
  cx.bytes.set(encoded, out.pointer);
}

/** Encodes into a shared scratch buffer, which the next call overwrites. */
function encodeUtf8(text: string): Uint8Array {
  if (text.length * 3 > MAX_SCRATCH) return encoder.encode(text);
  if (text.length * 3 > scratch.length) scratch = new Uint8Array(2 ** Math.ceil(Math.log2(text.length * 3)));
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

const MAX_SCRATCH = 2 ** 20;

function isAscii(text: string): boolean {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits |= text.charCodeAt(i);
  return bits <= 0x7f;
}

function isLatin1(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}

function copyUtf16(cx: GuestMemory, text: string, out: StringRange, tag = 0): void {
  out.pointer = cx.allocate(2, 2 * text.length);
  writeUtf16(cx, text, out, tag);
}

function writeUtf16(cx: GuestMemory, text: string, out: StringRange, tag = 0): void {
  const units = new Uint16Array(cx.bytes.buffer, out.pointer, text.length);
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
  out.units = (text.length | tag) >>> 0;
}

function copyLatin1(cx: GuestMemory, text: string, out: StringRange): void {
  out.pointer = cx.allocate(2, text.length);
  out.units = text.length;
  writeBytes(cx, text, out.pointer);
}

/** Writes a text that has no character above U+00FF, each as one byte. */
function writeBytes({ bytes }: GuestMemory, text: string, pointer: number): void {
  for (let i = 0; i < text.length; i++) bytes[pointer + i] = text.charCodeAt(i);
}

/** Reallocates a block of `had` bytes, unless it is as large as wanted. */
function resize(cx: GuestMemory, out: StringRange, align: number, wanted: number, had: number): void {
  if (wanted !== had) out.pointer = cx.allocate(align, wanted, out.pointer, had);
}

function storeTransit(cx: GuestMemory, { text, source, isCompact, units }: TransitString, out: StringRange): void {
  const isUtf16 = cx.encoding === 'utf16';
  if (cx.encoding === 'utf8') {
    if (source === 'utf8') storeUtf8(cx, text, out);
    else growUtf8(cx, text, source === 'utf16' ? 3 : 2, out);
  } else if (isUtf16 && source === 'utf8') shrinkUtf16(cx, text, units, out);
  else if (isUtf16) copyUtf16(cx, text, out);
  else if (source === 'latin1') copyLatin1(cx, text, out);
  else if (isCompact) storeProbablyWide(cx, text, out);
  else storeNarrowOrWide(cx, text, units, out);
}

/** definitions.py, `store_string_to_utf8`: one byte a unit first, the worst case once a wider character is met. */
function growUtf8(cx: GuestMemory, text: string, worst: number, out: StringRange): void {
  const units = (out.units = text.length);
  out.pointer = cx.allocate(1, units);
  if (isAscii(text)) return writeBytes(cx, text, out.pointer);
  resize(cx, out, 1, units * worst, units);
  const encoded = encodeUtf8(text);
  cx.bytes.set(encoded, out.pointer);
  out.units = encoded.length;
  resize(cx, out, 1, encoded.length, units * worst);
}

/** definitions.py, `store_utf8_to_utf16`. */
function shrinkUtf16(cx: GuestMemory, text: string, units: number, out: StringRange): void {
  out.pointer = cx.allocate(2, 2 * units);
  writeUtf16(cx, text, out);
  resize(cx, out, 2, 2 * text.length, 2 * units);
}

/** definitions.py, `store_string_to_latin1_or_utf16`. */
function storeNarrowOrWide(cx: GuestMemory, text: string, units: number, out: StringRange): void {
  out.pointer = cx.allocate(2, units);
  if (isLatin1(text)) {
    out.units = text.length;
    writeBytes(cx, text, out.pointer);
    resize(cx, out, 2, text.length, units);
  } else {
    resize(cx, out, 2, 2 * units, units);
    writeUtf16(cx, text, out, UTF16_TAG);
    resize(cx, out, 2, 2 * text.length, 2 * units);
  }
}

/** definitions.py, `store_probably_utf16_to_latin1_or_utf16`. */
function storeProbablyWide(cx: GuestMemory, text: string, out: StringRange): void {
  copyUtf16(cx, text, out, UTF16_TAG);
  if (!isLatin1(text)) return;
  out.units = text.length;
  writeBytes(cx, text, out.pointer);
  out.pointer = cx.allocate(1, text.length, out.pointer, 2 * text.length);
}
