import type { GuestPart } from '@loophost/host/guest';

/** Serves the interface that its settings name. */
export const guestPart: GuestPart = {
  link: (settings) => ({ imports: { [settings as string]: { f: () => 1 } } }),
};
