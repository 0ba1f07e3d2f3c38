import { GrantFields } from '../grant-fields.ts';
import { type OriginPattern, parsePattern } from './origin.ts';
import { DEFAULT_HTTP_BOUNDS, type HttpBounds, type HttpPolicy } from './policy.ts';

/** What a component is given under `http`. */
export interface HttpGrant extends Partial<HttpBounds> {
  /**
   * The origins that it may reach: `https://api.example.com`, `https://*.example.com` (all names below, not itself),
   * `http://localhost:8080`, `https://example.com:*` (any port). None: it links, and each request is denied.
   */
  readonly allow: readonly string[];
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
  const fields = new GrantFields('http', grant, {
    known: ['allow', ...Object.keys(DEFAULT_HTTP_BOUNDS)],
    shape: SHAPE,
  });
  const bound = (name: keyof HttpBounds): number => fields.count(name, DEFAULT_HTTP_BOUNDS[name]);
  return {
    patterns: patternsOf(fields),
    timeoutMs: Math.min(bound('timeoutMs'), MAX_TIMEOUT_MS),
    maxRequestBytes: bound('maxRequestBytes'),
    maxResponseBytes: bound('maxResponseBytes'),
    maxConcurrent: bound('maxConcurrent'),
  };
}

function patternsOf(fields: GrantFields): OriginPattern[] {
  const list = fields.raw('allow');
  if (!Array.isArray(list)) throw fields.invalid('its allow is no list of origins', `write it as \`${SHAPE}\``);
  if (list.length > MAX_PATTERNS)
    throw fields.invalid(
      `its allow has ${list.length} origins, and at most ${MAX_PATTERNS} are taken`,
      'use wildcards',
    );
  return list.map((text: unknown, i) => {
    if (typeof text !== 'string') throw fields.invalid(`its allow[${i}] is no text`, `write it as \`${SHAPE}\``);
    const pattern = parsePattern(text);
    if ('why' in pattern) throw fields.invalid(`its allow[${i}] ${pattern.why}`, pattern.fix);
    return pattern;
  });
}
