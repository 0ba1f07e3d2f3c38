import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { isLoopError, type LoopError } from '@loophost/component';
import { optionWrong, writeFailed } from './errors.ts';
import { isOfPlace, whyOf } from './why.ts';

/** What is at a path: nothing, a directory, a file, or a device, pipe or the like. */
export type PlaceKind = 'none' | 'directory' | 'file' | 'other';

/** Tells what is at a path. Throws the error of the system where it does not let anybody look. */
export function kindOf(path: string): PlaceKind {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return 'none';
  if (stats.isDirectory()) return 'directory';
  return stats.isFile() ? 'file' : 'other';
}

/** What an option names as a place to write to is none, or nothing can be written there. */
export function placeWrong(option: string, file: string, cause: unknown): LoopError {
  if (isLoopError(cause)) return cause;
  const elsewhere = `with --${option}`;
  // The command line is not to blame for a disk that is full.
  return isOfPlace(cause)
    ? optionWrong(option, file, whyOf(cause, 'write'), `choose another place ${elsewhere}`)
    : writeFailed(file, cause, elsewhere);
}

/** What an option lets a command write, and what it may write to. */
export interface Target {
  readonly option: string;
  readonly file: string;
  /** Tells whether a file that is there, and not empty, is one to write to. */
  isOurs(): boolean;
  /** Why one that is not would be no good. */
  readonly why: string;
}

/** Refuses to write to what holds something else: it would be lost, or be what it was no more. */
export function refuseOthers({ option, file, isOurs, why }: Target): void {
  const fix = `choose another place with --${option}`;
  try {
    const kind = kindOf(file);
    if (kind === 'directory') throw optionWrong(option, file, 'it is a directory', fix);
    if (kind === 'file' && statSync(file).size > 0 && !isOurs()) throw optionWrong(option, file, why, fix);
  } catch (cause) {
    throw placeWrong(option, file, cause);
  }
}

/** The first bytes of a file, a letter for each: what tells one kind of file from another. */
export function startOf(file: string, bytes: number): string {
  return withOpen(file, (descriptor) => textAt(descriptor, 0, bytes));
}

const CHUNK_BYTES = 65_536;

/** The last line of a file with what ends it, a letter for each byte. */
export function lastLineOf(file: string): string {
  const { size } = statSync(file);
  return withOpen(file, (descriptor) => {
    for (let bytes = CHUNK_BYTES; ; bytes *= 2) {
      const from = Math.max(0, size - bytes);
      const text = textAt(descriptor, from, size - from);
      const before = text.lastIndexOf('\n', text.length - 2);
      if (before >= 0 || from === 0) return text.slice(before + 1);
    }
  });
}

function withOpen<T>(file: string, use: (descriptor: number) => T): T {
  const descriptor = openSync(file, 'r');
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function textAt(descriptor: number, from: number, bytes: number): string {
  const buffer = Buffer.alloc(bytes);
  return buffer.toString('latin1', 0, readSync(descriptor, buffer, 0, bytes, from));
}
