import type { EventEmitter } from 'node:events';
import type * as http from 'node:http';
import type * as https from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { LookupFunction, Socket } from 'node:net';
import {
  type AllowedRequest,
  type FieldEntry,
  formatAuthority,
  HttpFailure,
  httpFailure,
  normalizeAddress,
  type ResponseHead,
  type Transfer,
} from '@loophost/capabilities';
import { failureOf } from './failures.ts';

/** As much of a response's head as is read. */
const MAX_HEAD_BYTES = 65_536;
/** Answers that only tell that the answer comes later (1xx): more than any server sends. */
const MAX_EARLY_ANSWERS = 10;
/** Methods that Node sends without a body when it is told nothing else. */
const BODILESS: readonly string[] = ['GET', 'HEAD', 'DELETE', 'OPTIONS'];

/** One request on a connection of its own. */
export class NodeTransfer implements Transfer {
  readonly connected: Promise<void>;
  readonly response: Promise<ResponseHead>;
  private readonly request: http.ClientRequest;
  private incoming: http.IncomingMessage | undefined;
  /** Why nothing more can be sent. */
  private problem: HttpFailure | undefined;
  /** Why nothing more comes. */
  private breakage: HttpFailure | undefined;

  constructor(allowed: AllowedRequest, ca: readonly string[] | undefined) {
    const request = start(allowed, ca);
    const connecting = Promise.withResolvers<void>();
    const answering = Promise.withResolvers<ResponseHead>();
    this.request = request;
    this.connected = connecting.promise;
    this.response = answering.promise;
    this.connected.catch(() => undefined);
    this.response.catch(() => undefined);
    const end = (thrown: unknown): void => {
      this.problem ??= failureOf(thrown);
      connecting.reject(this.problem);
      answering.reject(this.problem);
    };
    request.once('socket', (socket) => this.watch(socket, allowed, connecting.resolve));
    request.on('error', end);
    request.once('upgrade', (_response, socket) => {
      end(httpFailure('HTTP-upgrade-failed'));
      socket.destroy();
    });
    // Those that are left out would be left out silently. How much a head takes is bounded without that.
    request.maxHeadersCount = 0;
    let early = 0;
    request.on('information', () => {
      if (++early > MAX_EARLY_ANSWERS) request.destroy(httpFailure('HTTP-protocol-error'));
    });
    request.once('response', (incoming) => {
      this.incoming = incoming;
      // Whoever reads next hears of it.
      incoming.on('error', (thrown) => (this.breakage ??= incompleteOf(thrown)));
      answering.resolve({ status: incoming.statusCode ?? 0, headers: entriesOf(incoming.rawHeaders) });
    });
    request.once('close', () => end(httpFailure('connection-terminated')));
  }

  /** The addresses were checked: that the connection is to one of them is made sure of once more. */
  private watch(socket: Socket, { addresses, origin }: AllowedRequest, onConnect: () => void): void {
    const allowed = addresses.map(normalizeAddress);
    const check = (): void => {
      if (!allowed.includes(normalizeAddress(socket.remoteAddress ?? '')))
        this.request.destroy(httpFailure('destination-IP-prohibited'));
      else if (origin.scheme === 'http' || (socket as TLSSocket).authorized) onConnect();
    };
    socket.once('connect', check);
    socket.once('secureConnect', check);
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.request.destroyed) return this.refuseUnlessAnswered();
    if (this.request.write(bytes)) return;
    await firstOf(this.request, ['drain', 'close']);
    if (this.request.destroyed) this.refuseUnlessAnswered();
  }

  async end(trailers: readonly FieldEntry[]): Promise<void> {
    if (this.request.destroyed) return this.refuseUnlessAnswered();
    if (trailers.length > 0)
      this.request.addTrailers(trailers.map(([name, value]): [string, string] => [name, latin1(value)]));
    this.request.end();
    if (!this.request.writableFinished) await firstOf(this.request, ['finish', 'close']);
  }

  /** A server may answer and close before it has read everything. Its answer counts, not that it did not read. */
  private refuseUnlessAnswered(): void {
    if (!this.incoming) throw this.problem ?? httpFailure('connection-terminated');
  }

  async read(): Promise<Uint8Array | undefined> {
    const incoming = await this.response.then(() => this.incoming);
    if (!incoming) return undefined;
    for (;;) {
      const part = incoming.read() as Buffer | null;
      if (part) return new Uint8Array(part);
      if (incoming.readableEnded) return undefined;
      if (incoming.errored || incoming.destroyed) throw this.breakage ?? httpFailure('HTTP-response-incomplete');
      await firstOf(incoming, ['readable', 'end', 'error', 'close']);
    }
  }

  trailers(): readonly FieldEntry[] {
    return entriesOf(this.incoming?.rawTrailers ?? []);
  }

  destroy(): void {
    this.request.destroy();
  }
}

function start(
  { method, origin, addresses, path, headers, framing }: AllowedRequest,
  ca?: readonly string[],
): http.ClientRequest {
  const { scheme, host, port } = origin;
  const isSecure = scheme === 'https';
  // Loaded with the first request: they take longer to load than everything else that a host needs.
  const [plain, secure] = [process.getBuiltinModule('node:http'), process.getBuiltinModule('node:https')];
  const framed = framing === 'none' && BODILESS.includes(method) ? [] : framingOf(framing);
  const options: https.RequestOptions & { readonly autoSelectFamily: boolean } = {
    // An agent of its own keeps no connection and no session for others, and knows no proxy.
    agent: isSecure
      ? new secure.Agent({ keepAlive: false, maxCachedSessions: 0 })
      : new plain.Agent({ keepAlive: false }),
    hostname: host.text,
    port,
    method,
    path,
    lookup: pinnedTo(addresses),
    autoSelectFamily: true,
    headers: [
      ...['Host', formatAuthority(origin)],
      ...headers.flatMap(([name, value]) => [name, latin1(value)]),
      ...framed,
      ...['Connection', 'close'],
    ],
    maxHeaderSize: MAX_HEAD_BYTES,
    insecureHTTPParser: false,
    ...(isSecure && {
      rejectUnauthorized: true,
      servername: host.isAddress ? '' : host.text,
      ...(ca && { ca: [...ca] }),
    }),
  };
  return (isSecure ? secure : plain).request(options);
}

function framingOf(framing: AllowedRequest['framing']): string[] {
  if (framing === 'chunked') return ['Transfer-Encoding', 'chunked'];
  return ['Content-Length', framing === 'none' ? '0' : String(framing)];
}

/** Finds nothing but the addresses that were checked, whatever the name has come to mean. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return (_name, options, callback) => {
    const [first] = found;
    if (options.all || !first) callback(null, found);
    else callback(null, first.address, first.family);
  };
}

/** Settles at the first of some events. */
function firstOf(emitter: EventEmitter, events: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of events) emitter.off(event, done);
      resolve();
    };
    for (const event of events) emitter.on(event, done);
  });
}

/** The connection broke in the middle of a response, unless its bytes made no sense. */
function incompleteOf(thrown: unknown): HttpFailure {
  const failure = failureOf(thrown);
  return failure.code.tag === 'HTTP-protocol-error' ? failure : httpFailure('HTTP-response-incomplete');
}

function entriesOf(raw: readonly string[]): FieldEntry[] {
  const entries: FieldEntry[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2)
    entries.push([raw[i] ?? '', new Uint8Array(Buffer.from(raw[i + 1] ?? '', 'latin1'))]);
  return entries;
}

function latin1(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');
}
