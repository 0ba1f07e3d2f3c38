import type { Component } from '@loophost/component';
import type { Grants, HostLimits } from '@loophost/host';
import { EXECUTORS } from '../guests.ts';
import { type Call, type Stage, type Trial, WAITS_FROM } from './stage.ts';

/** Whose limits there are: of options, and of grants by the names of their capabilities. */
export type LimitSet = 'compile' | 'link' | 'call' | 'pool' | 'host' | 'stdio' | 'http' | 'keyValue' | 'logging';

/** A limit, a finite guest that reaches it, and what becomes of that guest with the limit and without. */
export interface LimitRow {
  readonly set: LimitSet;
  readonly limit: string;
  /** What reaches it. */
  readonly by: string;
  readonly executors?: readonly (typeof EXECUTORS)[number][];
  /** Under this value the guest is stopped. */
  readonly tight: unknown;
  /** Under this one it finishes. Default the limit's own default. */
  readonly wide?: unknown;
  readonly attempt: (trial: Attempt) => Promise<unknown>;
  /** A code, `{ error }` with the error value of the interface, or what else comes of it. */
  readonly stops: unknown;
  readonly finishes: unknown;
}

export interface Attempt {
  readonly stage: Stage;
  readonly executor: string;
  readonly value: unknown;
}

/** How a component is linked and what it does, for limits that are set when it is. */
interface Work {
  readonly component: () => Promise<Component>;
  readonly grants?: Grants;
  /** Other limits that matter. */
  readonly limits?: Partial<HostLimits>;
  readonly does: (trial: Trial) => Promise<unknown>;
}

/** An attempt with a limit of `host.link`. */
export function linkedWith(
  limit: keyof HostLimits,
  { component, grants = {}, limits, does }: Work,
): LimitRow['attempt'] {
  return async ({ stage, executor, value }) => {
    const all = { ...limits, ...(value !== undefined && { [limit]: value }) };
    return stage.run({ component: await component(), executor, grants, limits: all }, does);
  };
}

/** An attempt with a field of a grant. */
export function grantedWith(
  capability: string,
  field: string,
  { component, grant = () => ({}), does }: Omit<Work, 'grants'> & { readonly grant?: (stage: Stage) => object },
): LimitRow['attempt'] {
  return async ({ stage, executor, value }) => {
    const all = { ...grant(stage), ...(value !== undefined && { [field]: value }) };
    return stage.run({ component: await component(), executor, grants: { [capability]: all } }, does);
  };
}

/** Three calls of the guest `CALLER` at once, each of which waits for the provider; two wait for the first as well. */
export function threeCalls(call: Call): Promise<unknown> {
  return Promise.all(THREE_ANSWERS.map((answer) => call('once', answer)));
}

export const THREE_ANSWERS: readonly number[] = [WAITS_FROM, WAITS_FROM + 1, WAITS_FROM + 2];
