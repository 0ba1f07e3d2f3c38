import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpGrant } from '@loophost/capabilities';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bench, bench, type Client, problemOf, textOf } from './client.ts';
import { cert, key } from './certificate.ts';
import { type LocalServer, serve, serveRaw } from './server.ts';

let on: Bench;
let servers: LocalServer[];

beforeEach(() => {
  on = bench();
  servers = [];
});

afterEach(async () => {
  await on.host[Symbol.asyncDispose]();
  for (const server of servers) {
    await server.quiet();
    await server[Symbol.asyncDispose]();
  }
});

interface Setting {
  readonly client: Client;
  readonly server: LocalServer;
  readonly url: string;
  readonly authority: string;
}

/** A server, and a guest that may reach it. */
async function between(server: LocalServer, grant: Partial<HttpGrant> = {}, executor = 'inline'): Promise<Setting> {
  servers.push(server);
  const authority = `127.0.0.1:${server.port}`;
  const client = await on.client({ allow: [`http://${authority}`], ...grant }, executor);
  return { client, server, authority, url: `http://${authority}/` };
}

const answering = (listener: RequestListener): Promise<LocalServer> => serve(listener);

/** Answers, and then a byte now and then for ever. */
const drip: RequestListener = (_request, response) => {
  const timer = setInterval(() => response.write('.'), 20);
  response.once('close', () => clearInterval(timer));
};

const silent: RequestListener = () => undefined;

describe('a body', () => {
  test('of some megabytes goes both ways unchanged, in a thread', async () => {
    const { client, url } = await between(await answering((request, response) => request.pipe(response)), {}, 'thread');
    const body = new Uint8Array(3_000_000).map((_, i) => (i * 31) % 253);
    expect(Buffer.compare((await client.post(url, body)).body, body)).toBe(0);
  });

  test('that is empty may be told of in the header Trailer, which is left out', async () => {
    const { client, authority } = await between(
      await answering(({ headers }, response) => response.end(String(headers.trailer))),
    );
    const headers = [['trailer', 'x']] as const;
    expect(textOf(await client.send({ authority, headers }))).toBe('undefined');
    expect(textOf(await client.send({ authority, headers, method: 'POST' }))).toBe('undefined');
  });

  test('has a length when the guest gives it one, and is chunked when not', async () => {
    const { client, authority } = await between(
      await answering(({ headers }, response) =>
        response.end(`${headers['content-length']} ${headers['transfer-encoding']}`),
      ),
    );
    const body = new Uint8Array(5);
    const told = await client.send({
      method: 'GET',
      authority,
      body: new Uint8Array(),
      headers: [['content-length', '0']],
    });
    const chunked = await client.send({ method: 'PUT', authority, body });
    expect([textOf(told), textOf(chunked)]).toEqual(['undefined undefined', 'undefined chunked']);
    expect(textOf(await client.send({ method: 'GET', authority, body }))).toBe('undefined chunked');
    expect(textOf(await client.send({ method: 'POST', authority }))).toBe('0 undefined');
  });

  test('can be followed by trailers, in both directions', async () => {
    const { client, url } = await between(
      await answering((request, response) => {
        request.resume().on('end', () => {
          response.writeHead(200, { trailer: 'x-sum' });
          response.write('body');
          response.addTrailers({ 'x-sum': String(request.trailers['x-end']) });
          response.end();
        });
      }),
    );
    expect((await client.post(url, new Uint8Array(3))).trailers).toEqual([['x-sum', 'yes']]);
  });

  test('that the server does not read waits with the guest', async () => {
    let connection: Socket | undefined;
    const { client, authority } = await between(await serveRaw((socket) => (connection = socket.pause())));
    const body = new Uint8Array(15_000_000);
    expect(await problemOf(client.send({ method: 'POST', authority, body, betweenBytesTimeout: 200 }))).toBe(
      'connection-write-timeout',
    );
    // Only whoever reads hears of the end.
    connection?.resume();
  });

  test('that the server does not want to read does not hide its answer', async () => {
    const { client, url } = await between(
      await answering((_request, response) => response.writeHead(413, { connection: 'close' }).end('too much')),
    );
    const reply = await client.post(url, new Uint8Array(12_000_000));
    expect([reply.status, textOf(reply)]).toEqual([413, 'too much']);
  });
});

