import type { Capability } from '@loophost/host';
import { GrantFields } from '../grant-fields.ts';
import type { ClocksSettings } from './clocks-part.ts';

/** What `clocks` takes. Without a grant a guest has the real clocks. */
export interface ClocksGrant {
  /**
   * Stops the clocks, for runs that can be repeated: a time, or milliseconds since 1970. They stand still, but for one
   * thing: a guest that waits finds them at the end of its wait. The wait itself takes its real time.
   */
  readonly now?: Date | number;
}

const CAPABILITY = 'clocks';
/** The last time that JavaScript knows. */
const MAX_TIME_MS = 8_640_000_000_000_000;

/**
 * `wasi:clocks/{wall-clock,monotonic-clock}`. Needs no grant; one that is no {@link ClocksGrant} fails `host.link` with
 * `E_GRANT_INVALID`.
 */
export function clocks(): Capability {
  return {
    name: CAPABILITY,
    interfaces: ['wasi:clocks/wall-clock@0.2.12', 'wasi:clocks/monotonic-clock@0.2.12'],
    configure(grant) {
      const given = grant === undefined || grant === true ? {} : grant;
      const fields = new GrantFields(CAPABILITY, given, { known: ['now'], shape: '{ now: new Date(…) }' });
      const settings: ClocksSettings = fields.has('now') ? { fixedMs: timeOf(fields) } : {};
      return { mayWait: false, guestPart: CAPABILITY, prepare: () => ({ settings }) };
    },
  };
}

function timeOf(fields: GrantFields): number {
  const value = fields.raw('now');
  const timeMs = value instanceof Date ? value.getTime() : value;
  if (typeof timeMs === 'number' && timeMs >= 0 && timeMs <= MAX_TIME_MS) return timeMs;
  throw fields.invalid('its now is no time after 1970', 'give a Date, or milliseconds since 1970');
}
