import { ComponentError } from '@loophost/component';
import type { Decision, GuestPart, GuestRealm } from '@loophost/host/guest';
import { outputLimitExceeded, outputUnread } from '../errors.ts';
import { type ByteSink, type ByteSource, IoFailure, sourceOf } from '../io/bytes.ts';
import { io } from '../io/io.ts';

/** The three standard streams of one guest. */
export interface StdioSettings {
  readonly stdin: Uint8Array | 'inherit';
  /** What is reported when a guest first asks for its input. */
  readonly stdinDecision: Decision;
  readonly stdout: OutputSettings;
  readonly stderr: OutputSettings;
}

export interface OutputSettings {
  readonly target: OutputTarget;
  readonly limitBytes: number;
}

/** Where output goes: to the host's listeners, to the output of this process, or nowhere. */
export type OutputTarget = 'capture' | 'inherit' | 'discard';

export type OutputName = 'stdout' | 'stderr';

/** A stream of the process that a guest writes to. */
export interface ProcessOutput extends Disposable {
  /** Nobody reads it any more: what was last to be written was lost. */
  readonly isClosed: boolean;
  /**
   * Writes all of some bytes, however long that takes.
   *
   * @throws {IoFailure} when that failed, unless nobody reads.
   */
  write(bytes: Uint8Array): void;
}

export type OpenOutput = (stream: OutputName) => ProcessOutput;

/**
 * Serves the standard streams and the terminals, of which there are none.
 *
 * @param openOutput - Opens a stream of the process, where the platform has those. Called when the guest first asks for it.
 */
export function stdioPart(openOutput?: OpenOutput): GuestPart {
  return {
    link(settings, realm) {
      const { stdin, stdinDecision, stdout, stderr } = settings as StdioSettings;
      const streams = io(realm.waiting);
      const outputs = new Outputs(realm, openOutput);
      let source: ByteSource | undefined;
      const getStdin = (): object => {
        if (!source) realm.report(stdinDecision);
        source ??= stdin === 'inherit' ? askingSource(realm) : sourceOf(stdin);
        return streams.inputStream(source);
      };
      return {
        imports: {
          'wasi:cli/stdin@0.2.12': { getStdin },
          'wasi:cli/stdout@0.2.12': { getStdout: () => streams.outputStream(outputs.sink('stdout', stdout)) },
          'wasi:cli/stderr@0.2.12': { getStderr: () => streams.outputStream(outputs.sink('stderr', stderr)) },
          ...NO_TERMINALS,
        },
        [Symbol.dispose]: () => outputs[Symbol.dispose](),
      };
    },
  };
}

const none = (): undefined => undefined;

const NO_TERMINALS = {
  'wasi:cli/terminal-input@0.2.12': { TerminalInput: class TerminalInput {} },
  'wasi:cli/terminal-output@0.2.12': { TerminalOutput: class TerminalOutput {} },
  'wasi:cli/terminal-stdin@0.2.12': { getTerminalStdin: none },
  'wasi:cli/terminal-stdout@0.2.12': { getTerminalStdout: none },
  'wasi:cli/terminal-stderr@0.2.12': { getTerminalStderr: none },
};

/** The sinks of one guest's output, each made once, so that its bound holds however often the guest asks for the stream. */
class Outputs {
  private readonly realm: GuestRealm;
  private readonly openOutput: OpenOutput | undefined;
  private readonly sinks = new Map<OutputName, ByteSink>();
  private readonly opened: ProcessOutput[] = [];

  constructor(realm: GuestRealm, openOutput: OpenOutput | undefined) {
    this.realm = realm;
    this.openOutput = openOutput;
  }

  sink(name: OutputName, settings: OutputSettings): ByteSink {
    let sink = this.sinks.get(name);
    if (!sink) this.sinks.set(name, (sink = this.open(name, settings)));
    return sink;
  }

  private open(name: OutputName, { target, limitBytes }: OutputSettings): ByteSink {
    if (target === 'inherit' && this.openOutput) {
      const output = this.openOutput(name);
      this.opened.push(output);
      return this.inheriting(name, output, limitBytes);
    }
    if (target === 'discard') return { write: bounded(name, limitBytes, () => undefined) };
    // At once, since a guest may hang after it wrote what tells why.
    return { write: bounded(name, limitBytes, (bytes) => this.realm.tell('output', name, compact(bytes))) };
  }

  private inheriting(name: OutputName, output: ProcessOutput, limitBytes: number): ByteSink {
    // A guest may as well go on when nobody reads what it complains of.
    const ignored = (): void => {
      if (name === 'stdout' && output.isClosed) throw outputUnread();
    };
    return {
      capacity() {
        if (!output.isClosed) return INHERITED_CAPACITY;
        ignored();
        return undefined;
      },
      write: bounded(name, limitBytes, (bytes) => {
        output.write(bytes);
        if (!output.isClosed) return;
        this.realm.tell('closed', name);
        throw new ComponentError({ tag: 'closed' });
      }),
      ignored,
    };
  }

  [Symbol.dispose](): void {
    for (const output of this.opened) output[Symbol.dispose]();
  }
}

/** A view of a large buffer would take the whole of it along. */
function compact(bytes: Uint8Array): Uint8Array {
  return bytes.length < bytes.buffer.byteLength ? bytes.slice() : bytes;
}

const INHERITED_CAPACITY = 65_536;

/** Ends a guest that writes more than it may. What fits is written before. */
function bounded(name: OutputName, limitBytes: number, write: (bytes: Uint8Array) => void): typeof write {
  let left = limitBytes;
  return (bytes) => {
    const fitting = Math.min(left, bytes.length);
    left -= fitting;
    if (fitting > 0) write(bytes.subarray(0, fitting));
    if (fitting < bytes.length) throw outputLimitExceeded(name, limitBytes);
  };
}

/** A source whose bytes the host reads, a piece at a time, and none before the guest wants it. */
function askingSource(realm: GuestRealm): ByteSource {
  let ahead: Uint8Array | undefined;
  let end: { readonly failure?: string } | undefined;
  let pending: Promise<void> | undefined;
  const ask = async (): Promise<void> => {
    try {
      const bytes = (await realm.ask('read')) as Uint8Array | undefined;
      if (bytes) ahead = bytes;
      else end = {};
    } catch (failure) {
      end = { failure: failure instanceof Error ? failure.message : String(failure) };
    }
    pending = undefined;
  };
  return {
    read(max) {
      if (ahead) {
        const part = ahead.slice(0, max);
        ahead = part.length < ahead.length ? ahead.subarray(part.length) : undefined;
        return part;
      }
      if (!end) return 'wait';
      if (end.failure === undefined) return undefined;
      throw new IoFailure(end.failure);
    },
    isReady: () => ahead !== undefined || end !== undefined,
    readable: () => (pending ??= ask()),
  };
}
