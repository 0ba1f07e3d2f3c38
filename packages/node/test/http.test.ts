import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bench, type Bench, problemOf, textOf } from './http/client.ts';
import { createNodeHost, http } from '@loophost/node';
import { io } from '@loophost/capabilities';
import { guest, wat } from './guests.ts';
import { type LocalServer, serve } from './http/server.ts';

let server: LocalServer;
let on: Bench;

beforeEach(async () => {
  server = await serve((request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'x-path': request.url ?? '' });
    request.pipe(response);
    if (request.method === 'GET') response.end('hello');
  });
  on = bench();
});

afterEach(async () => {
  await on.host[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  expect(on.host.live).toEqual({ instances: 0, threads: 0, handles: 0, calls: 0 });
});

describe.each(['thread', 'inline'])('the executor %s', (executor) => {
  test('gets a granted origin', async () => {
    const client = await on.client({ allow: [`http://127.0.0.1:${server.port}`] }, executor);
    const reply = await client.get(`http://127.0.0.1:${server.port}/a?b=c`);
    expect([reply.status, textOf(reply)]).toEqual([200, 'hello']);
    expect(server.seen).toEqual([`GET /a?b=c 127.0.0.1:${server.port}`]);
    expect(on.events.filter(({ kind }) => kind === 'decision')).toMatchObject([
      { capability: 'http', verdict: 'allow', request: `GET http://127.0.0.1:${server.port}`, reason: 'granted' },
    ]);
  });

  test('denies another origin, and says how to allow it', async () => {
    const client = await on.client({ allow: ['https://api.example.com'] }, executor);
    expect(await problemOf(client.get(`http://127.0.0.1:${server.port}/`))).toBe('HTTP-request-denied');
    expect(on.events).toContainEqual(
      expect.objectContaining({
        verdict: 'deny',
        reason: 'not-granted',
        fix: `add "http://127.0.0.1:${server.port}" to http.allow`,
      }),
    );
    expect(server.seen).toEqual([]);
  });

  test('posts a body, and gives back what comes', async () => {
    const client = await on.client({ allow: [`http://localhost:${server.port}`] }, executor);
    const body = new Uint8Array(300_000).map((_, i) => i % 251);
    const reply = await client.post(`http://localhost:${server.port}/echo`, body);
    expect(Buffer.compare(reply.body, body)).toBe(0);
  });
});

test('without a grant, a component that sends requests does not link, and is told what to grant', async () => {
  await expect(on.host.link(await guest('http-client'))).rejects.toMatchObject({
    code: 'E_LINK_FAILED',
    problems: [
      {
        code: 'E_GRANT_MISSING',
        at: { interface: 'wasi:http/outgoing-handler@0.2.12' },
        fix: "grant it with `http: { allow: ['https://api.example.com'] }`",
      },
    ],
  });
});

test('without a grant, the types alone are served, and nothing waits', async () => {
  const fields = `(component
    (import "wasi:http/types@0.2.3" (instance $types
      (export "fields" (type $fields (sub resource)))
      (export "[constructor]fields" (func (result (own $fields))))))
    (core func $new (canon lower (func $types "[constructor]fields")))
    (core module $m (import "" "new" (func $new (result i32))) (func (export "make") (result i32) (call $new)))
    (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
    (func (export "make") (result u32) (canon lift (core func $i "make"))))`;
  const linked = await on.host.link(await wat(fields));
  expect(linked.imports).toMatchObject([{ status: 'served', capability: 'http' }]);
  expect(await (await linked.instantiate()).call('make')).toBeGreaterThan(0);
});

test('an empty list links, and each request is denied', async () => {
  const client = await on.client({ allow: [] });
  expect(await problemOf(client.get(`http://127.0.0.1:${server.port}/`))).toBe('HTTP-request-denied');
  expect(on.events).toContainEqual(expect.objectContaining({ verdict: 'deny', reason: 'not-granted' }));
});

test('a grant that is not well-formed is refused when the component is linked', async () => {
  const linking = on.host.link(await guest('http-client'), { grants: { http: { allow: ['example.com'] } } });
  await expect(linking).rejects.toMatchObject({ problems: [{ code: 'E_GRANT_INVALID' }] });
});

test('a redirect is followed by the guest, to what is granted', async () => {
  const first = await serve((_request, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:${server.port}/second` }).end();
  });
  const client = await on.client({ allow: [first, server].map(({ port }) => `http://127.0.0.1:${port}`) });
  expect(textOf(await client.get(`http://127.0.0.1:${first.port}/first`))).toBe('hello');
  expect(on.events.filter(({ kind }) => kind === 'decision')).toHaveLength(2);
  await first[Symbol.asyncDispose]();
});

test('what belongs to the connection does not come back with the headers', async () => {
  const chatty = await serve((_request, response) => {
    response.writeHead(200, { 'Proxy-Authenticate': 'Basic', 'X-Kept': 'yes', 'Set-Cookie': ['a=1', 'b=2'] }).end('x');
  });
  const client = await on.client({ allow: [`http://127.0.0.1:${chatty.port}`] });
  const { headers } = await client.get(`http://127.0.0.1:${chatty.port}/`);
  expect(headers.filter(([name]) => name !== 'Date' && name !== 'Content-Length')).toEqual([
    ['X-Kept', 'yes'],
    ['Set-Cookie', 'a=1'],
    ['Set-Cookie', 'b=2'],
  ]);
  await chatty[Symbol.asyncDispose]();
});

test('a host without the names of a resolver of its own uses the system', async () => {
  const host = createNodeHost({ capabilities: [io(), http()] });
  const grants = { http: { allow: [`http://localhost:${server.port}`] } };
  const instance = await (await host.link(await guest('http-client'), { grants })).instantiate();
  const reply = instance.call('loop:guests/http-caller@0.1.0.get', [`http://LOCALHOST.:${server.port}/`]);
  expect(await reply).toMatchObject({ status: 200 });
  expect(server.seen).toEqual([`GET / localhost:${server.port}`]);
  await host[Symbol.asyncDispose]();
});

test('an address of IPv6 is reached when it is named, in any spelling', async () => {
  const six = await serve((_request, response) => response.end('six'), undefined, '::1');
  const client = await on.client({ allow: [`http://[::0:1]:${six.port}`] });
  expect(textOf(await client.get(`http://[0:0::0001]:${six.port}/`))).toBe('six');
  expect(six.seen).toEqual([`GET / [::1]:${six.port}`]);
  await six[Symbol.asyncDispose]();
});
