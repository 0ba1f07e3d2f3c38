import { ComponentError } from '@loophost/component';
import type { InputStream, Pollable } from '../../io/io.ts';
import type { ErrorCode } from '../error-code.ts';
import type { FieldEntry } from '../field-rules.ts';
import { BodyInput, type OutgoingBody } from './bodies.ts';
import { FieldList, type Budget, type Fields } from './fields.ts';
import type { Later, RemoteExchange } from './remote-exchange.ts';
import type { TypeParts } from './requests.ts';

/** What responses need besides. */
export interface ResponseParts extends TypeParts {
  readonly fields: Budget;
}

type Result<Ok, Err> = { readonly tag: 'ok'; readonly val: Ok } | { readonly tag: 'err'; readonly val: Err };
/** What a future of `wasi:http` gives: nothing yet, the outcome once, and an error from then on. */
type Taken<T> = Result<Result<T, ErrorCode>, undefined> | undefined;

/** `wasi:http/types.future-incoming-response`. */
export class FutureIncomingResponse {
  private readonly parts: ResponseParts;
  private readonly remote: RemoteExchange;
  private readonly body: OutgoingBody | undefined;
  private isTaken = false;
  private isFlushed = false;

  constructor(parts: ResponseParts, remote: RemoteExchange, body: OutgoingBody | undefined) {
    this.parts = parts;
    this.remote = remote;
    this.body = body;
  }

  subscribe(): Pollable {
    this.flush();
    return pollableOf(this.parts, this.remote.response);
  }

  get(): Taken<IncomingResponse> {
    this.flush();
    const { outcome } = this.remote.response;
    if (!outcome) return undefined;
    if (this.isTaken) return { tag: 'err', val: undefined };
    this.isTaken = true;
    if ('err' in outcome) return { tag: 'ok', val: { tag: 'err', val: outcome.err } };
    const { status, headers } = outcome.ok;
    const response = new IncomingResponse(this.parts, this.remote, {
      status,
      fields: new FieldList(this.parts.fields, headers),
    });
    return { tag: 'ok', val: { tag: 'ok', val: response } };
  }

  /** A guest that asks for the response before it has ended the body may be waiting for it. */
  private flush(): void {
    if (this.isFlushed || !this.body?.isOpen) return;
    this.isFlushed = true;
    this.remote.flush();
  }

  [Symbol.dispose](): void {
    if (!this.isTaken) this.remote.cancel();
  }
}

function pollableOf({ io }: TypeParts, later: Later<unknown>): Pollable {
  return io.pollable({ isReady: () => later.outcome !== undefined, wait: () => later.settled });
}

/** `wasi:http/types.incoming-response`. */
export class IncomingResponse {
  private readonly parts: ResponseParts;
  private readonly remote: RemoteExchange;
  private readonly fields: FieldList;
  private readonly statusCode: number;
  private isConsumed = false;

  constructor(parts: ResponseParts, remote: RemoteExchange, { status, fields }: { status: number; fields: FieldList }) {
    this.parts = parts;
    this.remote = remote;
    this.statusCode = status;
    this.fields = fields.hold();
  }

  status(): number {
    return this.statusCode;
  }

  headers(): Fields {
    return new this.parts.Fields(this.fields, false);
  }

  consume(): IncomingBody {
    if (this.isConsumed) throw new ComponentError(undefined);
    this.isConsumed = true;
    return new IncomingBody(this.parts, this.remote);
  }

  [Symbol.dispose](): void {
    this.fields.release();
    if (!this.isConsumed) this.remote.cancel();
  }
}

/** `wasi:http/types.incoming-body`. */
export class IncomingBody {
  private readonly parts: ResponseParts;
  private readonly remote: RemoteExchange;
  private input: InputStream | undefined;
  private isFinished = false;

  constructor(parts: ResponseParts, remote: RemoteExchange) {
    this.parts = parts;
    this.remote = remote;
  }

  stream(): InputStream {
    if (this.input) throw new ComponentError(undefined);
    this.input = this.parts.io.inputStream(new BodyInput(this.remote));
    return this.input;
  }

  static finish(body: IncomingBody): FutureTrailers {
    body.isFinished = true;
    return new FutureTrailers(body.parts, body.remote);
  }

  [Symbol.dispose](): void {
    if (!this.isFinished) this.remote.cancel();
  }
}

/** `wasi:http/types.future-trailers`. */
export class FutureTrailers {
  private readonly parts: ResponseParts;
  private readonly remote: RemoteExchange;
  private readonly asked: Later<readonly FieldEntry[]>;
  private isTaken = false;

  constructor(parts: ResponseParts, remote: RemoteExchange) {
    this.parts = parts;
    this.remote = remote;
    this.asked = remote.trailers();
  }

  subscribe(): Pollable {
    return pollableOf(this.parts, this.asked);
  }

  get(): Taken<Fields | undefined> {
    const { outcome } = this.asked;
    if (!outcome) return undefined;
    if (this.isTaken) return { tag: 'err', val: undefined };
    this.isTaken = true;
    if ('err' in outcome) return { tag: 'ok', val: { tag: 'err', val: outcome.err } };
    const { Fields: Made, fields } = this.parts;
    const trailers = outcome.ok.length > 0 ? new Made(new FieldList(fields, outcome.ok), false) : undefined;
    return { tag: 'ok', val: { tag: 'ok', val: trailers } };
  }

  [Symbol.dispose](): void {
    this.remote.cancel();
  }
}
