import type { Component } from '@loophost/component';
import type { Grants } from '@loophost/host';
import type { Stage, Trial } from './stage.ts';

/** What a component is seen to do under a grant, or without it. */
export interface GrantCase {
  /** As grants name it. */
  readonly capability: string;
  /** What of it. */
  readonly subject: string;
  readonly verdict: 'granted' | 'denied';
  readonly guest: () => Promise<Component>;
  readonly grants?: (stage: Stage) => Grants;
  /** On a host that does not have the capability at all. */
  readonly isAbsent?: boolean;
  /** What the component does; not needed where it does not link. */
  readonly does?: (trial: Trial) => Promise<unknown>;
  /** What it gets: a value, or the error value of the interface as `{ error }`; or why it does not link. */
  readonly gets: unknown;
  /** What listeners of the host hear. `ORIGIN` and `TOP` stand for the server and the disk. Default nothing. */
  readonly heard?: readonly string[];
}

/** A problem of a link. */
export interface Refusal {
  readonly code: string;
  readonly import?: string;
  readonly fix: string;
}

/** Imports that need a grant. */
export function missing(fix: string, ...imports: readonly string[]): readonly Refusal[] {
  return imports.map((name) => ({ code: 'E_GRANT_MISSING', import: name, fix }));
}

/** Imports of a capability that the host does not have. */
export function unprovided(...imports: readonly string[]): readonly Refusal[] {
  return imports.map((name) => ({
    code: 'E_IMPORT_UNPROVIDED',
    import: name,
    fix: `add a capability that serves "${name}" to the host`,
  }));
}

/** A grant that is not of its form. */
export function invalid(fix: string): readonly Refusal[] {
  return [{ code: 'E_GRANT_INVALID', fix }];
}
