/** Encodes an unsigned LEB128, padded with redundant bytes up to `width`. */
export function leb(value: number, width = 1): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const byte = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 || bytes.length + 1 < width ? byte | 0x80 : byte);
  } while (rest > 0 || bytes.length < width);
  return bytes;
}

export function concat(parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Gives `bytes` with those from `start` to `end` replaced. */
export function spliced(bytes: Uint8Array, start: number, end: number, by: readonly number[] | Uint8Array): Uint8Array {
  return concat([bytes.subarray(0, start), by, bytes.subarray(end)]);
}
