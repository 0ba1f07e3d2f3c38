import { config, logging } from '@loophost/capabilities';
import type { Host } from '@loophost/host';
import { createNodeHost, filesystem, http, keyValue, nodeWasi } from '@loophost/node';
import type { Threads } from '@loophost/node/threads';

/**
 * Makes the host that components run on.
 *
 * @param threads - Where guests run, if any is to run in a thread.
 */
export function openHost(threads?: Threads): Host {
  const capabilities = [...nodeWasi(), filesystem(), http(), keyValue(), config(), logging()];
  return createNodeHost({ capabilities, spareThreads: 0, ...(threads && { threads }) });
}
