import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Ask, type Bench, bench, type Client, problemOf } from './client.ts';
import { type LocalServer, serve } from './server.ts';

/** What must not be reached. */
let secret: LocalServer;
/** What may be, at another address and port. */
let granted: LocalServer;
let on: Bench;
let client: Client;
let addresses: Record<string, string[]>;
let lookups: string[];

const REDIRECTS: Record<string, () => string> = {
  '/to-loopback': () => `http://127.0.0.1:${secret.port}/`,
  '/to-localhost': () => `http://localhost:${secret.port}/`,
  '/to-ipv6': () => `http://[::1]:${secret.port}/`,
  '/to-metadata': () => 'http://169.254.169.254/latest/meta-data/',
  '/to-other-scheme': () => `//127.0.0.1:${secret.port}/`,
  '/to-file': () => 'file:///etc/passwd',
  '/to-user': () => `http://127.0.0.2:${granted.port}@127.0.0.1:${secret.port}/`,
};

beforeAll(async () => {
  secret = await serve((_request, response) => response.end('secret'));
  granted = await serve(
    (request, response) => {
      const to = REDIRECTS[request.url ?? ''];
      response.writeHead(to ? 302 : 200, to ? { location: to() } : {}).end();
    },
    undefined,
    '127.0.0.2',
  );
  on = bench({
    resolve: async (name) => {
      lookups.push(name);
      return addresses[name] ?? [];
    },
  });
  client = await on.client({
    allow: [
      `http://127.0.0.2:${granted.port}`,
      `http://*.example.com:${secret.port}`,
      `http://api.example.com:${secret.port}`,
      `http://*.localhost:${secret.port}`,
      `http://localhost:${granted.port}`,
      'https://secure.example.com',
    ],
  });
});

beforeEach(() => {
  addresses = {};
  lookups = [];
});

afterAll(async () => {
  await on.host[Symbol.asyncDispose]();
  expect(secret.seen).toEqual([]);
  await secret[Symbol.asyncDispose]();
  await granted[Symbol.asyncDispose]();
});

test('what is granted is reached, so that the refusals mean something', async () => {
  expect(await problemOf(client.get(`http://127.0.0.2:${granted.port}/`))).toBe('answered 200');
});

describe('a redirect', () => {
  test.each([
    ['to a loopback address', '/to-loopback', 'HTTP-request-denied'],
    ['to localhost', '/to-localhost', 'HTTP-request-denied'],
    ['to the loopback address of IPv6', '/to-ipv6', 'HTTP-request-denied'],
    ['to where a cloud keeps credentials', '/to-metadata', 'HTTP-request-denied'],
    ['without a scheme, to another host', '/to-other-scheme', 'the scheme is refused'],
    ['to a file', '/to-file', 'HTTP-request-URI-invalid'],
    ['to another host, with the granted one as user', '/to-user', 'HTTP-request-URI-invalid'],
  ])('%s is a request that is denied', async (_what, path, problem) => {
    expect(await problemOf(client.get(`http://127.0.0.2:${granted.port}${path}`))).toBe(problem);
    expect(granted.seen.at(-1)).toBe(`GET ${path} 127.0.0.2:${granted.port}`);
  });
});

