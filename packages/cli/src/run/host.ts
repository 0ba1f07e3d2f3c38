import type { Host } from '@loophost/host';
import type { Threads } from '@loophost/node/threads';

/**
 * Makes the host that components run on. Loaded now, since most mistakes on a command line need none.
 *
 * @param threads - Where guests run, if any is to run in a thread.
 */
export async function openHost(threads?: Threads): Promise<Host> {
  const [{ config, logging }, { createNodeHost, filesystem, http, keyValue, nodeWasi }] = await Promise.all([
    import('@loophost/capabilities'),
    import('@loophost/node'),
  ]);
  const capabilities = [...nodeWasi(), filesystem(), http(), keyValue(), config(), logging()];
  return createNodeHost({ capabilities, spareThreads: 0, ...(threads && { threads }) });
}
