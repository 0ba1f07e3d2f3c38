import type { GuestPart } from '@loophost/host/guest';
import { io } from './io.ts';

/** Serves `wasi:io` where the guest runs. */
export const ioPart: GuestPart = { link: (_settings, { waiting }) => ({ imports: io(waiting).imports }) };
