import { config, logging } from '@loophost/capabilities';
import { checkOptions, type OptionKind, RECORD } from '@loophost/component';
import { type Capability, checkCapabilities, createHost, type Host, inlineExecutor, LiveCounter } from '@loophost/host';
import { filesystem } from './files/filesystem.ts';
import { guestParts } from './guest-parts.ts';
import { http } from './http/http.ts';
import { nodeWasi } from './stdio/stdio.ts';
import { keyValue } from './store/key-value.ts';
import { ThreadExecutor, type ThreadOptions } from './thread/executor.ts';
import { MAX_SPARE_THREADS, MIN_HEAP_BYTES, type Threads } from './thread/threads.ts';

/** What a host in Node is made from. */
export interface NodeHostOptions extends ThreadOptions {
  /**
   * What components can be given besides {@link standardCapabilities}, and instead of those of them that serve the same
   * interfaces. Default none.
   */
  readonly capabilities?: readonly Capability[];
}

const OPTIONS: Readonly<Record<string, OptionKind>> = {
  capabilities: ['an array of capabilities', (value) => Array.isArray(value)],
  spareThreads: [
    `a whole number from 0 to ${MAX_SPARE_THREADS}`,
    (value) => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= MAX_SPARE_THREADS,
  ],
  maxHeapBytes: [
    `a whole number from ${MIN_HEAP_BYTES}`,
    (value) => Number.isSafeInteger(value) && Number(value) >= MIN_HEAP_BYTES,
  ],
  // They may be of a second copy of this package.
  threads: ['Threads that no other host has', (value) => RECORD[1](value) && (value as Threads).isTaken === false],
};

/**
 * Makes a host that runs each component in a worker thread of its own, or in the caller's (`executor: 'inline'`, trusted
 * components only). Dispose of it to end all threads.
 *
 * @example
 * await using host = createNodeHost();
 * const linked = await host.link(await compile(bytes), { name: 'greeter', grants: { http: { allow: ['https://example.com'] } } });
 * await using instance = await linked.instantiate();
 * await instance.call('greet', ['Ada'], { timeoutMs: 200 });
 *
 * @throws {LoopError} `E_OPTION_INVALID`.
 */
export function createNodeHost(options: NodeHostOptions = {}): Host {
  checkOptions('create host', ['', { options }, { options: RECORD }], ['options.', options, OPTIONS]);
  const { capabilities: given = [], ...threads } = options;
  const capabilities = [...given, ...standardCapabilities()];
  // Before the host takes threads that were given to it: nobody would end them.
  checkCapabilities(capabilities);
  const live = new LiveCounter();
  const executors = [new ThreadExecutor(live, threads), inlineExecutor(guestParts)];
  return createHost({ capabilities, executors, guestParts, live });
}

/** Everything that a host in Node can grant: WASI 0.2, files, HTTP, key-value stores, configuration, logging. */
export function standardCapabilities(): readonly Capability[] {
  return [...nodeWasi(), filesystem(), http(), keyValue(), config(), logging()];
}
