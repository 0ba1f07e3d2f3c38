import { splitMix64 } from '../split-mix.ts';
import { FileFailure, type FileType, type NewTime, type Stat } from './backend.ts';

/** `wasi:clocks/wall-clock.datetime`. */
export interface Datetime {
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

export type NewTimestamp =
  | { readonly tag: 'no-change' }
  | { readonly tag: 'now' }
  | { readonly tag: 'timestamp'; readonly val: Datetime };

export interface DescriptorFlags {
  readonly read: boolean;
  readonly write: boolean;
  readonly fileIntegritySync: boolean;
  readonly dataIntegritySync: boolean;
  readonly requestedWriteSync: boolean;
  readonly mutateDirectory: boolean;
}

export interface OpenFlags {
  readonly create: boolean;
  readonly directory: boolean;
  readonly exclusive: boolean;
  readonly truncate: boolean;
}

export interface PathFlags {
  readonly symlinkFollow: boolean;
}

export interface DescriptorStat {
  readonly type: FileType;
  readonly linkCount: bigint;
  readonly size: bigint;
  readonly dataAccessTimestamp: Datetime | undefined;
  readonly dataModificationTimestamp: Datetime | undefined;
  readonly statusChangeTimestamp: Datetime | undefined;
}

export interface MetadataHash {
  readonly lower: bigint;
  readonly upper: bigint;
}

const NS_PER_S = 1_000_000_000n;
/** What the clocks of file systems hold. */
const MAX_SECONDS = 1n << 34n;

export function statOf({ type, linkCount, size, accessedNs, modifiedNs, changedNs }: Stat): DescriptorStat {
  return {
    type,
    linkCount,
    size,
    dataAccessTimestamp: datetimeOf(accessedNs),
    dataModificationTimestamp: datetimeOf(modifiedNs),
    statusChangeTimestamp: datetimeOf(changedNs),
  };
}

/** Times before 1970 have no datetime. */
function datetimeOf(ns: bigint | undefined): Datetime | undefined {
  if (ns === undefined || ns < 0n) return undefined;
  return { seconds: ns / NS_PER_S, nanoseconds: Number(ns % NS_PER_S) };
}

export function newTimeOf(timestamp: NewTimestamp): NewTime {
  if (timestamp.tag !== 'timestamp') return timestamp.tag === 'now' ? 'now' : 'keep';
  const { seconds, nanoseconds } = timestamp.val;
  if (nanoseconds >= 1_000_000_000) throw new FileFailure('invalid');
  if (seconds > MAX_SECONDS) throw new FileFailure('overflow');
  return seconds * NS_PER_S + BigInt(nanoseconds);
}

/** A place in a file as a number. JavaScript has no larger ones, and no file is larger. */
export function offsetOf(offset: bigint): number {
  if (offset > BigInt(Number.MAX_SAFE_INTEGER)) throw new FileFailure('file-too-large');
  return Number(offset);
}

/** Tells objects apart, without telling what they are on the host. It is no secret to one who knows the host. */
export function hashOf({ device, object }: Stat): MetadataHash {
  return { lower: mix(mix(device) ^ object), upper: mix(mix(object) ^ device ^ 0x5bd1_e995n) };
}

/** Spreads the bits of a number over all 64. */
function mix(value: bigint): bigint {
  return splitMix64(value)();
}
