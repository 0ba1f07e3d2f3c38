import { misfit } from '../abi/codec.ts';
import { argumentMismatch } from '../errors.ts';

const SUSPENDING = Symbol.for('@loophost/suspending');

/**
 * Marks a function that serves an import as one that may wait: it can return a promise, and the guest is suspended
 * until that settles. Every export that can reach the import then gives a promise. Needs JavaScript Promise Integration.
 *
 * @throws {LoopError} `E_ARGUMENT_MISMATCH` when given no function.
 * @example
 * component.link({ 'acme:app/net': { fetchText: suspending(async (url) => (await fetch(url)).text()) } })
 */
export function suspending<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => Awaited<R> {
  if (typeof fn !== 'function') throw argumentMismatch({ function: 'suspending' }, misfit('a function', fn).why);
  const marked = function (this: unknown, ...args: A): unknown {
    return fn.apply(this, args);
  };
  markSuspending(marked);
  Object.defineProperty(marked, 'name', { value: fn.name });
  return marked as (...args: A) => Awaited<R>;
}

export function markSuspending(fn: object): void {
  Object.defineProperty(fn, SUSPENDING, { value: true, configurable: true });
}

export function isSuspending(fn: unknown): boolean {
  return typeof fn === 'function' && (fn as unknown as Record<symbol, unknown>)[SUSPENDING] === true;
}
