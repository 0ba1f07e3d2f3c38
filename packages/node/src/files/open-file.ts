import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  type BigIntStats,
  readSync,
  writeSync,
} from 'node:fs';
import type { Appender, BackendFile, FileType, NewTime, NewTimes, OpenWish, Stat } from '@loophost/capabilities/guest';
import { failing } from './errno.ts';

const { O_RDONLY, O_WRONLY, O_RDWR, O_TRUNC, O_NOCTTY, O_NONBLOCK } = constants;
/** Windows has neither. */
const { O_SYNC = 0, O_DSYNC = 0 } = constants as Partial<typeof constants>;

/** How to open a regular file as wished. Creating it is another matter. */
export function accessOf({ read, write, truncate, sync }: OpenWish): number {
  const access = write ? (read ? O_RDWR : O_WRONLY) : O_RDONLY;
  const whole = sync === 'all' ? O_SYNC : sync === 'data' ? O_DSYNC : 0;
  return access | whole | (truncate ? O_TRUNC : 0) | (O_NOCTTY ?? 0) | (O_NONBLOCK ?? 0);
}

/** A regular file, open in this process. */
export class OpenFile implements BackendFile {
  readonly kind = 'file';
  private readonly fd: number;
  private readonly openAppender: () => number;

  /** @param openAppender - Opens the same file for writing at its end. */
  constructor(fd: number, openAppender: () => number) {
    this.fd = fd;
    this.openAppender = openAppender;
  }

  read(length: number, offset: number): Uint8Array {
    // Not more than there is: a guest that asks for a megabyte of a small file need not have it made.
    const { size } = failing(() => fstatSync(this.fd));
    const bytes = new Uint8Array(Math.min(length, Math.max(size - offset, 4096)));
    const count = failing(() => readSync(this.fd, bytes, 0, bytes.length, offset));
    return count === bytes.length ? bytes : bytes.slice(0, count);
  }

  write(bytes: Uint8Array, offset: number): number {
    return failing(() => writeSync(this.fd, bytes, 0, bytes.length, offset));
  }

  appender(): Appender {
    const fd = this.openAppender();
    return {
      append: (bytes) => failing(() => writeSync(fd, bytes, 0, bytes.length, null)),
      close: () => closeSync(fd),
    };
  }

  resize(size: number): void {
    failing(() => ftruncateSync(this.fd, size));
  }

  stat(): Stat {
    return failing(() => statOf(fstatSync(this.fd, { bigint: true })));
  }

  setTimes({ accessed, modified }: NewTimes): void {
    failing(() => futimesSync(this.fd, timeOf(accessed), timeOf(modified)));
  }

  sync(dataOnly: boolean): void {
    failing(() => (dataOnly ? fdatasyncSync(this.fd) : fsyncSync(this.fd)));
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** A time for `utimes`, in seconds. Node hands one that is no number to the system as "leave it". */
export function timeOf(time: NewTime): number | Date {
  if (time === 'keep') return new Date(Number.NaN);
  return time === 'now' ? Date.now() / 1000 : secondsOf(time);
}

/** The last number that is not later: the nearest to the end of a second may be the next second. */
function secondsOf(time: bigint): number {
  const seconds = Number(time) / 1e9;
  const whole = Math.floor(seconds);
  const isLater = BigInt(whole) * 1_000_000_000n + BigInt(Math.floor((seconds - whole) * 1e9)) > time;
  return isLater ? seconds * (1 - Number.EPSILON) : seconds;
}

/** What the methods of stats and directory entries tell. */
interface Kinds {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
  isBlockDevice(): boolean;
  isCharacterDevice(): boolean;
}

export function typeOf(kinds: Kinds): FileType {
  if (kinds.isFile()) return 'regular-file';
  if (kinds.isDirectory()) return 'directory';
  if (kinds.isSymbolicLink()) return 'symbolic-link';
  if (kinds.isFIFO()) return 'fifo';
  if (kinds.isSocket()) return 'socket';
  if (kinds.isBlockDevice()) return 'block-device';
  return kinds.isCharacterDevice() ? 'character-device' : 'unknown';
}

export function statOf(stats: BigIntStats): Stat {
  return {
    type: typeOf(stats),
    linkCount: stats.nlink,
    size: stats.size,
    accessedNs: stats.atimeNs,
    modifiedNs: stats.mtimeNs,
    changedNs: stats.ctimeNs,
    device: stats.dev,
    object: stats.ino,
  };
}
