import type { GuestPart } from '@loophost/host/guest';

const METHODS = ['getType', 'getFlags', 'stat', 'readViaStream', 'writeViaStream', 'appendViaStream'];

class Descriptor {}
for (const name of METHODS)
  Object.defineProperty(Descriptor.prototype, name, {
    value: (): never => {
      throw new Error('there is no descriptor');
    },
  });

export const guestPart: GuestPart = {
  link: () => ({
    imports: {
      'wasi:filesystem/types@0.2.12': { Descriptor, filesystemErrorCode: () => undefined },
      'wasi:filesystem/preopens@0.2.12': { getDirectories: () => [] },
    },
  }),
};
