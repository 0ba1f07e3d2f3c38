import { allow, type Decision, deny } from '@loophost/host';
import { CAPABILITY } from './interfaces.ts';
import { type AddressClass, classify, formatAddress, parseAddress } from './address.ts';
import { covers, formatOrigin, isLocalName, type Origin, type OriginPattern } from './origin.ts';

/** What one component may reach, and how much of it. */
export interface HttpPolicy extends HttpBounds {
  readonly patterns: readonly GrantedPattern[];
}

/** Origins of a grant. */
export interface GrantedPattern extends OriginPattern {
  /** Whether they may lie in private networks, whatever their names are. */
  readonly mayBePrivate: boolean;
}

/** Bounds on the requests of one guest. */
export interface HttpBounds {
  /** How long a request may take, from its start to the end of the response's body, in milliseconds. */
  readonly timeoutMs: number;
  /** Size of a request's body, in bytes. */
  readonly maxRequestBytes: number;
  /** Size of a response's body as it is transferred, in bytes. */
  readonly maxResponseBytes: number;
  /** Requests that one guest may have open at once. */
  readonly maxConcurrent: number;
}

/** 30 s: what proxies wait. 16 MiB each way: a document, no disk image. 16 at once: more than browsers open to a host. */
export const DEFAULT_HTTP_BOUNDS: HttpBounds = {
  timeoutMs: 30_000,
  maxRequestBytes: 16_777_216,
  maxResponseBytes: 16_777_216,
  maxConcurrent: 16,
};

/** One request, before its host is looked up, and again when its addresses are known. */
export interface HttpRequest {
  readonly method: string;
  readonly origin: Origin;
  /** What the host was resolved to. All of them are checked, and no others are connected to. */
  readonly addresses?: readonly string[];
}

/**
 * Decides on one request. The origin must be granted, and an address that is not public must be meant by the grant: who
 * owns a public name decides what it stands for, and could have it stand for a machine of yours. So private networks are
 * reached by their addresses, by names that nobody can own, and by what stands under `allowPrivate`; loopback by
 * `localhost` or its address; everything else by the address alone.
 */
export function decide(
  { patterns }: Pick<HttpPolicy, 'patterns'>,
  { method, origin, addresses }: HttpRequest,
): Decision {
  const name = formatOrigin(origin);
  const request = `${method} ${name}`;
  const found = patterns.filter((pattern) => covers(pattern, origin));
  if (found.length === 0) return deny(CAPABILITY, request, 'not-granted', `add "${name}" to http.allow`);
  if (addresses?.length === 0) return deny(CAPABILITY, request, 'no-address');
  for (const text of addresses ?? []) {
    const address = parseAddress(text);
    if (!address) return deny(CAPABILITY, request, 'no-address');
    if (origin.host.isAddress && formatAddress(address) !== origin.host.text)
      return deny(CAPABILITY, request, 'other-address');
    const of = classify(address);
    if (!found.some((pattern) => reaches(pattern, of)))
      return deny(CAPABILITY, request, `${of}-address`, fixFor(of, origin));
  }
  return allow(CAPABILITY, request);
}

/** Tells whether a pattern that covers an origin also covers the class of its address. */
function reaches({ host, isWildcard, mayBePrivate }: GrantedPattern, of: AddressClass): boolean {
  if (host.isAddress) return true;
  const isPrivate = of === 'private' || of === 'shared';
  if (mayBePrivate && isPrivate) return true;
  if (isWildcard) return of === 'public';
  if (host.text === 'localhost' || host.text.endsWith('.localhost')) return of === 'loopback';
  return of === 'public' || (isPrivate && isLocalName(host));
}

function fixFor(of: AddressClass, origin: Origin): string | undefined {
  switch (of) {
    case 'private':
    case 'shared':
      return `if that host is yours, add "${formatOrigin(origin)}" to http.allowPrivate`;
    case 'public':
      return undefined;
    default:
      return 'if it must be reached, name its address in http.allow and have the guest use that';
  }
}
