import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { type Component, compile, type CompileOptions, DEFAULT_LIMITS, isLoopError } from '@loophost/component';
import { fileTooLarge, readFailed, usage } from './errors.ts';
import { CommandFailure } from './failure.ts';
import { adviceFor } from './grants/advice.ts';
import type { Given } from './grants/options.ts';
import type { Output } from './output.ts';
import { progress } from './progress.ts';

export interface LoadedFile {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly component: Component;
}

/** Reads and compiles the component that a command line names. */
export async function loadFile(
  positionals: readonly string[],
  command: string,
  options: LoadOptions = {},
): Promise<LoadedFile> {
  return load(fileOf(positionals, command), options);
}

export interface LoadOptions {
  /** What the command line gives the component. Default nothing. */
  readonly given?: Given;
  /** Where it shows that compiling takes long. */
  readonly output?: Output;
}

/** The one file that a command line names. */
export function fileOf([file, extra]: readonly string[], command: string): string {
  if (!file) throw usage(`cannot ${command}: no file is given`, `name a component: loop ${command} FILE`);
  if (extra === undefined) return file;
  const fix = command === 'run' ? 'put arguments for a command behind --' : 'give one file';
  throw usage(`cannot ${command}: "${extra}" is one file too many`, fix);
}

/** Reads and compiles a component. */
export async function load(file: string, { given, output }: LoadOptions = {}): Promise<LoadedFile> {
  const bytes = read(file);
  const options: CompileOptions = {
    ...(given?.maxMemoryBytes !== undefined && { limits: { maxMemoryBytes: given.maxMemoryBytes } }),
    allowGcHeap: given?.trust === 'trusted',
  };
  const compiling = async (): Promise<Component> => {
    try {
      return await compile(bytes, options);
    } catch (thrown) {
      throw withAdvice(thrown, file);
    }
  };
  return { file, bytes, component: await progress(output, `compiling ${basename(file)}`, compiling) };
}

function withAdvice(thrown: unknown, file: string): unknown {
  return isLoopError(thrown) ? new CommandFailure(thrown, { place: file, fix: adviceFor(thrown) }) : thrown;
}

/**
 * Reads a file, unless the engine would refuse it for its size: it might not even fit into memory. Nothing else is to be
 * done meanwhile, and Node's promises of files take 2 ms to load.
 */
function read(file: string): Uint8Array {
  const limit = DEFAULT_LIMITS.maxComponentBytes;
  let size = 0;
  try {
    ({ size } = statSync(file));
    if (size <= limit) return readFileSync(file);
  } catch (cause) {
    throw readFailed(file, cause);
  }
  throw fileTooLarge(file, size, limit);
}
