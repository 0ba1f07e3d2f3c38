import type { GuestPart } from '@loophost/host/guest';

/** Serves the interface that its settings name: `f` tells the host `note`, and gives 1. */
export const guestPart: GuestPart = {
  link: (settings, realm) => {
    const f = (): number => {
      realm.tell('note');
      return 1;
    };
    return { imports: { [settings as string]: { f } } };
  },
};
