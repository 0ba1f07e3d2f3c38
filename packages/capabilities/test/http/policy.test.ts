import { expect, test } from 'vitest';
import { policyOf } from '../../src/http/grant.ts';
import { parseAuthority } from '../../src/http/origin.ts';
import { decide } from '../../src/http/policy.ts';

function reasonFor(pattern: string, authority: string, addresses?: string[]): string {
  const origin = parseAuthority(authority, 'http');
  if (!origin) throw new Error('no origin');
  return decide(policyOf({ allow: [pattern] }), { method: 'GET', origin, ...(addresses && { addresses }) }).reason;
}

test.each([
  ['http://a.example.com', '10.0.0.1', 'granted'],
  ['http://*.example.com', 'fd00::2', 'granted'],
  ['http://a.example.com', '8.8.8.8', 'granted'],
  ['http://a.example.com', '127.0.0.1', 'loopback-address'],
  ['http://a.example.com', '169.254.169.254', 'metadata-address'],
  ['http://a.example.com', 'fd00:ec2::254', 'metadata-address'],
])('%s under allowPrivate, at %s: %s', (pattern, address, reason) => {
  const policy = policyOf({ allowPrivate: [pattern] });
  const origin = parseAuthority('a.example.com', 'http');
  expect(origin && decide(policy, { method: 'GET', origin, addresses: [address] }).reason).toBe(reason);
});

test('an origin is decided on before its name is looked up', () => {
  expect(reasonFor('http://a.test', 'a.test')).toBe('granted');
  expect(reasonFor('http://a.test', 'b.test')).toBe('not-granted');
});

test.each([
  ['http://*.test', 'a.test', '8.8.8.8', 'granted'],
  ['http://*.test', 'a.test', '10.0.0.1', 'private-address'],
  ['http://a.example.com', 'a.example.com', '10.0.0.1', 'private-address'],
  ['http://a.example.com', 'a.example.com', 'fd00::2', 'private-address'],
  ['http://a.example.com', 'a.example.com', '100.64.0.1', 'shared-address'],
  ['http://10.0.0.1', '10.0.0.1', '10.0.0.1', 'granted'],
  ['http://printer', 'printer', '192.168.0.9', 'granted'],
  ['http://wiki.internal', 'wiki.internal', '10.0.0.1', 'granted'],
  ['http://nas.local', 'nas.local', '192.168.0.9', 'granted'],
  ['http://nas.home.arpa', 'nas.home.arpa', '192.168.0.9', 'granted'],
  ['http://wiki.internal', 'wiki.internal', '127.0.0.1', 'loopback-address'],
  ['http://notlocal.com', 'notlocal.com', '192.168.0.9', 'private-address'],
  ['http://a.test', 'a.test', '10.0.0.1', 'granted'],
  ['http://a.test', 'a.test', 'fd00::1', 'granted'],
  ['http://a.test', 'a.test', '100.64.0.1', 'granted'],
  ['http://a.test', 'a.test', '127.0.0.1', 'loopback-address'],
  ['http://a.test', 'a.test', '169.254.169.254', 'metadata-address'],
  ['http://a.test', 'a.test', '100.100.100.200', 'metadata-address'],
  ['http://a.test', 'a.test', '224.0.0.1', 'multicast-address'],
  ['http://localhost', 'localhost', '::1', 'granted'],
  ['http://api.localhost', 'api.localhost', '127.0.0.1', 'granted'],
  ['http://localhost', 'localhost', '8.8.8.8', 'public-address'],
  ['http://127.0.0.1', '127.0.0.1', '127.0.0.1', 'granted'],
  ['http://169.254.169.254', '169.254.169.254', '169.254.169.254', 'granted'],
  ['http://127.0.0.1', '127.0.0.1', '127.0.0.2', 'other-address'],
])('%s with %s at %s: %s', (pattern, host, address, reason) => {
  expect(reasonFor(pattern, host, [address])).toBe(reason);
});

test('of two patterns the more generous counts', () => {
  const policy = policyOf({ allow: ['http://*.test', 'http://a.test'] });
  const origin = parseAuthority('a.test', 'http');
  expect(origin && decide(policy, { method: 'GET', origin, addresses: ['10.0.0.1'] }).verdict).toBe('allow');
});

test('a denial says what to grant', () => {
  const origin = parseAuthority('a.test:81', 'http');
  const policy = policyOf({ allow: ['http://*.test:81'] });
  expect(origin && decide(policy, { method: 'PUT', origin, addresses: ['10.0.0.1'] })).toEqual({
    capability: 'http',
    verdict: 'deny',
    request: 'PUT http://a.test:81',
    reason: 'private-address',
    fix: 'if that host is yours, add "http://a.test:81" to http.allowPrivate',
  });
});
