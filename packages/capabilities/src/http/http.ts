import type { Capability, Denial } from '@loophost/host';
import type { HttpBackend } from './backend.ts';
import { Exchanges } from './exchanges.ts';
import { type HttpGrant, policyOf, SHAPE } from './grant.ts';
import { CAPABILITY, HTTP_INTERFACES, OUTGOING_HANDLER } from './interfaces.ts';
import { type HttpPolicy } from './policy.ts';

/** What outgoing HTTP is made from. */
export interface HttpOptions {
  readonly backend: HttpBackend;
}

/** What nobody can send a request with. */
const NOTHING: HttpGrant = { allow: [] };

/**
 * Serves outgoing `wasi:http`, to the origins that a component is granted ({@link HttpGrant}; bounds that a grant leaves
 * out are {@link DEFAULT_HTTP_BOUNDS}). Without a grant, a component that imports `outgoing-handler` does not link; `types`
 * alone is served. Redirects are not followed: the guest does that, and each is a request that is decided anew.
 *
 * A grant that is not of this form fails `host.link` with `E_GRANT_INVALID`.
 *
 * Every request is decided twice, and reported once: its origin before the name is looked up, and the addresses that the
 * name stands for, which are the only ones then connected to. Requests run where the host runs, each on a connection of
 * its own that ends with the guest.
 */
export function http({ backend }: HttpOptions): Capability {
  return {
    name: CAPABILITY,
    interfaces: HTTP_INTERFACES,
    configure(grant) {
      const policy: HttpPolicy = policyOf(grant === undefined ? NOTHING : grant);
      const isGranted = grant !== undefined;
      return {
        mayWait: isGranted,
        guestPart: CAPABILITY,
        denial: (wanted): Denial | undefined =>
          isGranted || !wanted.startsWith(OUTGOING_HANDLER)
            ? undefined
            : { reason: 'it is not granted', fix: `grant it with \`${SHAPE}\`` },
        prepare(context) {
          const exchanges = new Exchanges(policy, backend, context);
          return {
            settings: {},
            operations: exchanges.operations,
            [Symbol.dispose]: () => exchanges[Symbol.dispose](),
          };
        },
      };
    },
  };
}
