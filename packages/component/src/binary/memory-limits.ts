import type { CoreMemoryType, CoreTableType, Limits } from '../types/core-type.ts';
import type { CoreModule } from './core-module.ts';
import { readConstant, skipType } from './instructions.ts';
import { Reader } from './reader.ts';

/** The maxima for the memories and tables that a core module defines, in bytes and elements. */
export interface Maxima {
  readonly memoryBytes: readonly bigint[];
  readonly tableElements: readonly bigint[];
}

type Bytes = ArrayLike<number>;

/**
 * Writes maxima into a core module, so that V8 refuses to grow past them. Gives the module's bytes as they are when
 * it defines neither memories nor tables.
 */
export function withMaxima(bytes: Uint8Array, module: CoreModule, maxima: Maxima): Uint8Array {
  const original = bytes.subarray(module.start, module.end);
  if (module.memories.length === 0 && module.tables.length === 0) return original;
  const parts: Bytes[] = [original.subarray(0, 8)];
  let kept = 8;
  new Reader(original, 8).sections((id, body, at) => {
    if (id !== 4 && id !== 5) return;
    const defined =
      id === 4 ? tables(body, module.tables, maxima.tableElements) : memories(module.memories, maxima.memoryBytes);
    parts.push(original.subarray(kept, at), [id, ...leb(BigInt(defined.length))], defined);
    kept = body.end;
  });
  parts.push(original.subarray(kept));
  return concat(parts);
}

function memories(types: readonly CoreMemoryType[], bytes: readonly bigint[]): Bytes {
  const body = leb(BigInt(types.length));
  types.forEach((type, i) => {
    const { pageSizeLog2 } = type;
    const pages = (bytes[i] as bigint) >> BigInt(pageSizeLog2);
    body.push(...limits(type, pages, pageSizeLog2 === 16 ? 0 : 8));
    if (pageSizeLog2 !== 16) body.push(pageSizeLog2);
  });
  return body;
}

/** A table's element type and initial value are kept as they are; only its limits are written anew. */
function tables(body: Reader, types: readonly CoreTableType[], elements: readonly bigint[]): Bytes {
  const parts: Bytes[] = [leb(BigInt(body.u32()))];
  types.forEach((type, i) => {
    const from = body.pos;
    const hasValue = body.peek() === 0x40;
    if (hasValue) body.take(2);
    skipType(body);
    parts.push(body.bytes.subarray(from, body.pos), limits(type, elements[i] as bigint, 0));
    skipLimits(body);
    const valueAt = body.pos;
    if (hasValue) readConstant(body);
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

function leb(value: bigint): number[] {
  return value < 0x80n ? [Number(value)] : [Number(value & 0x7fn) | 0x80, ...leb(value >> 7n)];
}

function concat(parts: readonly Bytes[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