describe('time', () => {
  test('for the first byte is what the guest says', async () => {
    const { client, authority } = await between(await answering(silent));
    expect(await problemOf(client.send({ authority, firstByteTimeout: 50 }))).toBe('HTTP-response-timeout');
  });

  test('between bytes is what the guest says', async () => {
    const { client, authority } = await between(await answering((_request, response) => response.write('first')));
    expect(await problemOf(client.send({ authority, betweenBytesTimeout: 50 }))).toBe('connection-read-timeout');
  });

  test('for bytes that come in time does not run out', async () => {
    const { client, authority } = await between(
      await answering((_request, response) => {
        let left = 6;
        const timer = setInterval(
          () => (left-- > 0 ? response.write('.') : response.end(() => clearInterval(timer))),
          30,
        );
      }),
    );
    const reply = await client.send({
      authority,
      betweenBytesTimeout: 1_000,
      firstByteTimeout: 1_000,
      connectTimeout: 1_000,
    });
    expect(textOf(reply)).toBe('......');
  });

  test('to connect is what the guest says, encryption included', async () => {
    const server = await serveRaw((socket) => socket.resume());
    const { client, authority } = await between(server, { allow: [`https://127.0.0.1:${server.port}`] });
    expect(await problemOf(client.send({ scheme: 'https', authority, connectTimeout: 50 }))).toBe('connection-timeout');
  });

  test('to find the address is bounded too', async () => {
    const stuck = bench({ resolve: () => new Promise(() => undefined) });
    const client = await stuck.client({ allow: ['http://slow.test'], timeoutMs: 100 });
    expect(await problemOf(client.send({ authority: 'slow.test', connectTimeout: 50 }))).toBe('DNS-timeout');
    expect(await problemOf(client.get('http://slow.test/'))).toBe('HTTP-response-timeout');
    await stuck.host[Symbol.asyncDispose]();
  });

  test.each(['thread', 'inline'])('that a call has ends a request that nobody answers: %s', async (executor) => {
    const { client, server, url } = await between(await answering(silent), {}, executor);
    expect(await problemOf(client.get(url, 200))).toBe('E_DEADLINE_EXCEEDED');
    await server.quiet();
    expect(await problemOf(client.get('http://elsewhere.test/'))).toBe('HTTP-request-denied');
  });
});