describe('a granted wildcard does not reach a name that stands for', () => {
  test.each([
    ['a loopback address', '127.0.0.1'],
    ['another loopback address', '127.8.9.10'],
    ['the loopback address of IPv6', '::1'],
    ['a loopback address mapped to IPv6', '::ffff:127.0.0.1'],
    ['a loopback address mapped to IPv6, in hexadecimal', '::ffff:7f00:1'],
    ['a loopback address in the old form of IPv6', '::127.0.0.1'],
    ['a loopback address behind NAT64', '64:ff9b::7f00:1'],
    ['a loopback address in 6to4', '2002:7f00:1::'],
    ['an address of Teredo', '2001::7f00:1'],
    ['a private address 10/8', '10.0.0.1'],
    ['a private address 172.16/12', '172.31.255.255'],
    ['a private address 192.168/16', '192.168.1.1'],
    ['a private address of IPv6', 'fd12:3456::1'],
    ['a site-local address', 'fec0::1'],
    ["a provider's address 100.64/10", '100.127.0.1'],
    ['a link-local address', '169.254.1.1'],
    ['a link-local address of IPv6', 'fe80::1'],
    ['the credentials of a cloud', '169.254.169.254'],
    ['the credentials of a cloud, by IPv6', 'fd00:ec2::254'],
    ['the unspecified address', '0.0.0.0'],
    ['the unspecified address of IPv6', '::'],
    ['a multicast address', '224.0.0.1'],
    ['a multicast address of IPv6', 'ff02::1'],
    ['the broadcast address', '255.255.255.255'],
    ['an address for benchmarks', '198.18.0.1'],
    ['an address for documentation', '192.0.2.1'],
    ['something that is no address', 'localhost'],
  ])('%s', async (_what, address) => {
    addresses['x.example.com'] = [address];
    expect(await problemOf(client.get(`http://x.example.com:${secret.port}/`))).toBe('destination-IP-prohibited');
  });

  test('one public address and one of loopback', async () => {
    addresses['x.example.com'] = ['93.184.215.14', '127.0.0.1'];
    expect(await problemOf(client.get(`http://x.example.com:${secret.port}/`))).toBe('destination-IP-prohibited');
  });

  test('nothing', async () => {
    expect(await problemOf(client.get(`http://x.example.com:${secret.port}/`))).toBe('destination-IP-prohibited');
  });

  test('a loopback address, even below localhost', async () => {
    addresses['x.localhost'] = ['127.0.0.1'];
    expect(await problemOf(client.get(`http://x.localhost:${secret.port}/`))).toBe('destination-IP-prohibited');
  });
});

describe('a name that is granted literally', () => {
  test.each([
    ['loopback', '127.0.0.1'],
    ['a private address', '10.0.0.1'],
    ['a private address of IPv6', 'fd00::2'],
    ["a provider's address", '100.64.0.1'],
    ['the credentials of a cloud', '169.254.169.254'],
    ['link-local', 'fe80::1'],
    ['the unspecified address', '0.0.0.0'],
  ])('does not reach %s', async (_what, address) => {
    addresses['api.example.com'] = [address];
    expect(await problemOf(client.get(`http://api.example.com:${secret.port}/`))).toBe('destination-IP-prohibited');
  });

  test('that stands for another address by the time of the connection is connected to the one that was checked', async () => {
    let asked = 0;
    const rebinding = bench({ resolve: async () => (asked++ === 0 ? ['127.0.0.2'] : ['127.0.0.1']) });
    const guest = await rebinding.client({ allow: [`http://localhost:${granted.port}`] });
    expect(await problemOf(guest.get(`http://localhost:${granted.port}/rebound`))).toBe('answered 200');
    expect([asked, granted.seen.at(-1)]).toEqual([1, `GET /rebound localhost:${granted.port}`]);
    await rebinding.host[Symbol.asyncDispose]();
  });

  test('localhost does not reach what is not loopback', async () => {
    addresses['localhost'] = ['10.0.0.1'];
    expect(await problemOf(client.get(`http://localhost:${granted.port}/`))).toBe('destination-IP-prohibited');
  });
});

