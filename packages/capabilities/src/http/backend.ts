import type { PlatformSignal } from '@loophost/host';
import type { FieldEntry } from './field-rules.ts';
import type { Origin } from './origin.ts';

/** How a body is framed: none at all, so many bytes, or in chunks until it ends. */
export type Framing = 'none' | 'chunked' | number;

/** A request that was allowed, fit to be sent as it is. */
export interface AllowedRequest {
  readonly method: string;
  readonly origin: Origin;
  /** The only addresses that may be connected to. */
  readonly addresses: readonly string[];
  /** Begins with a slash, or is `*`. Without spaces and control characters. */
  readonly path: string;
  /** Without those that tell of host, connection and framing. */
  readonly headers: readonly FieldEntry[];
  readonly framing: Framing;
}

export interface ResponseHead {
  readonly status: number;
  readonly headers: readonly FieldEntry[];
}

/** A request that is being sent, and its response. Everything fails with an `HttpFailure`, or when it is destroyed. */
export interface Transfer {
  /** Settles when the connection is there, encrypted where it has to be. */
  readonly connected: Promise<unknown>;
  readonly response: Promise<ResponseHead>;
  /** Settles when more can be taken. One at a time. */
  write(bytes: Uint8Array): Promise<void>;
  /** Settles when everything is handed to the system. */
  end(trailers: readonly FieldEntry[]): Promise<void>;
  /** Gives the next bytes of the response's body, some 64 KiB at most; undefined at its end. After `response`; one at a time. */
  read(): Promise<Uint8Array | undefined>;
  /** After the end. */
  trailers(): readonly FieldEntry[];
  /** Closes the connection. */
  destroy(): void;
}

/** Who waits for a look-up. */
export interface Asker {
  /** The same for all requests of one guest. */
  readonly guest: object;
  /** Aborts when nobody waits any more. */
  readonly signal: PlatformSignal;
}

/** How requests leave the machine. It decides nothing: what it is given was allowed. */
export interface HttpBackend {
  /**
   * Looks a name up. Settles when nothing of it is under way any more.
   *
   * @throws {HttpFailure}
   */
  resolve(name: string, asker: Asker): Promise<readonly string[]>;
  /** Begins a request: on a connection of its own, past any proxy, to one of its addresses and nowhere else. */
  open(request: AllowedRequest): Transfer;
}
