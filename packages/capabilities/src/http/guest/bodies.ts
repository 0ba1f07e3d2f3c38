import { ComponentError } from '@loophost/component';
import { type ByteSink, type ByteSource, IoFailure } from '../../io/bytes.ts';
import type { Io, OutputStream } from '../../io/io.ts';
import type { ErrorCode } from '../error-code.ts';
import type { FieldEntry } from '../field-rules.ts';
import type { Budget, Fields } from './fields.ts';
import type { Later, Outcome, RemoteExchange } from './remote-exchange.ts';

/** How much of a body may be on its way to the host. */
const WINDOW_BYTES = 65_536;
/** What all bodies of one guest may hold back together. */
export const MAX_BUFFERED_BYTES: number = 4 * 1024 * 1024;

function failed(code: ErrorCode): IoFailure {
  return new IoFailure(`the request failed: ${code.tag}`, { of: 'http', value: code });
}

/** The bytes of a request's body, on their way from the guest to the host. Those from before the request is made wait here. */
class BodyOutput implements ByteSink {
  private readonly budget: Budget;
  private remote: RemoteExchange | undefined;
  private early: Uint8Array[] = [];
  private onWay = 0;
  private failure: ErrorCode | undefined;
  private isClosed = false;
  private change = Promise.withResolvers<void>();

  constructor(budget: Budget) {
    this.budget = budget;
  }

  capacity(): number | 'wait' | undefined {
    if (this.failure) throw failed(this.failure);
    if (this.isClosed) return undefined;
    const room = Math.min(WINDOW_BYTES - this.onWay, this.budget.left);
    return room > 0 ? room : 'wait';
  }

  writable(): Promise<void> {
    return this.change.promise;
  }

  write(bytes: Uint8Array): void {
    this.onWay += bytes.length;
    this.budget.take(bytes.length);
    if (this.remote) this.send(bytes, this.remote);
    else this.early.push(bytes);
  }

  attach(remote: RemoteExchange): void {
    this.remote = remote;
    for (const bytes of this.early.splice(0)) this.send(bytes, remote);
  }

  private send(bytes: Uint8Array, remote: RemoteExchange): void {
    const { length } = bytes;
    // A part of a buffer would take the whole of it to the other thread.
    const written = remote.write(length === bytes.buffer.byteLength ? bytes : bytes.slice());
    void written.settled.then(() => {
      this.onWay -= length;
      this.budget.give(length);
      if (written.outcome && 'err' in written.outcome) this.failure = written.outcome.err;
      this.notify();
    });
  }

  /** Takes nothing more. */
  shut(): void {
    this.isClosed = true;
    if (!this.remote) for (const { length } of this.early.splice(0)) this.budget.give(length);
    this.notify();
  }

  private notify(): void {
    this.change.resolve();
    this.change = Promise.withResolvers();
  }
}

/** `wasi:http/types.outgoing-body`. */
export class OutgoingBody {
  private readonly io: Io;
  private readonly output: BodyOutput;
  private stream: OutputStream | undefined;
  private remote: RemoteExchange | undefined;
  private state: 'open' | 'finished' | 'dropped' = 'open';
  private last: readonly FieldEntry[] = [];

  constructor(io: Io, budget: Budget) {
    this.io = io;
    this.output = new BodyOutput(budget);
  }

  get isOpen(): boolean {
    return this.state === 'open';
  }

  write(): OutputStream {
    if (this.stream || !this.isOpen) throw new ComponentError(undefined);
    this.stream = this.io.outputStream(this.output);
    return this.stream;
  }

  static finish(body: OutgoingBody, trailers: Fields | undefined): void {
    body.finish(trailers?.entries() ?? []);
    trailers?.[Symbol.dispose]();
  }

  /** Joins the body to its request, which begins now. */
  attach(remote: RemoteExchange): void {
    this.remote = remote;
    this.output.attach(remote);
    if (this.state === 'finished') this.end(remote);
    if (this.state === 'dropped') remote.cancel();
  }

  private finish(trailers: readonly FieldEntry[]): void {
    this.state = 'finished';
    this.last = trailers;
    if (!this.remote) return;
    this.end(this.remote);
  }

  private end(remote: RemoteExchange): void {
    remote.end(this.last);
    this.output.shut();
  }

  /** The request went away before it was made. */
  abandon(): void {
    this.output.shut();
  }

  /** A body that is dropped before its end would look whole to the server, so that the request is given up. */
  [Symbol.dispose](): void {
    if (!this.isOpen) return;
    this.state = 'dropped';
    this.output.shut();
    this.remote?.cancel();
  }
}

/** The bytes of a response's body. One part is asked for at a time, and the next when that is used up. */
export class BodyInput implements ByteSource {
  private readonly remote: RemoteExchange;
  private asked: Later<Uint8Array | undefined> | undefined;
  private part: Uint8Array | undefined;
  private end: Outcome<undefined> | undefined;

  constructor(remote: RemoteExchange) {
    this.remote = remote;
  }

  read(max: number): Uint8Array | undefined | 'wait' {
    if (!this.isReady()) return 'wait';
    const { part } = this;
    if (part) {
      this.part = part.length > max ? part.subarray(max) : undefined;
      if (!this.part) this.asked = this.remote.read();
      return part.slice(0, max);
    }
    if (this.end && 'err' in this.end) throw failed(this.end.err);
    return undefined;
  }

  isReady(): boolean {
    if (!this.part && !this.end) this.advance();
    return this.part !== undefined || this.end !== undefined;
  }

  readable(): Promise<void> {
    return this.asked?.settled ?? Promise.resolve();
  }

  private advance(): void {
    this.asked ??= this.remote.read();
    const { outcome } = this.asked;
    if (!outcome) return;
    this.asked = undefined;
    if ('ok' in outcome && outcome.ok) this.part = outcome.ok;
    else this.end = 'err' in outcome ? outcome : { ok: undefined };
  }
}