describe('requests', () => {
  test('are many, one after the other', async () => {
    const { client, url } = await between(await answering((_request, response) => response.end('x')));
    for (let i = 0; i < 50; i++) expect(await problemOf(client.get(url))).toBe('answered 200');
  });

  test('do not outlive their guest', async () => {
    const { client, server, url } = await between(await answering(drip), {}, 'thread');
    const calling = problemOf(client.get(url));
    while (server.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await client.instance[Symbol.asyncDispose]();
    expect(await calling).toBe('E_GUEST_ENDED');
    await server.quiet();
  });

  test('whose name is still looked up count as open', async () => {
    const found = Promise.withResolvers<string[]>();
    const stuck = bench({ resolve: () => found.promise });
    const client = await stuck.client({ allow: ['http://slow.test'], maxConcurrent: 1 });
    expect(await problemOf(client.send({ authority: 'slow.test', connectTimeout: 20 }))).toBe('DNS-timeout');
    expect(await problemOf(client.send({ authority: 'slow.test', connectTimeout: 20 }))).toBe(
      'connection-limit-reached',
    );
    found.resolve(['127.0.0.1']);
    await found.promise;
    expect(await problemOf(client.send({ authority: 'slow.test' }))).toBe('destination-IP-prohibited');
    await stuck.host[Symbol.asyncDispose]();
  });

  test('leave by no proxy', async () => {
    const proxy = await answering((_request, response) => response.end('proxied'));
    servers.push(proxy);
    const { client, url } = await between(await answering((_request, response) => response.end('direct')));
    const http = (await import('node:http')) as unknown as { setGlobalProxyFromEnv(env: object): () => void };
    const restore = http.setGlobalProxyFromEnv({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: 'x.test' });
    expect(textOf(await client.get(url))).toBe('direct');
    restore();
    expect(proxy.seen).toEqual([]);
  });
});

describe('a server that misbehaves is told as the error that it is', () => {
  const answers = (text: string): Promise<LocalServer> =>
    serveRaw((socket) => socket.once('data', () => socket.end(text)));
  const cases: [what: string, server: () => Promise<LocalServer>, problem: string][] = [
    ['no HTTP', () => answers('220 ready\r\n'), 'HTTP-protocol-error'],
    [
      'nothing at all',
      () => serveRaw((socket) => socket.once('data', () => socket.destroy())),
      'connection-terminated',
    ],
    ['half a body', () => answers('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'), 'HTTP-response-incomplete'],
    [
      'half a chunk',
      () => answers('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab'),
      'HTTP-response-incomplete',
    ],
    [
      'two framings',
      () => answers('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'),
      'HTTP-protocol-error',
    ],
    [
      'a head without end',
      () => answers(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(70_000)}\r\n\r\n`),
      'HTTP-response-header-section-size',
    ],
    [
      'more headers than are kept',
      () => answers(`HTTP/1.1 200 OK\r\n${'a:b\r\n'.repeat(5_000)}content-length: 0\r\n\r\n`),
      'HTTP-response-header-section-size',
    ],
    [
      'early answers without end',
      () =>
        serveRaw((socket) => {
          const timer = setInterval(() => socket.write('HTTP/1.1 103 Early\r\nx: y\r\n\r\n'), 1);
          socket.once('close', () => clearInterval(timer));
        }),
      'HTTP-protocol-error',
    ],
    [
      'another protocol',
      () => answers('HTTP/1.1 101 Go\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'),
      'HTTP-upgrade-failed',
    ],
  ];
  test.each(cases)('%s', async (_what, make, problem) => {
    const { client, url } = await between(await make());
    expect(await problemOf(client.get(url))).toBe(problem);
  });

  test('more than a thousand headers are all given', async () => {
    const text = `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(1_500)}content-length: 2\r\n\r\nhi`;
    const { client, url } = await between(await answers(text));
    expect((await client.get(url)).headers).toHaveLength(1_501);
  });

  test('nobody listens', async () => {
    const gone = await answering(silent);
    await gone[Symbol.asyncDispose]();
    const client = await on.client({ allow: [`http://127.0.0.1:${gone.port}`] });
    expect(await problemOf(client.get(`http://127.0.0.1:${gone.port}/`))).toBe('connection-refused');
  });

  test('a name that does not exist', async () => {
    const nowhere = bench({ resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })) });
    const client = await nowhere.client({ allow: ['http://nowhere.test'] });
    expect(await problemOf(client.get('http://nowhere.test/'))).toBe('DNS-error');
    await nowhere.host[Symbol.asyncDispose]();
  });
});

describe('a secure origin', () => {
  async function secure(ca: string | undefined, name: string): Promise<string> {
    const server = await serve((_request, response) => response.end('sealed'), { key, cert });
    const sealed = bench({ resolve: async () => ['127.0.0.1'], ...(ca !== undefined && { ca }) });
    const client = await sealed.client({ allow: [`https://${name}:${server.port}`] });
    const problem = await problemOf(client.get(`https://${name}:${server.port}/`));
    await sealed.host[Symbol.asyncDispose]();
    await server.quiet();
    await server[Symbol.asyncDispose]();
    return problem;
  }

  test('is reached when its certificate is trusted and names it', async () => {
    expect(await secure(cert, 'named.localhost')).toBe('answered 200');
  });

  test('is not reached with a certificate that nobody trusts, even where the environment says so', async () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    expect(await secure(undefined, 'localhost')).toBe('TLS-certificate-error');
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  });

  test('is not reached with a certificate for another name', async () => {
    expect(await secure(cert, 'other.localhost')).toBe('TLS-certificate-error');
  });

  test('is not reached in the clear', async () => {
    const server = await serveRaw((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n')));
    const { client } = await between(server, { allow: [`https://127.0.0.1:${server.port}`] });
    expect(await problemOf(client.get(`https://127.0.0.1:${server.port}/`))).toBe('TLS-protocol-error');
  });
});
