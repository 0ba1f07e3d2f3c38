import { isLoopError } from '@loophost/component';
import type { Mutation } from './mutation/mutate.ts';

/** How one case ended. */
export interface End {
  /** `ok`, the code of a LoopError, or for components that also ran, `run:` and what that ended in. */
  readonly code: string;
  /** The component compiled, or the text was a value. */
  readonly isAccepted: boolean;
  readonly hasRun: boolean;
  readonly mutations: readonly Mutation[];
  /** What must never happen, in words. */
  readonly violation?: string;
}

/** The code that an error carries. One without is a violation, as is one that says that the engine has a bug. */
export function failure(error: unknown): Pick<End, 'code' | 'violation'> {
  if (isLoopError(error) && error.code !== 'E_BUG') return { code: error.code };
  return {
    code: isLoopError(error) ? error.code : 'uncoded',
    violation: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}
