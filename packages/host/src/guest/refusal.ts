import { isLoopError } from '@loophost/component';

/**
 * Tells whether a call was refused because another one had trapped. That one's error says why the guest ends, though it
 * may come a little later: the engine first refuses what waits.
 */
export function isRefusal(thrown: unknown): boolean {
  return isLoopError(thrown) && thrown.code === 'E_INSTANCE_TRAPPED';
}
