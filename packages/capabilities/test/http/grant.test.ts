import { DEFAULT_HTTP_BOUNDS, http, type HttpBackend } from '@loophost/capabilities';
import { expect, test } from 'vitest';
import { policyOf } from '../../src/http/grant.ts';
import { covers, type Origin, parseAuthority, parsePattern, type Scheme } from '../../src/http/origin.ts';

function originOf(text: string): Origin {
  const [scheme = '', authority = ''] = text.split('://');
  const origin = parseAuthority(authority, scheme as Scheme);
  if (!origin) throw new Error(`${text} is no origin`);
  return origin;
}

function isCovered(pattern: string, origin: string): boolean {
  const parsed = parsePattern(pattern);
  if ('why' in parsed) throw new Error(parsed.why);
  return covers(parsed, originOf(origin));
}

test.each([
  ['https://api.example.com', 'https://api.example.com'],
  ['https://api.example.com', 'https://API.Example.COM.:443'],
  ['HTTPS://API.EXAMPLE.COM.', 'https://api.example.com'],
  ['https://*.example.com', 'https://a.example.com'],
  ['https://*.example.com', 'https://a.b.example.com'],
  ['http://localhost:8080', 'http://localhost:8080'],
  ['https://example.com:*', 'https://example.com:8443'],
  ['https://*.example.com:*', 'https://a.example.com:1'],
  ['http://[0::1]:80', 'http://[::1]'],
  ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ['http://my_service:3000', 'http://my_service:3000'],
])('%s covers %s', (pattern, origin) => {
  expect(isCovered(pattern, origin)).toBe(true);
});

test.each([
  ['https://api.example.com', 'http://api.example.com'],
  ['https://api.example.com', 'https://api.example.com:8443'],
  ['https://*.example.com', 'https://example.com'],
  ['https://*.example.com', 'https://aexample.com'],
  ['https://*.example.com', 'https://example.com.evil.test'],
  ['https://example.com:*', 'http://example.com'],
  ['http://127.0.0.1', 'http://[::ffff:127.0.0.1]'],
])('%s does not cover %s', (pattern, origin) => {
  expect(isCovered(pattern, origin)).toBe(false);
});

test.each([
  'example.com',
  'ftp://example.com',
  'https://',
  'https://*',
  'https://*.',
  'https://a.*.example.com',
  'https://*example.com',
  'https://example.*',
  'https://user@example.com',
  'https://user:password@example.com',
  'https://example.com/',
  'https://example.com/path',
  'https://example.com?q',
  'https://example.com#f',
  'https:\\\\example.com',
  'https://example.com:',
  'https://example.com:0',
  'https://example.com:65536',
  'https://example.com:080',
  'https://example.com:80*',
  'https://2130706433',
  'https://0x7f.1',
  'https://127.1',
  'https://１２７.0.0.1',
  'https://*.127.0.0.1',
  'https://*.[::1]',
  'https://::1',
  'https://[fe80::1%25lo]',
  'https://exa mple.com',
  ' https://example.com',
  'https://example.com ',
  'https://-a.example.com',
  `https://${'a'.repeat(64)}.com`,
])('"%s" is no pattern', (text) => {
  expect(() => policyOf({ allow: [text] })).toThrow(expect.objectContaining({ code: 'E_GRANT_INVALID' }));
});

test('a grant that is left out in part has the bounds that the docs name', () => {
  const { patterns, ...bounds } = policyOf({ allow: [] });
  expect(patterns).toEqual([]);
  expect(bounds).toEqual(DEFAULT_HTTP_BOUNDS);
  expect(policyOf({ allow: [], timeoutMs: 5 }).timeoutMs).toBe(5);
});

test.each([
  [undefined, 'not a record'],
  [true, 'not a record'],
  [{}, 'no list'],
  [{ allow: 'https://example.com' }, 'no list'],
  [{ allow: [5] }, 'allow[0] is no text'],
  [{ allow: new Array(1) }, 'allow[0] is no text'],
  [{ allow: [], allowPrivate: true }, 'allowPrivate is no list'],
  [{ allowPrivate: ['example.com'] }, 'allowPrivate[0] does not begin'],
  [{ allow: [], timeoutMs: 0 }, 'timeoutMs'],
  [{ allow: [], maxRequestBytes: -1 }, 'maxRequestBytes'],
  [{ allow: [], maxConcurrent: 1.5 }, 'maxConcurrent'],
  [{ allow: new Array(1_001).fill('https://example.com') }, 'at most 1000'],
])('the grant %j is refused', (grant, why) => {
  expect(() => policyOf(grant)).toThrow(why);
});

test('a field that does not exist is refused with the nearest that does', () => {
  expect(() => policyOf({ allow: [], timeoutMS: 5 })).toThrow(
    expect.objectContaining({ code: 'E_GRANT_INVALID', fix: expect.stringContaining('timeoutMs') }),
  );
});

test('a password in a pattern does not stand in the error', () => {
  expect(() => policyOf({ allow: ['https://me:hunter2@example.com'] })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
  );
});

test('nothing is asked of the network before a guest asks', () => {
  const backend = {} as HttpBackend;
  const configured = http({ backend }).configure({ allow: ['https://example.com'] }, { component: 'c' });
  expect(configured.mayWait).toBe(true);
  expect(http({ backend }).configure(undefined, { component: 'c' }).mayWait).toBe(false);
});
