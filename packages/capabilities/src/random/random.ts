import type { Capability } from '@loophost/host';
import { GrantFields } from '../grant-fields.ts';
import type { RandomSettings } from './random-part.ts';

/** What `random` takes. Without a grant a guest gets unpredictable bytes. */
export interface RandomGrant {
  /**
   * Makes every random value follow from this number, for runs that can be repeated: whole, from 0 to 2^64-1. Anyone who
   * knows it knows what the guest takes for secret.
   */
  readonly seed?: number | bigint;
}

const CAPABILITY = 'random';
const MAX_SEED = 2n ** 64n - 1n;

/**
 * `wasi:random/{random,insecure,insecure-seed}`. Needs no grant; one that is no {@link RandomGrant} fails `host.link` with
 * `E_GRANT_INVALID`.
 */
export function random(): Capability {
  return {
    name: CAPABILITY,
    interfaces: ['random', 'insecure', 'insecure-seed'].map((name) => `wasi:random/${name}@0.2.12`),
    configure(grant) {
      const given = grant === undefined || grant === true ? {} : grant;
      const fields = new GrantFields(CAPABILITY, given, { known: ['seed'], shape: '{ seed: 1 }' });
      const settings: RandomSettings = fields.has('seed') ? { seed: seedOf(fields) } : {};
      return { mayWait: false, guestPart: CAPABILITY, prepare: () => ({ settings }) };
    },
  };
}

function seedOf(fields: GrantFields): bigint {
  const value = fields.raw('seed');
  const seed = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof seed === 'bigint' && seed >= 0n && seed <= MAX_SEED) return seed;
  throw fields.invalid('its seed is no whole number from 0 to 2^64-1', 'give a whole number; above 2^53 as a bigint');
}
