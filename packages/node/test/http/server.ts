import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net';

/** A server on the loopback address, which counts what comes to it. */
export interface LocalServer extends AsyncDisposable {
  readonly port: number;
  /** Requests that arrived: `GET /path host`. */
  readonly seen: readonly string[];
  /** Connections that are open. */
  readonly open: ReadonlySet<Socket>;
  /** Settles when no connection is open any more. */
  quiet(): Promise<void>;
}

export async function serve(
  listener: RequestListener,
  secure?: { key: string; cert: string },
  host = '127.0.0.1',
): Promise<LocalServer> {
  const seen: string[] = [];
  const counted: RequestListener = (request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.host}`);
    listener(request, response);
  };
  const server = secure ? createSecureServer(secure, counted) : createServer(counted);
  return { ...(await listen(server, host)), seen };
}

/** A server that speaks for itself: gets the raw connection. */
export async function serveRaw(talk: (socket: Socket) => void): Promise<LocalServer> {
  const seen: string[] = [];
  const server = createSocketServer((socket) => {
    seen.push('connection');
    socket.on('error', () => undefined);
    talk(socket);
  });
  return { ...(await listen(server, '127.0.0.1')), seen };
}

async function listen(
  server: Server | ReturnType<typeof createSocketServer>,
  host: string,
): Promise<Omit<LocalServer, 'seen'>> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    open,
    async quiet() {
      while (open.size > 0) await Promise.all([...open].map(closed));
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Connections may also end by an error, which is as good an end. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}
