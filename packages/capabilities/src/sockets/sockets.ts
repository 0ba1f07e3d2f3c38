import { type Capability, grantInvalid } from '@loophost/host';

const CAPABILITY = 'sockets';
const INTERFACES = [
  'network',
  'instance-network',
  'tcp',
  'tcp-create-socket',
  'udp',
  'udp-create-socket',
  'ip-name-lookup',
];

/**
 * `wasi:sockets`: served, so that language runtimes that import them start, and every use of them refused with
 * `access-denied`. No grant allows any; outgoing requests have a capability of their own, `http`.
 */
export function sockets(): Capability {
  return {
    name: CAPABILITY,
    interfaces: INTERFACES.map((name) => `wasi:sockets/${name}@0.2.12`),
    configure(grant) {
      if (grant !== undefined)
        throw grantInvalid({
          capability: CAPABILITY,
          why: 'this host gives no sockets',
          fix: 'leave it out; grant `http` for requests',
        });
      return { mayWait: false, guestPart: CAPABILITY, prepare: () => ({ settings: undefined }) };
    },
  };
}
