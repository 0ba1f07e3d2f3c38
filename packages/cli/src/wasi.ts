import type { Component, Imports } from '@loophost/component';
import { EXIT } from './exit-codes.ts';
import { outputStreamClass, StandardOutput, type StreamClasses } from './standard-output.ts';

/** Thrown out of a guest that called `wasi:cli/exit`. */
export class CommandExit extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`the command exited with ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** Finds the guest's own exit among the causes of an error. */
export function exitOf(thrown: unknown): CommandExit | undefined {
  for (let cause = thrown; cause instanceof Error; cause = cause.cause) if (cause instanceof CommandExit) return cause;
  return undefined;
}

/** The version of WASI that the shim implements. It serves what was built against an older one of 0.2 too. */
const VERSION = '0.2.12';

/** WASI for one guest. */
export interface Wasi {
  readonly imports: Imports;
  /** Tells whether the guest has written to a standard output that nobody reads any more. */
  isUnread(): boolean;
}

/**
 * WASI for one guest, with nothing granted but its arguments and the three standard streams: no environment, no files,
 * no network. Loads the shim, and with it an I/O thread, only when the component imports any of it.
 */
export async function wasiFor(component: Component, args: readonly string[]): Promise<Wasi> {
  if (!component.imports.some((item) => item.name.startsWith('wasi:'))) return { imports: {}, isUnread: () => false };
  const { WASIShim } = await import('@bytecodealliance/preview2-shim/instantiation');
  const sandbox = { preopens: {}, env: {}, args: [...args], enableNetwork: false };
  const shim = new WASIShim({ sandbox }).getImportObject() as unknown as Shim;
  const Failure = shim['wasi:io/error'].Error;
  const stdout = new StandardOutput(1, Failure, () => EXIT_INTERFACE.exitWithCode(EXIT.unread));
  const ours = new Map([
    [shim['wasi:cli/stdout'].getStdout(), stdout],
    [shim['wasi:cli/stderr'].getStderr(), new StandardOutput(2, Failure)],
  ]);
  const streams = shim['wasi:io/streams'];
  const served = {
    ...shim,
    'wasi:cli/environment': { ...shim['wasi:cli/environment'], initialCwd: () => undefined },
    'wasi:cli/exit': EXIT_INTERFACE,
    'wasi:io/streams': { ...streams, OutputStream: outputStreamClass(streams.OutputStream, ours) },
  };
  // Without a version they would serve every other one too.
  const versioned = Object.entries(served).map(([name, provider]) => [`${name}@${VERSION}`, provider] as const);
  return {
    imports: Object.fromEntries(versioned),
    isUnread: () => stdout.isClosed,
  };
}

/** What of the shim's import object is used here; its declarations hide the constructors. */
interface Shim {
  readonly 'wasi:cli/environment': object;
  readonly 'wasi:cli/stdout': { getStdout(): object };
  readonly 'wasi:cli/stderr': { getStderr(): object };
  readonly 'wasi:io/error': { readonly Error: StreamClasses['Failure'] };
  readonly 'wasi:io/streams': { readonly OutputStream: StreamClasses['OutputStream'] };
}

/** The shim ends the process at once; this lets `loop` end by itself, with what it has to say printed. */
const EXIT_INTERFACE = {
  exit: (status: { tag: 'ok' | 'err' }): never => {
    throw new CommandExit(status.tag === 'ok' ? 0 : 1);
  },
  exitWithCode: (code: number): never => {
    throw new CommandExit(code);
  },
};
