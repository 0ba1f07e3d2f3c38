import { stdioPart } from '@loophost/capabilities/guest';
import type { GuestPart } from '@loophost/host/guest';
import { openOutput } from './output.ts';

/** Serves the standard streams, also those of this process. */
export const nodeStdioPart: GuestPart = stdioPart(openOutput);
