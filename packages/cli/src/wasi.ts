import type { Component, Imports } from '@loophost/component';

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

/** The interfaces of WASI that `loop run` serves. Kept here, so that `loop inspect` need not load them. */
const SERVED_INTERFACES: readonly string[] = [
  'wasi:cli/environment', 'wasi:cli/exit', 'wasi:cli/stdin', 'wasi:cli/stdout', 'wasi:cli/stderr', 'wasi:cli/terminal-input',
  'wasi:cli/terminal-output', 'wasi:cli/terminal-stdin', 'wasi:cli/terminal-stdout', 'wasi:cli/terminal-stderr',
  'wasi:clocks/monotonic-clock', 'wasi:clocks/wall-clock', 'wasi:filesystem/preopens', 'wasi:filesystem/types',
  'wasi:http/types', 'wasi:http/outgoing-handler', 'wasi:io/error', 'wasi:io/poll', 'wasi:io/streams', 'wasi:random/random',
  'wasi:random/insecure', 'wasi:random/insecure-seed', 'wasi:sockets/instance-network', 'wasi:sockets/ip-name-lookup',
  'wasi:sockets/network', 'wasi:sockets/tcp', 'wasi:sockets/tcp-create-socket', 'wasi:sockets/udp', 'wasi:sockets/udp-create-socket',
]; // prettier-ignore

/** The newest WASI release line that the shim implements. */
const SERVED_RANGE = '0.2';

/** Says who serves an import of a component that `loop run` runs, or nothing when nobody does. */
export function servedBy(name: string): string | undefined {
  const [iface = '', version = ''] = name.split('@');
  const isRange = version === '' || version === SERVED_RANGE || version.startsWith(`${SERVED_RANGE}.`);
  return isRange && SERVED_INTERFACES.includes(iface) ? 'WASI 0.2, nothing granted' : undefined;
}

/**
 * WASI for one guest, with nothing granted but its arguments and the three standard streams: no environment, no files,
 * no network. Loads the shim, and with it an I/O thread, only when the component imports any of it.
 */
export async function wasiImports(component: Component, args: readonly string[]): Promise<Imports> {
  if (!component.imports.some((item) => item.name.startsWith('wasi:'))) return {};
  const { WASIShim } = await import('@bytecodealliance/preview2-shim/instantiation');
  const sandbox = { preopens: {}, env: {}, args: [...args], enableNetwork: false };
  const served = new WASIShim({ sandbox }).getImportObject() as Record<string, object>;
  const environment = { ...served['wasi:cli/environment'], initialCwd: () => undefined };
  return { ...served, 'wasi:cli/environment': environment, 'wasi:cli/exit': EXIT_INTERFACE };
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
