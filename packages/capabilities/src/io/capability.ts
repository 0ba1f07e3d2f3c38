import { type Capability, grantInvalid } from '@loophost/host';

const CAPABILITY = 'io';

/** `wasi:io`: the streams and pollables that other capabilities make. Needs no grant: alone it reaches nothing. */
export function io(): Capability {
  return {
    name: CAPABILITY,
    interfaces: ['wasi:io/error@0.2.12', 'wasi:io/poll@0.2.12', 'wasi:io/streams@0.2.12'],
    configure(grant) {
      if (grant !== undefined && grant !== true)
        throw grantInvalid({
          capability: CAPABILITY,
          why: 'it takes no options',
          fix: 'leave it out: it is always served',
        });
      return { mayWait: false, guestPart: CAPABILITY, prepare: () => ({ settings: undefined }) };
    },
  };
}
