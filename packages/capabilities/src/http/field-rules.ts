/** A header or trailer: its name as it was written, and its value in bytes. */
export type FieldEntry = readonly [name: string, value: Uint8Array];

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Tells whether a text is a `token`, as names of fields and methods are (RFC 9110, 5.6.2). */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Tells whether a value cannot end its line, or the header section. */
export function isFieldValue(value: Uint8Array): boolean {
  return value.every((byte) => byte === 9 || (byte >= 32 && byte !== 127));
}

/** What belongs to the connection, which is the host's, or tells where the request goes. */
const FORBIDDEN: ReadonlySet<string> = new Set([
  'connection',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** Tells whether a guest may not set a field. */
export function isForbidden(name: string): boolean {
  const lower = name.toLowerCase();
  return FORBIDDEN.has(lower) || lower.startsWith('proxy-');
}

/** What a trailer cannot say, since the body was read by it already. */
export function isForbiddenTrailer(name: string): boolean {
  return (
    isForbidden(name) || ['content-length', 'content-encoding', 'content-type', 'trailer'].includes(name.toLowerCase())
  );
}

/** What the fields of one request or response may take, in bytes. */
export const MAX_FIELDS_BYTES = 131_072;

/** What fields take: their bytes, and what each costs besides. */
export function sizeOfFields(entries: readonly FieldEntry[]): number {
  return entries.reduce((sum, [name, value]) => sum + name.length + value.length + 32, 0);
}

/** The length that headers promise: nothing when there is none, and `malformed` when two readers could see two. */
export function promisedLength(entries: readonly FieldEntry[]): number | 'malformed' | undefined {
  const [first, second] = entries.filter(([name]) => name.toLowerCase() === 'content-length');
  if (!first) return undefined;
  const text = String.fromCharCode(...first[1].subarray(0, 20));
  return second || !/^\d{1,15}$/.test(text) ? 'malformed' : Number(text);
}
