import type { Mount } from './policy.ts';

/** Its name, as grants and events have it. */
export const CAPABILITY = 'filesystem';

const VERSION = '0.2.12';
export const TYPES: string = `wasi:filesystem/types@${VERSION}`;
export const PREOPENS: string = `wasi:filesystem/preopens@${VERSION}`;
export const FILESYSTEM_INTERFACES: readonly string[] = [TYPES, PREOPENS];

/** What the guest part of a file system needs to know. */
export interface FilesystemSettings {
  readonly mounts: readonly Mount[];
  /** How many files and directories the guest may have open at once. */
  readonly maxOpenFiles: number;
  /** What the platform adds. */
  readonly platform?: unknown;
}
