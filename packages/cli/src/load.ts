import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { type Component, compile, DEFAULT_LIMITS } from '@loophost/component';
import { fileFailed, fileTooLarge, usage } from './errors.ts';
import { within } from './failure.ts';

export interface LoadedFile {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly component: Component;
}

/** Reads and compiles the component that a command line names. */
export async function loadFile(positionals: readonly string[], command: string): Promise<LoadedFile> {
  const [file, extra] = positionals;
  if (!file) throw usage(`cannot ${command}: no file is given`, `name a component: loop ${command} FILE`);
  if (extra !== undefined) {
    const fix = command === 'run' ? 'put arguments for a command behind --' : 'give one file';
    throw usage(`cannot ${command}: "${extra}" is one file too many`, fix);
  }
  const bytes = await read(file);
  return { file, bytes, component: await within({ place: file }, () => compile(bytes)) };
}

/** Reads a file, unless the engine would refuse it for its size: it might not even fit into memory. */
async function read(file: string): Promise<Uint8Array> {
  const limit = DEFAULT_LIMITS.maxComponentBytes;
  let size = 0;
  try {
    ({ size } = await stat(file));
    if (size <= limit) return await readFile(file);
  } catch (cause) {
    throw fileFailed('read', file, cause);
  }
  throw fileTooLarge(file, size, limit);
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
