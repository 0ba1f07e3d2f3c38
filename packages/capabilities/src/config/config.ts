import type { Capability, Denial } from '@loophost/host';
import { GrantFields } from '../grant-fields.ts';
import { CONFIG_INTERFACES, type ConfigSettings } from './interfaces.ts';

const SHAPE = "config: { key: 'value' }";

/**
 * Serves `wasi:config`: the texts that a component is granted under `config`, which never change while it runs. All of
 * them can be read, so grant no more than the component needs. Without a grant, a component that imports it does not
 * link; `config: {}` serves it empty.
 *
 * It runs in the guest's thread and never waits, so start functions may call it. The first read of each key is reported.
 *
 * @example
 * host.link(component, { grants: { config: { greeting: 'Hello' } } })
 */
export function config(): Capability {
  return {
    name: 'config',
    interfaces: CONFIG_INTERFACES,
    configure(grant) {
      const settings: ConfigSettings = { entries: grant === undefined ? [] : entriesOf(grant) };
      return {
        mayWait: false,
        guestPart: 'config',
        prepare: () => ({ settings }),
        ...(grant === undefined && {
          denial: (): Denial => ({ reason: 'it is not granted', fix: `grant it with \`${SHAPE}\`` }),
        }),
      };
    },
  };
}

function entriesOf(grant: unknown): ConfigSettings['entries'] {
  const fields = new GrantFields('config', grant, { shape: SHAPE });
  return fields.names.flatMap((key) => {
    const value = fields.text(key);
    return value === undefined ? [] : [[key, value] as const];
  });
}
