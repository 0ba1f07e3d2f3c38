import { GrantFields } from '../grant-fields.ts';
import { CAPABILITY } from './interfaces.ts';
import { parsePattern } from './origin.ts';
import { DEFAULT_HTTP_BOUNDS, type GrantedPattern, type HttpBounds, type HttpPolicy } from './policy.ts';

/** What a component is given under `http`. */
export interface HttpGrant extends Partial<HttpBounds> {
  /**
   * The origins that it may reach: `https://api.example.com`, `https://*.example.com` (all names below, not itself),
   * `http://localhost:8080`, `https://example.com:*` (any port). None: it links, and each request is denied. Private
   * networks are reached by addresses (`http://10.0.0.5`) and local names (`http://printer`, `http://wiki.internal`; also
   * below `local`, `home.arpa` and `test`).
   */
  readonly allow?: readonly string[];
  /**
   * The same, for hosts of yours: these origins may lie in private networks (10/8, 172.16/12, 192.168/16, 100.64/10,
   * fc00::/7) though their names are public. Whoever owns the name can then have requests sent to any machine there.
   * Default none.
   */
  readonly allowPrivate?: readonly string[];
}

export const SHAPE = "http: { allow: ['https://api.example.com'] }";

/** More would make each decision slow, and nobody reads them. */
const MAX_PATTERNS = 1_000;
/** The longest that a timer of JavaScript runs. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Reads a grant.
 *
 * @throws {LoopError} `E_GRANT_INVALID`.
 */
export function policyOf(grant: unknown): HttpPolicy {
  const fields = new GrantFields(CAPABILITY, grant, {
    known: ['allow', 'allowPrivate', ...Object.keys(DEFAULT_HTTP_BOUNDS)],
    shape: SHAPE,
  });
  const bound = (name: keyof HttpBounds): number => fields.count(name, DEFAULT_HTTP_BOUNDS[name]);
  return {
    patterns: fields.has('allowPrivate')
      ? [...(fields.has('allow') ? patternsOf(fields, 'allow') : []), ...patternsOf(fields, 'allowPrivate')]
      : patternsOf(fields, 'allow'),
    timeoutMs: Math.min(bound('timeoutMs'), MAX_TIMEOUT_MS),
    maxRequestBytes: bound('maxRequestBytes'),
    maxResponseBytes: bound('maxResponseBytes'),
    maxConcurrent: bound('maxConcurrent'),
  };
}

function patternsOf(fields: GrantFields, name: 'allow' | 'allowPrivate'): GrantedPattern[] {
  const list = fields.raw(name);
  if (!Array.isArray(list)) throw fields.invalid(`its ${name} is no list of origins`, `write it as \`${SHAPE}\``);
  if (list.length > MAX_PATTERNS)
    throw fields.invalid(
      `its ${name} has ${list.length} origins, and at most ${MAX_PATTERNS} are taken`,
      'use wildcards',
    );
  return Array.from(list, (text: unknown, i) => {
    if (typeof text !== 'string') throw fields.invalid(`its ${name}[${i}] is no text`, `write it as \`${SHAPE}\``);
    const pattern = parsePattern(text);
    if ('why' in pattern) throw fields.invalid(`its ${name}[${i}] ${pattern.why}`, pattern.fix);
    return { ...pattern, mayBePrivate: name === 'allowPrivate' };
  });
}
