import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Component, compile } from '@loophost/component';
import { fileFailed, usage } from './errors.ts';
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
  if (extra !== undefined)
    throw usage(`cannot ${command}: "${extra}" is one file too many`, 'put arguments for a command behind --');
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw fileFailed('read', file, cause);
  }
  return { file, bytes, component: await within({ place: file }, () => compile(bytes)) };
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
