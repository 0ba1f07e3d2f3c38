import type { CoreMemoryType, CoreTableType, Limits } from '../types/core-type.ts';
import type { CoreModule } from './core-module.ts';
import { skipConstant } from './core-module.ts';
import { Reader } from './reader.ts';

/** The maxima for the memories and tables that a core module defines, in bytes and elements. */
export interface Maxima {
  readonly memoryBytes: readonly bigint[];
  readonly tableElements: readonly bigint[];
}

/**
 * Writes maxima into a core module, so that V8 refuses to grow past them. Gives the module's bytes as they are when
 * it defines neither memories nor tables.
 */
export function withMaxima(bytes: Uint8Array, module: CoreModule, maxima: Maxima): Uint8Array {
  const original = bytes.subarray(module.start, module.end);
  if (module.memories.length === 0 && module.tables.length === 0) return original;
  const reader = new Reader(original, 8);
  const parts: Uint8Array[] = [original.subarray(0, 8)];
  while (!reader.done) {
    const from = reader.pos;
    const id = reader.u8();
    const body = reader.section(reader.u32());
    if (id === 5) parts.push(section(5, memories(module.memories, maxima.memoryBytes)));
    else if (id === 4) parts.push(section(4, tables(body, module.tables, maxima.tableElements)));
    else parts.push(original.subarray(from, reader.pos));
  }
  return concat(parts);
}

function memories(types: readonly CoreMemoryType[], bytes: readonly bigint[]): Uint8Array {
  const body: number[] = [...leb(BigInt(types.length))];
  types.forEach((type, i) => {
    const pages = (bytes[i] as bigint) >> BigInt(type.pageSizeLog2);
    body.push(...limits(type, pages, type.pageSizeLog2 === 16 ? 0 : 8));
    if (type.pageSizeLog2 !== 16) body.push(...leb(BigInt(type.pageSizeLog2)));
  });
  return Uint8Array.from(body);
}

/** A table's element type and initial value are kept as they are; only its limits are written anew. */
function tables(body: Reader, types: readonly CoreTableType[], elements: readonly bigint[]): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.from(leb(BigInt(body.u32())))];
  types.forEach((type, i) => {
    const from = body.pos;
    const hasValue = body.peek() === 0x40;
    if (hasValue) body.take(2);
    const byte = body.u8();
    if (byte === 0x63 || byte === 0x64) body.s33();
    parts.push(body.bytes.subarray(from, body.pos), Uint8Array.from(limits(type, elements[i] as bigint, 0)));
    skipLimits(body);
    const valueAt = body.pos;
    if (hasValue) skipConstant(body);
    parts.push(body.bytes.subarray(valueAt, body.pos));
  });
  return concat(parts);
}

export function skipLimits(body: Reader): void {
  const flags = body.u8();
  body.u64();
  if (flags & 1) body.u64();
}

function limits(type: Limits, max: bigint, flags: number): number[] {
  const bound = type.max !== undefined && type.max < max ? type.max : max;
  return [flags | 1 | (type.shared ? 2 : 0) | (type.is64 ? 4 : 0), ...leb(type.min), ...leb(bound)];
}

function section(id: number, body: Uint8Array): Uint8Array {
  return concat([Uint8Array.from([id, ...leb(BigInt(body.length))]), body]);
}

function leb(value: bigint): number[] {
  const out: number[] = [];
  let rest = value;
  do {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    out.push(rest > 0n ? byte | 0x80 : byte);
  } while (rest > 0n);
  return out;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
