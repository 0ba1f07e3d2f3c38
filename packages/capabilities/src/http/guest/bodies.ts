import { ComponentError } from '@loophost/component';
import { type ByteSink, type ByteSource, IoFailure } from '../../io/bytes.ts';
import type { Io, OutputStream } from '../../io/io.ts';
import type { ErrorCode } from '../error-code.ts';
import { type FieldEntry, promisedLength } from '../field-rules.ts';
import { Budget, type Fields } from './fields.ts';
import type { Later, Outcome, RemoteExchange } from './remote-exchange.ts';
import type { TypeParts } from './requests.ts';

/** How much of a body may be on its way to the host. */
const WINDOW_BYTES = 65_536;
/** What all bodies of one guest may hold back together. */
export const MAX_BUFFERED_BYTES: number = 4 * 1024 * 1024;

function failed(code: ErrorCode): IoFailure {
  return new IoFailure(`the request failed: ${code.tag}`, { of: 'http', value: code });
}

/** What the bodies of one guest hold back, and when that changes: each may wait for what another gives back. */
export class BodyBudget extends Budget {
  private change = Promise.withResolvers<void>();

  get changed(): Promise<void> {
    return this.change.promise;
  }

  notify(): void {
    this.change.resolve();
    this.change = Promise.withResolvers();
  }
}

/** The bytes of a request's body, on their way from the guest to the host. Those from before the request is made wait here. */
class BodyOutput implements ByteSink {
  /** How much was written. */
  total = 0;
  private readonly budget: BodyBudget;
  private remote: RemoteExchange | undefined;
  private early: Uint8Array[] = [];
  private onWay = 0;
  private failure: ErrorCode | undefined;
  private isClosed = false;
  /** What the guest was told that it may write, which no other body may take meanwhile. */
  private promised = 0;

  constructor(budget: BodyBudget) {
    this.budget = budget;
  }

  capacity(): number | 'wait' | undefined {
    if (this.failure) throw failed(this.failure);
    if (this.isClosed) return undefined;
    const room = Math.min(WINDOW_BYTES - this.onWay, this.budget.left + this.promised);
    return room > 0 ? room : 'wait';
  }

  writable(): Promise<void> {
    return this.budget.changed;
  }

  promise(bytes: number): void {
    this.budget.take(bytes - this.promised);
    this.promised = bytes;
  }

  write(bytes: Uint8Array): void {
    this.promise(0);
    this.total += bytes.length;
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
      this.budget.notify();
    });
  }

  /** Takes nothing more. */
  shut(): void {
    this.isClosed = true;
    this.promise(0);
    if (!this.remote) for (const { length } of this.early.splice(0)) this.budget.give(length);
    this.budget.notify();
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
  private readonly length: number | undefined;

  /** @param headers - Of the request or response that it belongs to. */
  constructor({ io, buffers }: TypeParts, headers: readonly FieldEntry[]) {
    const length = promisedLength(headers);
    this.io = io;
    this.output = new BodyOutput(buffers);
    this.length = length === 'malformed' ? undefined : length;
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
    using _given = trailers;
    body.finish(trailers?.entries() ?? []);
  }

  /** Joins the body to its request, which begins now. */
  attach(remote: RemoteExchange): void {
    this.remote = remote;
    this.output.attach(remote);
    if (this.state === 'finished') this.end(remote);
    if (this.state === 'dropped') remote.cancel();
  }

  private finish(trailers: readonly FieldEntry[]): void {
    const { length, output } = this;
    this.state = 'finished';
    this.last = trailers;
    if (this.remote) this.end(this.remote);
    if (length === undefined || output.total === length) return;
    // The host, which counts as well, ends the request with the same error.
    const code: ErrorCode = { tag: 'HTTP-request-body-size', val: BigInt(output.total) };
    throw new ComponentError(code, code.tag);
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
