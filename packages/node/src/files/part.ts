import { filesystemPart } from '@loophost/capabilities/guest';
import type { GuestPart } from '@loophost/host/guest';
import { linuxBackend } from './linux.ts';
import { portableBackend } from './portable.ts';

/** The guest part of `wasi:filesystem` in Node. */
export const filePart: GuestPart = filesystemPart(() =>
  process.platform === 'linux' ? linuxBackend() : portableBackend(),
);