describe('an authority is refused', () => {
  const cases: [what: string, authority: () => string, problem: string][] = [
    ['with the granted host as user', () => `api.example.com@127.0.0.1:${secret.port}`, 'HTTP-request-URI-invalid'],
    [
      'with the granted host and port as user and password',
      () => `x.example.com:${secret.port}@127.0.0.1:${secret.port}`,
      'HTTP-request-URI-invalid',
    ],
    ['with a user before the granted host', () => `user@127.0.0.2:${granted.port}`, 'HTTP-request-URI-invalid'],
    ['with a backslash', () => `127.0.0.1:${secret.port}\\@127.0.0.2:${granted.port}`, 'the authority is refused'],
    ['with a space', () => `127.0.0.2:${granted.port} 127.0.0.1`, 'the authority is refused'],
    ['with a line break', () => `127.0.0.2:${granted.port}\r\nHost: 127.0.0.1`, 'the authority is refused'],
    ['with a zero byte', () => `127.0.0.2:${granted.port}\0.example.com`, 'the authority is refused'],
    ['with a slash', () => `127.0.0.1:${secret.port}/.example.com`, 'the authority is refused'],
    ['with digits of another script', () => `１２７.0.0.1:${secret.port}`, 'the authority is refused'],
    ['with dots of another script', () => `127。0。0。1:${secret.port}`, 'the authority is refused'],
    ['with percent signs', () => `%31%32%37.0.0.1:${secret.port}`, 'HTTP-request-URI-invalid'],
    ['as one decimal number', () => `2130706433:${secret.port}`, 'HTTP-request-URI-invalid'],
    ['as one hexadecimal number', () => `0x7f000001:${secret.port}`, 'HTTP-request-URI-invalid'],
    ['as octal numbers', () => `0177.0.0.1:${secret.port}`, 'HTTP-request-URI-invalid'],
    ['with leading zeros', () => `127.000.000.001:${secret.port}`, 'HTTP-request-URI-invalid'],
    ['as a short address', () => `127.1:${secret.port}`, 'HTTP-request-URI-invalid'],
    ['as an address with a dot at the end', () => `127.0.0.1.:${secret.port}`, 'HTTP-request-URI-invalid'],
    ['as an address above 255', () => `127.0.0.257:${secret.port}`, 'HTTP-request-URI-invalid'],
    ['as the loopback address of IPv6', () => `[::1]:${secret.port}`, 'HTTP-request-denied'],
    ['as a granted address mapped to IPv6', () => `[::ffff:127.0.0.2]:${granted.port}`, 'HTTP-request-denied'],
    ['with the zone of an address', () => `[fe80::1%25lo]:${secret.port}`, 'HTTP-request-URI-invalid'],
    ['with an address without brackets', () => '::1', 'HTTP-request-URI-invalid'],
    ['with a name in brackets', () => `[localhost]:${secret.port}`, 'HTTP-request-URI-invalid'],
    ['with two dots at the end', () => `x.example.com..:${secret.port}`, 'HTTP-request-URI-invalid'],
    ['that is empty', () => '', 'HTTP-request-URI-invalid'],
    ['at the port 0', () => '127.0.0.2:0', 'HTTP-request-URI-invalid'],
    [
      'at a port beyond the last, which would wrap',
      () => `127.0.0.2:${granted.port + 65_536}`,
      'HTTP-request-URI-invalid',
    ],
    ['at a port with a leading zero', () => `127.0.0.2:0${granted.port}`, 'HTTP-request-URI-invalid'],
    ['at a port with a sign', () => `127.0.0.2:+${granted.port}`, 'HTTP-request-URI-invalid'],
    ['at an empty port', () => '127.0.0.2:', 'HTTP-request-URI-invalid'],
    ['at two ports', () => `127.0.0.2:${granted.port}:${secret.port}`, 'HTTP-request-URI-invalid'],
    ['at another port of a granted address', () => `127.0.0.2:${secret.port}`, 'HTTP-request-denied'],
    ['at the default port of a granted address', () => '127.0.0.2', 'HTTP-request-denied'],
    ['of the name above a wildcard', () => `example.com:${secret.port}`, 'HTTP-request-denied'],
    ['of a name that only ends like a granted one', () => `evilexample.com:${secret.port}`, 'HTTP-request-denied'],
    [
      'of a name that only begins like a granted one',
      () => `api.example.com.evil.test:${secret.port}`,
      'HTTP-request-denied',
    ],
  ];
  test.each(cases)('%s', async (_what, authority, problem) => {
    expect(await problemOf(client.send({ authority: authority() }))).toBe(problem);
    expect(lookups).toEqual([]);
  });
});

