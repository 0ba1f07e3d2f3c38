import type { Settings } from './settings.ts';

/** A project as its build reads it. */
export interface Project {
  readonly folder: string;
  readonly settings: Settings;
  /** Its world, and all packages that it uses, as one document. */
  readonly wit: string;
}

/** A component, and what made it. */
export interface Built {
  readonly bytes: Uint8Array;
  /** Names and versions. */
  readonly tool: string;
}
