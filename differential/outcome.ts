import { isDeepStrictEqual } from 'node:util';
import { isComponentError, isLoopError } from '@loophost/component';

/** How a call ended: with a value, with the guest's declared error, refused before the guest was entered, or in a trap. */
export type CallOutcome =
  | { readonly kind: 'returned' | 'failed'; readonly value: unknown }
  | { readonly kind: 'refused' | 'trapped'; readonly why: string };

/** Runs a call of ours. */
export function ourOutcome(call: () => unknown): CallOutcome {
  try {
    return { kind: 'returned', value: call() };
  } catch (error) {
    if (isComponentError(error)) return { kind: 'failed', value: error.payload };
    if (!isLoopError(error)) throw error;
    const isRefused = error.code === 'E_ARGUMENT_MISMATCH' || error.code === 'E_HANDLE_GONE';
    return { kind: isRefused ? 'refused' : 'trapped', why: `${error.code}: ${error.message}` };
  }
}

/** Runs a call of jco's, which throws the payload of a declared error as it is. */
export function jcoOutcome(call: () => unknown): CallOutcome {
  try {
    return { kind: 'returned', value: call() };
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return { kind: 'trapped', why: error.message };
    if (error instanceof Error) return { kind: 'refused', why: `${error.name}: ${error.message}` };
    return { kind: 'failed', value: error };
  }
}

/** Whether two calls ended alike: NaN is NaN, -0 is not 0, and a field that is absent is not one that is undefined. */
export function isAlike(a: CallOutcome, b: CallOutcome): boolean {
  if ('value' in a && 'value' in b) return a.kind === b.kind && isDeepStrictEqual(a.value, b.value);
  return a.kind === b.kind;
}
