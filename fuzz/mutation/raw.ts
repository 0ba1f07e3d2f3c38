import { spliced } from '../binary/bytes.ts';
import type { Region, RegionKind } from '../binary/regions.ts';
import type { Random } from '../random.ts';

/** Changes bytes where they stand, whatever they mean. */
type RawEdit = (bytes: Uint8Array, at: number, from: Random, other: Uint8Array) => Uint8Array;

const INTERESTING = [0x00, 0x01, 0x02, 0x03, 0x0b, 0x40, 0x41, 0x42, 0x60, 0x64, 0x7f, 0x80, 0xfe, 0xff];
const LONGEST = 12;

const bitFlip: RawEdit = (bytes, at, from) =>
  spliced(bytes, at, at + 1, [(bytes[at] as number) ^ (1 << from.below(8))]);

const byteSet: RawEdit = (bytes, at, from) =>
  spliced(bytes, at, at + 1, [from.chance(50) ? from.pick(INTERESTING) : from.below(256)]);

const insert: RawEdit = (bytes, at, from) => {
  const fresh = Array.from({ length: 1 + from.below(4) }, () => from.below(256));
  return spliced(bytes, at, at, fresh);
};

const remove: RawEdit = (bytes, at, from) => spliced(bytes, at, Math.min(at + 1 + from.below(4), bytes.length), []);

const repeat: RawEdit = (bytes, at, from) => {
  const end = Math.min(at + 1 + from.below(LONGEST), bytes.length);
  return spliced(bytes, at, at, bytes.subarray(at, end));
};

const truncate: RawEdit = (bytes, at) => bytes.slice(0, at);

/** Bytes of another component in the place of as many of these. */
const transplant: RawEdit = (bytes, at, from, other) => {
  const start = from.below(other.length);
  const piece = other.subarray(start, start + 1 + from.below(LONGEST));
  return spliced(bytes, at, Math.min(at + piece.length, bytes.length), piece);
};

/** The start of one component and the end of another. */
const splice: RawEdit = (bytes, at, from, other) =>
  spliced(bytes, at, bytes.length, other.subarray(from.below(other.length)));

export const RAW: readonly { readonly name: string; readonly weight: number; readonly edit: RawEdit }[] = [
  { name: 'bit-flip', weight: 6, edit: bitFlip },
  { name: 'byte-set', weight: 6, edit: byteSet },
  { name: 'insert', weight: 3, edit: insert },
  { name: 'delete', weight: 3, edit: remove },
  { name: 'repeat', weight: 2, edit: repeat },
  { name: 'truncate', weight: 1, edit: truncate },
  { name: 'transplant', weight: 2, edit: transplant },
  { name: 'splice', weight: 1, edit: splice },
];

/** Picks a byte of a kind of region, or of any when there is none of that kind. */
export function pickByte(regions: readonly Region[], kind: RegionKind, from: Random): { at: number; kind: RegionKind } {
  const ofKind = regions.filter((region) => region.kind === kind);
  const among = ofKind.length > 0 ? ofKind : regions;
  let at = from.below(among.reduce((sum, region) => sum + region.end - region.start, 0));
  for (const region of among) {
    const length = region.end - region.start;
    if (at < length) return { at: region.start + at, kind: region.kind };
    at -= length;
  }
  return { at: 0, kind };
}
