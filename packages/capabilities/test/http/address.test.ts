import { expect, test } from 'vitest';
import { classify, formatAddress, normalizeAddress, parseAddress } from '../../src/http/address.ts';

const classOf = (text: string): string => {
  const address = parseAddress(text);
  return address ? classify(address) : 'none';
};

test.each([
  ['8.8.8.8', 'public'],
  ['172.15.255.255', 'public'],
  ['172.32.0.0', 'public'],
  ['100.63.255.255', 'public'],
  ['100.128.0.0', 'public'],
  ['198.17.255.255', 'public'],
  ['223.255.255.255', 'public'],
  ['2606:4700:4700::1111', 'public'],
  ['::ffff:8.8.8.8', 'public'],
  ['64:ff9b::8.8.8.8', 'public'],
  ['0.1.2.3', 'unspecified'],
  ['10.255.255.255', 'private'],
  ['100.64.0.0', 'shared'],
  ['100.100.100.200', 'metadata'],
  ['127.255.255.255', 'loopback'],
  ['168.63.129.16', 'metadata'],
  ['169.254.169.254', 'metadata'],
  ['169.254.0.1', 'link-local'],
  ['172.16.0.0', 'private'],
  ['192.0.0.8', 'reserved'],
  ['192.88.99.1', 'tunnel'],
  ['198.19.255.255', 'benchmark'],
  ['203.0.113.9', 'documentation'],
  ['239.1.1.1', 'multicast'],
  ['255.255.255.255', 'reserved'],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['::2', 'unspecified'],
  ['::8.8.8.8', 'tunnel'],
  ['::ffff:10.0.0.1', 'private'],
  ['::ffff:169.254.169.254', 'metadata'],
  ['::ffff:0:127.0.0.1', 'loopback'],
  ['64:ff9b::10.0.0.1', 'private'],
  ['64:ff9b:1::8.8.8.8', 'tunnel'],
  ['2002:0a00:0001::', 'private'],
  ['2002:0808:0808::', 'tunnel'],
  ['2001::1', 'tunnel'],
  ['2001:db8::1', 'documentation'],
  ['2001:2::1', 'benchmark'],
  ['3fff::1', 'documentation'],
  ['fdff::1', 'private'],
  ['fe80::1', 'link-local'],
  ['febf::1', 'link-local'],
  ['fec0::1', 'private'],
  ['ff05::2', 'multicast'],
  ['4000::1', 'reserved'],
  ['100::1', 'reserved'],
])('%s is %s', (text, of) => {
  expect(classOf(text)).toBe(of);
});

test.each([
  '',
  '1',
  '127.1',
  '127.0.0.01',
  '127.0.0.256',
  '0x7f.0.0.1',
  ' 127.0.0.1',
  '127.0.0.1.',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1::2::3',
  ':::',
  '1:',
  ':1',
  '12345::',
  'g::',
  '::1%lo',
  '::127.0.0.01',
  '1.2.3.4:5::',
  `${'0'.repeat(50)}::1`,
])('"%s" is no address', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test.each([
  ['0:0:0:0:0:0:0:1', '::1'],
  ['::', '::'],
  ['2001:DB8::0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['1:2:3:4:5:6:7:0', '1:2:3:4:5:6:7:0'],
  ['::ffff:1.2.3.4', '::ffff:102:304'],
])('%s is written as %s', (text, written) => {
  const address = parseAddress(text);
  expect(address && formatAddress(address)).toBe(written);
});

test('an address that is mapped to IPv6 is the same as without', () => {
  expect(normalizeAddress('::ffff:127.0.0.1')).toBe('127.0.0.1');
  expect(normalizeAddress('nonsense')).toBeUndefined();
});
