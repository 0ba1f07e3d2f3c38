import type { Component } from '@loophost/component';
import type { Capability, Grants, Host, HostEvent, HostLimits, Instance } from '@loophost/host';
import { createNodeHost, nodeWasi } from '@loophost/node';

/** Nothing to open, for guests whose language wants to know. */
function noFiles(): Capability {
  return {
    name: 'filesystem',
    interfaces: ['wasi:filesystem/types@0.2.12', 'wasi:filesystem/preopens@0.2.12'],
    configure: () => ({
      mayWait: false,
      guestPart: new URL('no-files.ts', import.meta.url).href,
      prepare: () => ({ settings: undefined }),
    }),
  };
}

export interface Started extends AsyncDisposable {
  readonly host: Host;
  readonly instance: Instance;
  readonly events: readonly HostEvent[];
  text(stream: 'stdout' | 'stderr'): string;
}

export interface StartOptions {
  readonly executor: string;
  readonly grants?: Grants;
  readonly limits?: Partial<HostLimits>;
}

/** Starts a guest on a host of its own, and listens to it. */
export async function start(
  component: Component,
  { executor, grants = {}, limits = {} }: StartOptions,
): Promise<Started> {
  const host = createNodeHost({ capabilities: [...nodeWasi(), noFiles()], spareThreads: 0 });
  const events: HostEvent[] = [];
  host.on((event) => events.push(event));
  try {
    const linked = await host.link(component, { name: 'probe', trust: 'trusted', executor, grants, limits });
    const instance = await linked.instantiate();
    return {
      host,
      instance,
      events,
      text: (stream) => textOf(events, stream),
      [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
    };
  } catch (thrown) {
    await host[Symbol.asyncDispose]();
    throw thrown;
  }
}

function textOf(events: readonly HostEvent[], stream: 'stdout' | 'stderr'): string {
  const parts = events.flatMap((event) => (event.kind === 'output' && event.stream === stream ? [event.bytes] : []));
  return Buffer.concat(parts).toString();
}
