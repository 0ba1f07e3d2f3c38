import {
  type Capability,
  type CapabilityEvent,
  type Configured,
  type Decision,
  allow,
  deny,
  type Operation,
} from '@loophost/host';
import { GrantFields } from '../grant-fields.ts';
import type { OutputName, OutputSettings, OutputTarget, StdioSettings } from './stdio-part.ts';

/** What `stdio` takes. Without a grant the input is empty, and the output is captured. */
export interface StdioGrant {
  /**
   * What the guest reads: bytes, a text (`{ text }`, so that no text is taken for a word), nothing, or the standard input
   * of this process, which the guest can wait for. Default `empty`.
   */
  readonly stdin?: Uint8Array | { readonly text: string } | 'empty' | 'inherit';
  /** Default `capture`. */
  readonly stdout?: OutputTarget;
  readonly stderr?: OutputTarget;
  /**
   * How much one guest may write to each of the two; one that writes more is ended with `E_OUTPUT_LIMIT`. Default
   * {@link DEFAULT_OUTPUT_LIMIT_BYTES} for what is captured, no bound for what is not kept.
   */
  readonly outputLimitBytes?: number;
}

/** 1 MiB: some ten thousand lines. */
export const DEFAULT_OUTPUT_LIMIT_BYTES = 1_048_576;

/** What a platform has for guests that inherit its streams. */
export interface InheritedStreams {
  /** The guest part that writes to the streams of the process. */
  readonly guestPart: string;
  /** Opens the standard input of the process for one guest. */
  openInput(): InheritedInput;
}

export interface InheritedInput extends Disposable {
  /** Waits for bytes and gives at most `max`; undefined at the end. */
  read(max: number): Promise<Uint8Array | undefined>;
}

const CAPABILITY = 'stdio';
const SHAPE = "{ stdin: { text: '…' }, stdout: 'capture' }";
const TARGETS = ['capture', 'inherit', 'discard'] as const;

/** The most that is read from the input of this process at once. */
const MAX_INPUT_BYTES = 65_536;

/**
 * `wasi:cli/{stdin,stdout,stderr}` and the terminal interfaces, which say that there is none. What is captured reaches
 * the host's listeners as events of the kind `output`. A grant that is no {@link StdioGrant} fails `host.link` with
 * `E_GRANT_INVALID`.
 *
 * @param inherited - The streams of the process. Without them nothing can be inherited.
 */
export function stdio(inherited?: InheritedStreams): Capability {
  const streams = ['stdin', 'stdout', 'stderr'];
  const terminals = ['input', 'output', ...streams].map((name) => `terminal-${name}`);
  return {
    name: CAPABILITY,
    interfaces: [...streams, ...terminals].map((name) => `wasi:cli/${name}@0.2.12`),
    configure: (grant) => configure(grant, inherited),
  };
}

function configure(grant: unknown, inherited: InheritedStreams | undefined): Configured {
  const given = grant === undefined || grant === true ? {} : grant;
  const known = ['stdin', 'stdout', 'stderr', 'outputLimitBytes'];
  const fields = new GrantFields(CAPABILITY, given, { known, shape: SHAPE });
  const settings: StdioSettings = {
    ...inputOf(fields),
    stdout: outputOf(fields, 'stdout'),
    stderr: outputOf(fields, 'stderr'),
  };
  const inherits = [settings.stdin, settings.stdout.target, settings.stderr.target].includes('inherit');
  if (inherits && !inherited)
    throw fields.invalid('this host has no streams of its own to inherit', 'use `nodeStdio()` of @loophost/node');
  return {
    mayWait: settings.stdin === 'inherit',
    guestPart: inherits && inherited ? inherited.guestPart : CAPABILITY,
    prepare({ emit }) {
      const input = settings.stdin === 'inherit' ? lazyInput(inherited) : undefined;
      return {
        settings,
        operations: { ...outputOperations(emit), ...(input && { read: () => input.read() }) },
        [Symbol.dispose]: () => input?.[Symbol.dispose](),
      };
    },
  };
}

function inputOf(fields: GrantFields): Pick<StdioSettings, 'stdin' | 'stdinDecision'> {
  const request = 'read the standard input';
  if (!fields.has('stdin')) {
    const stdinDecision = deny(CAPABILITY, request, 'not-granted', `grant some: stdio: { stdin: { text: '…' } }`);
    return { stdin: new Uint8Array(), stdinDecision };
  }
  const stdinDecision: Decision = allow(CAPABILITY, request);
  const value = fields.raw('stdin');
  if (value === 'inherit') return { stdin: value, stdinDecision };
  if (value === 'empty') return { stdin: new Uint8Array(), stdinDecision };
  if (value instanceof Uint8Array) return { stdin: value.slice(), stdinDecision };
  const text = textOf(value);
  if (text !== undefined) return { stdin: new TextEncoder().encode(text), stdinDecision };
  throw fields.invalid(
    'its stdin is neither bytes, nor { text }, nor "empty" or "inherit"',
    `give a text as { text: '…' }, or bytes as a Uint8Array`,
  );
}

function textOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { text } = value as { readonly text?: unknown };
  return Object.keys(value).join() === 'text' && typeof text === 'string' ? text : undefined;
}

function outputOf(fields: GrantFields, stream: 'stdout' | 'stderr'): OutputSettings {
  const target = fields.oneOf(stream, TARGETS, 'capture');
  const isKept = target === 'capture';
  return {
    target,
    limitBytes: fields.count('outputLimitBytes', isKept ? DEFAULT_OUTPUT_LIMIT_BYTES : Number.MAX_SAFE_INTEGER),
  };
}

function outputOperations(emit: (event: CapabilityEvent) => void): Record<string, Operation> {
  return {
    output: (stream: OutputName, bytes: Uint8Array) => emit({ kind: 'output', stream, bytes }),
    closed: (stream: string) => emit({ kind: 'output-closed', stream }),
  };
}

/** The input of the process, opened when a guest first reads: one that never does takes none of it. */
function lazyInput(inherited: InheritedStreams | undefined): Disposable & { read(): Promise<Uint8Array | undefined> } {
  let input: InheritedInput | undefined;
  return {
    read: async () => (input ??= inherited?.openInput())?.read(MAX_INPUT_BYTES),
    [Symbol.dispose]: () => input?.[Symbol.dispose](),
  };
}
