import { stdio, wasi } from '@loophost/capabilities';
import type { Capability } from '@loophost/host';
import { ProcessInput } from './input.ts';

/** `stdio`, for guests that may be granted the standard streams of this process: `stdio: { stdout: 'inherit' }`. */
export function nodeStdio(): Capability {
  return stdio({ guestPart: 'node-stdio', openInput: () => new ProcessInput() });
}

/** What every command of WASI 0.2 imports, but for files, with the standard streams of this process to grant. */
export function nodeWasi(): readonly Capability[] {
  return [nodeStdio(), ...wasi().filter(({ name }) => name !== 'stdio')];
}