describe('a request is refused', () => {
  const cases: [what: string, ask: () => Partial<Ask>, problem: string][] = [
    [
      'in the clear where a secure origin is granted',
      () => ({ scheme: 'http', authority: 'secure.example.com:443' }),
      'HTTP-request-denied',
    ],
    [
      'to the port of the other scheme',
      () => ({ scheme: 'https', authority: 'secure.example.com:80' }),
      'HTTP-request-denied',
    ],
    ['by another scheme', () => ({ scheme: 'ftp' }), 'HTTP-request-URI-invalid'],
    ['with the header Host', () => ({ headers: [['Host', 'evil.test']] }), 'header: forbidden'],
    ['with a header for the connection', () => ({ headers: [['connection', 'x-secret']] }), 'header: forbidden'],
    ['with a framing of its own', () => ({ headers: [['Transfer-Encoding', 'chunked']] }), 'header: forbidden'],
    ['for another protocol', () => ({ headers: [['upgrade', 'websocket']] }), 'header: forbidden'],
    ['with a header for a proxy', () => ({ headers: [['Proxy-Authorization', 'Basic eA==']] }), 'header: forbidden'],
    [
      'with a second header in a value',
      () => ({ headers: [['x-a', 'b\r\nHost: evil.test']] }),
      'header: invalid-syntax',
    ],
    ['with a line feed in a value', () => ({ headers: [['x-a', 'b\nx: y']] }), 'header: invalid-syntax'],
    ['with a colon in a name', () => ({ headers: [['Host:', 'evil.test']] }), 'header: invalid-syntax'],
    ['with a space after a name', () => ({ headers: [['Host ', 'evil.test']] }), 'header: invalid-syntax'],
    [
      'with two lengths',
      () => ({
        headers: [
          ['content-length', '5'],
          ['Content-Length', '0'],
        ],
      }),
      'HTTP-request-denied',
    ],
    ['with a length that is no number', () => ({ headers: [['content-length', '+5']] }), 'HTTP-request-denied'],
    ['with a length of another body', () => ({ headers: [['content-length', '5']] }), 'HTTP-request-body-size'],
    [
      'with more body than its length',
      () => ({ method: 'POST', headers: [['content-length', '1']], body: new Uint8Array(9) }),
      'HTTP-request-body-size',
    ],
    ['with a whole URL as path', () => ({ path: `http://127.0.0.1:${secret.port}/` }), 'HTTP-request-URI-invalid'],
    ['with another host in the path', () => ({ path: `@127.0.0.1:${secret.port}/` }), 'HTTP-request-URI-invalid'],
    [
      'with a second request in the path',
      () => ({ path: '/ HTTP/1.1\r\nHost: evil.test\r\n\r\nGET /' }),
      'the path is refused',
    ],
    ['with a backslash in the path', () => ({ path: '/\\127.0.0.1' }), 'HTTP-request-URI-invalid'],
    ['with a star for a path', () => ({ path: '*' }), 'HTTP-request-URI-invalid'],
    ['for a tunnel', () => ({ method: 'CONNECT' }), 'HTTP-request-method-invalid'],
    ['for a tunnel, in small letters', () => ({ method: 'connect' }), 'HTTP-request-method-invalid'],
    ['that gives its headers back', () => ({ method: 'TRACE' }), 'HTTP-request-method-invalid'],
    [
      'with a second request in the method',
      () => ({ method: 'GET / HTTP/1.1\r\nX: y\r\n\r\nGET' }),
      'the method is refused',
    ],
  ];
  test.each(cases)('%s', async (_what, ask, problem) => {
    const authority = `127.0.0.2:${granted.port}`;
    const before = granted.seen.length;
    expect(await problemOf(client.send({ authority, ...ask() }))).toBe(problem);
    expect(granted.seen.length).toBe(before);
  });
});

test('every refusal of a request is reported', async () => {
  const denials = (): number =>
    on.events.filter((event) => event.kind === 'decision' && event.verdict === 'deny').length;
  const before = denials();
  await problemOf(client.send({ authority: `secret:password@127.0.0.1:${secret.port}` }));
  await problemOf(client.send({ authority: '127.0.0.2:0' }));
  await problemOf(client.send({ authority: 'x.example.com' }));
  expect(denials()).toBe(before + 3);
  expect(JSON.stringify(on.events)).not.toContain('password');
});
