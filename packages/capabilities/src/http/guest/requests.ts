import { ComponentError } from '@loophost/component';
import type { Io } from '../../io/io.ts';
import { isToken } from '../field-rules.ts';
import type { RequestHead } from '../request-head.ts';
import { type BodyBudget, OutgoingBody } from './bodies.ts';
import type { Fields, FieldsClass } from './fields.ts';

/** What the classes of one guest need to make others. */
export interface TypeParts {
  readonly io: Io;
  readonly Fields: FieldsClass;
  readonly buffers: BodyBudget;
}

type Method = { readonly tag: string; readonly val?: string };
type SchemeValue = { readonly tag: 'HTTP' | 'HTTPS' } | { readonly tag: 'other'; readonly val: string };

/** An error case of a `result` that says no more than that. */
function refuse(): never {
  throw new ComponentError(undefined);
}

/** What can stand in an authority or path at all (RFC 3986). What of it is allowed is decided by the host. */
const AUTHORITY = /^[A-Za-z0-9\-._~!$&'()*+,;=:@[\]%]*$/;
const PATH = /^[^\s#\u0000-\u001f\u007f-\uffff]*$/; // oxlint-disable-line no-control-regex -- they are what is looked for
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*$/;
/** Of an authority or path, and of a method or scheme, in UTF-16 units. */
const MAX_TEXT = 65_536;
const MAX_WORD = 256;

/** `wasi:http/types.outgoing-request`. */
export class OutgoingRequest {
  private readonly parts: TypeParts;
  private readonly fields: Fields;
  private made: OutgoingBody | undefined;
  private isSent = false;
  private methodValue: Method = { tag: 'get' };
  private schemeValue: SchemeValue | undefined;
  private pathValue: string | undefined;
  private authorityValue: string | undefined;

  constructor(parts: TypeParts, headers: Fields) {
    this.parts = parts;
    this.fields = headers;
  }

  body(): OutgoingBody {
    if (this.made) refuse();
    this.made = new OutgoingBody(this.parts, this.fields.entries());
    return this.made;
  }

  method(): Method {
    return this.methodValue;
  }

  setMethod(method: Method): void {
    const { tag, val = '' } = method;
    if (tag === 'other' && (val.length > MAX_WORD || !isToken(val))) refuse();
    this.methodValue = method;
  }

  pathWithQuery(): string | undefined {
    return this.pathValue;
  }

  setPathWithQuery(path: string | undefined): void {
    if (path !== undefined && (path.length > MAX_TEXT || !PATH.test(path))) refuse();
    this.pathValue = path;
  }

  scheme(): SchemeValue | undefined {
    return this.schemeValue;
  }

  setScheme(scheme: SchemeValue | undefined): void {
    if (scheme?.tag === 'other' && (scheme.val.length > MAX_WORD || !SCHEME.test(scheme.val))) refuse();
    this.schemeValue = scheme;
  }

  authority(): string | undefined {
    return this.authorityValue;
  }

  setAuthority(authority: string | undefined): void {
    if (authority !== undefined && (authority.length > MAX_TEXT || !AUTHORITY.test(authority))) refuse();
    this.authorityValue = authority;
  }

  headers(): Fields {
    return new this.parts.Fields(this.fields.list, false);
  }

  /** What the host is asked to send. Secure, unless the guest says otherwise. */
  head(options: RequestOptions | undefined): RequestHead {
    const { tag, val } = this.methodValue;
    const scheme = this.schemeValue ?? { tag: 'HTTPS' };
    return {
      method: tag === 'other' ? (val ?? '') : tag.toUpperCase(),
      scheme: scheme.tag === 'other' ? scheme.val : scheme.tag,
      authority: this.authorityValue ?? '',
      path: this.pathValue ?? '/',
      headers: this.fields.entries(),
      hasBody: this.made !== undefined,
      ...options?.timeouts,
    };
  }

  /** The request is made: what is left of it belongs to its exchange. */
  take(): OutgoingBody | undefined {
    this.isSent = true;
    this.fields[Symbol.dispose]();
    return this.made;
  }

  [Symbol.dispose](): void {
    if (this.isSent) return;
    this.made?.abandon();
    this.fields[Symbol.dispose]();
  }
}

/** `wasi:http/types.request-options`. Durations are in nanoseconds. */
export class RequestOptions {
  private connect: bigint | undefined;
  private firstByte: bigint | undefined;
  private betweenBytes: bigint | undefined;

  connectTimeout(): bigint | undefined {
    return this.connect;
  }

  setConnectTimeout(duration: bigint | undefined): void {
    this.connect = duration;
  }

  firstByteTimeout(): bigint | undefined {
    return this.firstByte;
  }

  setFirstByteTimeout(duration: bigint | undefined): void {
    this.firstByte = duration;
  }

  betweenBytesTimeout(): bigint | undefined {
    return this.betweenBytes;
  }

  setBetweenBytesTimeout(duration: bigint | undefined): void {
    this.betweenBytes = duration;
  }

  get timeouts(): Pick<RequestHead, 'connectTimeoutMs' | 'firstByteTimeoutMs' | 'betweenBytesTimeoutMs'> {
    return {
      connectTimeoutMs: milliseconds(this.connect),
      firstByteTimeoutMs: milliseconds(this.firstByte),
      betweenBytesTimeoutMs: milliseconds(this.betweenBytes),
    };
  }
}

/** The longest that a timer of JavaScript runs: the request itself is bounded by less. */
const MAX_TIMER_MS = 2 ** 31 - 1;

function milliseconds(duration: bigint | undefined): number | undefined {
  return duration === undefined ? undefined : Math.min(Math.ceil(Number(duration) / 1e6), MAX_TIMER_MS);
}

/** `wasi:http/types.outgoing-response`. Whoever serves no requests can make one, and do nothing with it. */
export class OutgoingResponse {
  private readonly parts: TypeParts;
  private readonly fields: Fields;
  private status = 200;
  private made: OutgoingBody | undefined;

  constructor(parts: TypeParts, headers: Fields) {
    this.parts = parts;
    this.fields = headers;
  }

  statusCode(): number {
    return this.status;
  }

  setStatusCode(status: number): void {
    if (status < 100 || status > 999) refuse();
    this.status = status;
  }

  headers(): Fields {
    return new this.parts.Fields(this.fields.list, false);
  }

  body(): OutgoingBody {
    if (this.made) refuse();
    this.made = new OutgoingBody(this.parts, this.fields.entries());
    return this.made;
  }

  [Symbol.dispose](): void {
    this.made?.abandon();
    this.fields[Symbol.dispose]();
  }
}
