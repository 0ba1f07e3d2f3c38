import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bench, type Bench, textOf } from './http/client.ts';
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
  test('posts a body, and gives back what comes', async () => {
    const client = await on.client({ allow: [`http://localhost:${server.port}`] }, executor);
    const body = new Uint8Array(300_000).map((_, i) => i % 251);
    const reply = await client.post(`http://localhost:${server.port}/echo`, body);
    expect(Buffer.compare(reply.body, body)).toBe(0);
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
