import type { Capability, Denial } from '@loophost/host';
import { GrantFields } from '../grant-fields.ts';
import { CAPABILITY, CONFIG_INTERFACES, type ConfigSettings } from './interfaces.ts';

const SHAPE = "config: { key: 'value' }";

/**
 * Serves `wasi:config`: the texts that a component is granted under `config`, which never change while it runs. All of
 * them can be read, so grant no more than the component needs. Without a grant, a component that imports it does not
 * link; `config: {}` serves it empty.
 *
 * A grant that is no record of texts fails `host.link` with `E_GRANT_INVALID`.
 *
 * It runs in the guest's thread and never waits, so start functions may call it. The first read of each key is reported.
 *
 * @example
 * host.link(component, { grants: { config: { greeting: 'Hello' } } })
 */
export function config(): Capability {
  return {
    name: CAPABILITY,
    interfaces: CONFIG_INTERFACES,
    configure(grant) {
      const settings: ConfigSettings = { entries: grant === undefined ? [] : entriesOf(grant) };
      return {
        mayWait: false,
        guestPart: CAPABILITY,
        prepare: () => ({ settings }),
        ...(grant === undefined && {
          denial: (): Denial => ({ reason: 'it is not granted', fix: `grant it with \`${SHAPE}\`` }),
        }),
      };
    },
  };
}

function entriesOf(grant: unknown): ConfigSettings['entries'] {
  return new GrantFields(CAPABILITY, grant, { shape: SHAPE }).texts();
}
