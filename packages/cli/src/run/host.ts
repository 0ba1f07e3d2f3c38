import type { Host } from '@loophost/host';

/**
 * Makes the host that components run on. Loaded now, since most mistakes on a command line need none.
 *
 * @param threads - How many guests are to come: their threads start while the component is read and compiled.
 */
export async function openHost(threads: 0 | 1): Promise<Host> {
  const [{ config, logging }, { createNodeHost, filesystem, http, keyValue, nodeWasi }] = await Promise.all([
    import('@loophost/capabilities'),
    import('@loophost/node'),
  ]);
  const capabilities = [...nodeWasi(), filesystem(), http(), keyValue(), config(), logging()];
  return createNodeHost({ capabilities, spareThreads: 0, threadsAhead: threads });
}
