import type { Host, HostEvent, Instance } from '@loophost/host';
import { createNodeHost, http, type NodeHttpOptions } from '@loophost/node';
import { io } from '@loophost/capabilities';
import { guest } from '../guests.ts';

/** What the guest `http-client` gives for a request that was answered. */
export interface Reply {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  readonly trailers: readonly (readonly [name: string, value: string])[];
}

/** What it takes. */
export interface Ask {
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  readonly connectTimeout: number;
  readonly firstByteTimeout: number;
  readonly betweenBytesTimeout: number;
}

const PLAIN: Ask = {
  method: 'GET',
  scheme: 'http',
  authority: 'localhost',
  path: '/',
  headers: [],
  body: new Uint8Array(),
  connectTimeout: 0,
  firstByteTimeout: 0,
  betweenBytesTimeout: 0,
};

/** A host with outgoing HTTP, and what it told its listeners. */
export interface Bench {
  readonly host: Host;
  readonly events: readonly HostEvent[];
  /** Starts the guest `http-client` with a grant. */
  client(grant: unknown, executor?: string): Promise<Client>;
}

export function bench(options: NodeHttpOptions = {}): Bench {
  const events: HostEvent[] = [];
  const host = createNodeHost({ capabilities: [io(), http(options)] });
  host.on((event) => events.push(event));
  return {
    host,
    events,
    async client(grant, executor = 'inline') {
      const linked = await host.link(await guest('http-client'), {
        trust: 'trusted',
        executor,
        grants: { http: grant },
      });
      return new Client(await linked.instantiate());
    },
  };
}

const CALLER = 'loop:guests/http-caller@0.1.0';

/** The exports of `http-client`. Errors are their texts. */
export class Client {
  readonly instance: Instance;

  constructor(instance: Instance) {
    this.instance = instance;
  }

  get(url: string, timeoutMs?: number): Promise<Reply> {
    return this.call('get', [url], timeoutMs) as Promise<Reply>;
  }

  post(url: string, body: Uint8Array): Promise<Reply> {
    return this.call('post', [url, body]) as Promise<Reply>;
  }

  send(ask: Partial<Ask>): Promise<Reply> {
    return this.call('send', [{ ...PLAIN, ...ask }]) as Promise<Reply>;
  }

  getMany(url: string, count: number): Promise<string[]> {
    return this.call('get-many', [url, count]) as Promise<string[]>;
  }

  private call(name: string, args: readonly unknown[], timeoutMs = 10_000): Promise<unknown> {
    return this.instance.call(`${CALLER}.${name}`, args, { timeoutMs });
  }
}

/** The error that the guest gave, or a `LoopError`'s code, or `answered STATUS`. */
export async function problemOf(reply: Promise<Reply>): Promise<string> {
  try {
    return `answered ${(await reply).status}`;
  } catch (thrown) {
    const { payload, code } = thrown as { readonly payload?: unknown; readonly code?: string };
    return typeof payload === 'string' ? payload : (code ?? String(thrown));
  }
}

export function textOf({ body }: Reply): string {
  return new TextDecoder().decode(body);
}
