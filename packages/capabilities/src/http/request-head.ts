import {
  type FieldEntry,
  isFieldValue,
  isForbidden,
  isForbiddenTrailer,
  isToken,
  promisedLength,
  sizeOfFields,
} from './field-rules.ts';
import { type ErrorCode, failure, HttpFailure } from './error-code.ts';
import { type Origin, parseAuthority } from './origin.ts';

/** A request as its guest put it together. Plain data. */
export interface RequestHead {
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly headers: readonly FieldEntry[];
  /** Whether a body follows. */
  readonly hasBody: boolean;
  /** Undefined for no other bound than that of the whole request. */
  readonly connectTimeoutMs?: number | undefined;
  readonly firstByteTimeoutMs?: number | undefined;
  readonly betweenBytesTimeoutMs?: number | undefined;
}

/** A request whose every part is well-formed. */
export interface CheckedHead {
  readonly method: string;
  readonly origin: Origin;
  readonly path: string;
  /** Without `content-length`. */
  readonly headers: readonly FieldEntry[];
  /** The length of the body that the guest has promised. */
  readonly contentLength: number | undefined;
}

/** As servers take them: most refuse headers of more, and paths of more than 8 KiB. */
const MAX_HEADER_BYTES = 65_536;
const MAX_PATH = 8_192;
const MAX_METHOD = 64;

/** `CONNECT` would make a tunnel; `TRACE` gives back headers that the guest may not see. */
const FORBIDDEN_METHODS: readonly string[] = ['CONNECT', 'TRACE', 'TRACK'];

/**
 * Checks a request of a guest.
 *
 * @throws {HttpFailure} when it is not well-formed, or of a form that servers and proxies read in different ways.
 */
export function checkHead(head: RequestHead): CheckedHead {
  const method = checkMethod(head.method);
  const scheme = head.scheme.toLowerCase();
  if (scheme !== 'http' && scheme !== 'https') throw failure('HTTP-request-URI-invalid');
  const origin = parseAuthority(head.authority, scheme);
  if (!origin) throw failure('HTTP-request-URI-invalid');
  const path = checkPath(head.path, method);
  const contentLength = promisedLength(head.headers);
  const headers = head.headers.filter(([name]) => name.toLowerCase() !== 'content-length');
  checkFields(headers, isForbidden, 'HTTP-request-header-section-size');
  if (contentLength === 'malformed') throw failure('HTTP-request-denied');
  return { method, origin, path, headers, contentLength };
}

function checkMethod(text: string): string {
  const isFine = text.length <= MAX_METHOD && isToken(text) && !FORBIDDEN_METHODS.includes(text.toUpperCase());
  if (!isFine) throw failure('HTTP-request-method-invalid');
  return text;
}

function checkPath(text: string, method: string): string {
  if (text.length > MAX_PATH) throw failure('HTTP-request-URI-too-long');
  if (text === '*' && method === 'OPTIONS') return text;
  const path = text === '' || text.startsWith('?') ? `/${text}` : text;
  if (!path.startsWith('/') || !/^[!$-[\]-~"]*$/.test(path)) throw failure('HTTP-request-URI-invalid');
  return path;
}

/** @throws {HttpFailure} when trailers are malformed, forbidden, or too many. */
export function checkTrailers(trailers: readonly FieldEntry[]): void {
  checkFields(trailers, isForbiddenTrailer, 'HTTP-request-trailer-section-size');
}

function checkFields(
  entries: readonly FieldEntry[],
  isRefused: (name: string) => boolean,
  tag: 'HTTP-request-header-section-size' | 'HTTP-request-trailer-section-size',
): void {
  if (sizeOfFields(entries) > MAX_HEADER_BYTES) throw new HttpFailure({ tag, val: MAX_HEADER_BYTES } as ErrorCode);
  const isFine = entries.every(([name, value]) => isToken(name) && isFieldValue(value) && !isRefused(name));
  if (!isFine) throw failure('HTTP-request-denied');
}
