import { opendirSync, readlinkSync } from 'node:fs';
import { type BackendEntries, type BackendEntry, FileFailure } from '@loophost/capabilities/guest';
import { failing } from './errno.ts';
import { typeOf } from './open-file.ts';

const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads the entries of the directory at a path, some at a time, however many there are. */
export function entriesOf(path: string): BackendEntries {
  // Names are bytes. Taken as text, those that are no UTF-8 would come out as other names.
  const directory = failing(() => opendirSync(path, { encoding: 'buffer' as BufferEncoding }));
  return {
    next(): BackendEntry | undefined {
      const entry = failing(() => directory.readSync());
      return entry ? { type: typeOf(entry), name: decoded(entry.name as string | Uint8Array) } : undefined;
    },
    close: () => directory.closeSync(),
  };
}

/**
 * What a symbolic link holds.
 *
 * @throws {Error} of the operating system.
 * @throws {FileFailure} when it is no text.
 */
export function targetOf(path: string): string {
  return decoded(readlinkSync(path, 'buffer'));
}

function decoded(name: string | Uint8Array): string {
  if (typeof name === 'string') return name;
  try {
    return DECODER.decode(name);
  } catch {
    throw new FileFailure('illegal-byte-sequence');
  }
}
