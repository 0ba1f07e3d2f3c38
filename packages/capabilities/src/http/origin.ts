import { formatAddress, parseAddress } from './address.ts';

export type Scheme = 'http' | 'https';

const DEFAULT_PORTS: Readonly<Record<Scheme, number>> = { http: 80, https: 443 };

/** A host, in the one spelling by which it is compared: lower case, no dot at the end, addresses as numbers. */
export interface HostName {
  /** Without brackets. */
  readonly text: string;
  readonly isAddress: boolean;
}

/** Where a request goes. */
export interface Origin {
  readonly scheme: Scheme;
  readonly host: HostName;
  readonly port: number;
}

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const MAX_NAME = 253;
/** Where a name ends so, resolvers take it for an address in a spelling of older days: `0x7f.1`, `2130706433`. */
const NUMBER = /^(?:\d+|0x[0-9a-f]*)$/;

/**
 * Reads a host: a name of ASCII letters, digits, `-` and `_`, an IPv4 address in its usual spelling, or an IPv6 address in
 * brackets. Whatever else programs take for a host is none.
 */
function parseHost(text: string): HostName | undefined {
  if (text.startsWith('[')) {
    const address = text.endsWith(']') && text.includes(':') ? parseAddress(text.slice(1, -1)) : undefined;
    return address && { text: formatAddress(address), isAddress: true };
  }
  if (text.includes(':')) return undefined;
  const address = parseAddress(text);
  if (address) return { text: formatAddress(address), isAddress: true };
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  const labels = name.split('.');
  if (name.length > MAX_NAME || !labels.every((label) => LABEL.test(label))) return undefined;
  return NUMBER.test(labels.at(-1) ?? '') ? undefined : { text: name, isAddress: false };
}

/** Reads a port: decimal, from 1 to 65535, without leading zeros. */
function parsePort(text: string): number | undefined {
  if (!/^[1-9]\d{0,4}$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65_535 ? port : undefined;
}

/** Reads `host` or `host:port`, and nothing else: no user, no spaces, no percent signs. */
export function parseAuthority(text: string, scheme: Scheme): Origin | undefined {
  const [hostText, portText] = splitPort(text);
  const host = parseHost(hostText);
  const port = portText === undefined ? DEFAULT_PORTS[scheme] : parsePort(portText);
  return host && port !== undefined ? { scheme, host, port } : undefined;
}

/** What stands before the port, and the port. */
function splitPort(text: string): readonly [host: string, port: string | undefined] {
  const [, host = '', port] = /^(\[[^\][]*\]|[^:[\]]*)(?::(.*))?$/s.exec(text) ?? [];
  return [host, port];
}

/** Ends of names that stand in nobody's registry, now or later (RFC 6761, 6762, 8375; ICANN keeps `internal` free). */
const LOCAL_ENDS: readonly string[] = ['.local', '.internal', '.home.arpa', '.test'];

/** Tells whether a name can only mean something in the network at hand: one word, or with such an end. */
export function isLocalName({ text, isAddress }: HostName): boolean {
  return !isAddress && (!text.includes('.') || LOCAL_ENDS.some((end) => text.endsWith(end)));
}

/** `host` or `host:port`, as the header `Host` has it. */
export function formatAuthority({ scheme, host, port }: Origin): string {
  const name = host.text.includes(':') ? `[${host.text}]` : host.text;
  return port === DEFAULT_PORTS[scheme] ? name : `${name}:${port}`;
}

export function formatOrigin(origin: Origin): string {
  return `${origin.scheme}://${formatAuthority(origin)}`;
}

/** Origins that a component may reach. */
export interface OriginPattern {
  readonly scheme: Scheme;
  readonly host: HostName;
  /** Whether the host stands for all names below it, itself left out. */
  readonly isWildcard: boolean;
  /** Undefined for any. */
  readonly port: number | undefined;
}

/** Why a text is no pattern. */
export interface PatternProblem {
  readonly why: string;
  readonly fix: string;
}

const SHAPE = 'write it like "https://api.example.com", "https://*.example.com" or "http://localhost:8080"';

/**
 * Reads a pattern: scheme, host and port, where the host may begin with `*.`, for all names below, at any depth, and the
 * port may be `*`. Names in other scripts are turned into their ASCII form.
 */
export function parsePattern(text: string): OriginPattern | PatternProblem {
  const [, schemeText = '', star, rest = ''] = /^([a-z]+):\/\/(\*\.)?(.*)$/is.exec(text) ?? [];
  const scheme = schemeText.toLowerCase();
  if (scheme !== 'http' && scheme !== 'https')
    return { why: 'does not begin with "http://" or "https://"', fix: SHAPE };
  const problem = problemOf(rest);
  if (problem !== undefined) return { why: problem, fix: SHAPE };
  const [hostText, portText] = splitPort(rest);
  const host = parseHost(asciiOf(hostText));
  if (!host) return { why: 'has a host that is neither a name nor an address in its usual spelling', fix: SHAPE };
  if (star !== undefined && host.isAddress)
    return { why: 'has a wildcard before an address', fix: 'list the addresses' };
  const port = portText === undefined ? DEFAULT_PORTS[scheme] : parsePort(portText);
  if (port === undefined && portText !== '*')
    return { why: 'has a port that does not exist', fix: 'use 1 to 65535, or "*"' };
  return { scheme, host, isWildcard: star !== undefined, port };
}

function problemOf(rest: string): string | undefined {
  if (rest.includes('@')) return 'has a user name or password, which origins do not have';
  if (/[/?#\\]/.test(rest)) return 'has a path or query, and whole origins are granted';
  if (/[*]/.test(rest.replace(/:\*$/, ''))) return 'has a "*" somewhere else than before the host or as the port';
  return undefined;
}

/** Only what is not ASCII is left to `URL`: it would also take old spellings of addresses. */
function asciiOf(host: string): string {
  // oxlint-disable-next-line no-control-regex -- the range of ASCII begins with them
  if (/^[\u0000-\u007f]*$/.test(host)) return host;
  try {
    const ascii = new URL(`http://${host}`).hostname;
    return parseHost(ascii)?.isAddress ? '' : ascii;
  } catch {
    return '';
  }
}

/** Tells whether a pattern covers an origin. */
export function covers(pattern: OriginPattern, { scheme, host, port }: Origin): boolean {
  if (pattern.scheme !== scheme || (pattern.port !== undefined && pattern.port !== port)) return false;
  if (!pattern.isWildcard) return pattern.host.text === host.text && pattern.host.isAddress === host.isAddress;
  return !host.isAddress && host.text.endsWith(`.${pattern.host.text}`);
}
