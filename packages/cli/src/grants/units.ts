import { optionWrong } from '../errors.ts';

/** The longest that a timer of JavaScript runs, 24 days: what stands for no bound. */
export const NO_BOUND_MS: number = 2 ** 31 - 1;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A time: `500ms`, `5s`, `2m`, or `none`. In milliseconds. */
export function millisecondsOf(option: string, text: string): number {
  if (text === 'none') return NO_BOUND_MS;
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (Number(number) > 0 && unit === '')
    throw optionWrong(option, text, 'it has no unit', `write it as ${text}ms, ${text}s or ${text}m`);
  const time = Math.round(Number(number) * (UNITS[unit] ?? 0));
  if (number !== '' && time >= 1 && time <= NO_BOUND_MS) return time;
  throw optionWrong(option, text, 'it is no time from 1 ms to 24 days', 'write it like 500ms, 5s or 2m, or "none"');
}

/** A whole number from 0. */
export function countOf(option: string, text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  throw optionWrong(option, text, 'it is no whole number', 'write it like 1000000');
}

/** A size: `65536`, `64K`, `64M`, `64MiB`, `1G`, in powers of 1024. In bytes. */
export function bytesOf(option: string, text: string): number {
  const [, number = '', unit = ''] = /^(\d+)([kmg]?)(?:i?b)?$/i.exec(text) ?? [];
  const size = Number(number) * 1024 ** ['', 'k', 'm', 'g'].indexOf(unit.toLowerCase());
  if (number !== '' && Number.isSafeInteger(size)) return size;
  throw optionWrong(option, text, 'it is no size', 'write it like 65536, 64M or 1G');
}

/** A size in the largest unit that it is a multiple of. */
export function formatBytes(bytes: number): string {
  for (const [unit, size] of [
    ['G', 1024 ** 3],
    ['M', 1024 ** 2],
    ['K', 1024],
  ] as const)
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  return String(bytes);
}
