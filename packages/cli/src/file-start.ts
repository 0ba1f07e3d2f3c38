import { closeSync, openSync, readSync } from 'node:fs';

/** The first bytes of a file, a letter for each: what tells one kind of file from another. */
export function startOf(file: string, bytes: number): string {
  const descriptor = openSync(file, 'r');
  try {
    const start = Buffer.alloc(bytes);
    return start.toString('latin1', 0, readSync(descriptor, start));
  } finally {
    closeSync(descriptor);
  }
}
