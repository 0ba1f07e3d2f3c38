/** An IP address: 4 bytes, or 16. */
export type Address = Uint8Array;

/** What an address is for. Everything but `public` is reserved for something else (IANA's registries of special addresses). */
export type AddressClass =
  | 'public'
  /** Networks that are somebody's own: 10/8, 172.16/12, 192.168/16, fc00::/7. */
  | 'private'
  /** Between a provider and its customers: 100.64/10. */
  | 'shared'
  | 'loopback'
  | 'link-local'
  /** Where clouds keep the credentials of a machine. */
  | 'metadata'
  | 'multicast'
  | 'unspecified'
  | 'documentation'
  | 'benchmark'
  /** An IPv6 address that carries an IPv4 address through a tunnel or a translator nobody should use. */
  | 'tunnel'
  | 'reserved';

/**
 * Reads an address in its usual spelling. IPv4 is four decimal numbers without leading zeros: resolvers also take other
 * spellings, which are no addresses here, and no names either.
 */
export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part))) return undefined;
  const numbers = parts.map(Number);
  return numbers.every((number) => number <= 255) ? Uint8Array.from(numbers) : undefined;
}

function parseIpv6(text: string): Address | undefined {
  if (text.length > 45) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map(bytesOfGroups);
  const missing = 16 - head.length - tail.length;
  const fits = halves.length === 2 ? missing >= 2 : missing === 0;
  if (!fits || halves.some((half) => bytesOfGroups(half) === undefined)) return undefined;
  return Uint8Array.from([...head, ...new Array<number>(missing).fill(0), ...tail]);
}

function bytesOfGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [i, group] of groups.entries()) {
    const ipv4 = i === groups.length - 1 && group.includes('.') ? parseIpv4(group) : undefined;
    if (ipv4) bytes.push(...ipv4);
    else if (/^[0-9a-f]{1,4}$/i.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255);
    else return undefined;
  }
  return bytes;
}

/** The one spelling of an address by which it can be compared (RFC 5952). */
export function formatAddress(address: Address): string {
  if (address.length === 4) return address.join('.');
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((byte(address, 2 * i) << 8) | byte(address, 2 * i + 1)).toString(16),
  );
  // The longest run of zeros, and of two the first, is left out.
  const [run] = [8, 7, 6, 5, 4, 3, 2].flatMap((length) => {
    const at = groups.findIndex(
      (_, i) => i + length <= 8 && groups.slice(i, i + length).every((group) => group === '0'),
    );
    return at < 0 ? [] : [{ at, length }];
  });
  if (!run) return groups.join(':');
  return `${groups.slice(0, run.at).join(':')}::${groups.slice(run.at + run.length).join(':')}`;
}

/** The same for text from a resolver or a socket, which may spell IPv4 as mapped to IPv6. */
export function normalizeAddress(text: string): string | undefined {
  const address = parseAddress(text);
  if (!address) return undefined;
  return formatAddress(isWithin(address, MAPPED) ? address.subarray(12) : address);
}

function byte(address: Address, i: number): number {
  return address[i] ?? 0;
}

interface Network {
  readonly prefix: Address;
  readonly bits: number;
}

function network(text: string): Network {
  const [prefix = '', bits] = text.split('/');
  return { prefix: parseAddress(prefix) ?? new Uint8Array(), bits: Number(bits) };
}

function isWithin(address: Address, { prefix, bits }: Network): boolean {
  if (address.length !== prefix.length) return false;
  for (let i = 0; i < bits; i += 8) {
    const mask = bits - i >= 8 ? 255 : (255 << (8 - (bits - i))) & 255;
    if (((byte(address, i / 8) ^ byte(prefix, i / 8)) & mask) !== 0) return false;
  }
  return true;
}

const MAPPED = network('::ffff:0:0/96');

type Row = readonly [network: string, of: AddressClass];

/** The first that fits counts. */
const SPECIAL: readonly { readonly network: Network; readonly of: AddressClass }[] = (
  [
    // Amazon, Google, Azure and others; Azure's agent, Oracle, Alibaba, Amazon by IPv6.
    ['169.254.169.254/32', 'metadata'],
    ['169.254.170.2/32', 'metadata'],
    ['168.63.129.16/32', 'metadata'],
    ['192.0.0.192/32', 'metadata'],
    ['100.100.100.200/32', 'metadata'],
    ['fd00:ec2::254/128', 'metadata'],
    ['fd20:ce::254/128', 'metadata'],
    ['0.0.0.0/8', 'unspecified'],
    ['10.0.0.0/8', 'private'],
    ['100.64.0.0/10', 'shared'],
    ['127.0.0.0/8', 'loopback'],
    ['169.254.0.0/16', 'link-local'],
    ['172.16.0.0/12', 'private'],
    ['192.0.0.0/24', 'reserved'],
    ['192.0.2.0/24', 'documentation'],
    ['192.88.99.0/24', 'tunnel'],
    ['192.168.0.0/16', 'private'],
    ['198.18.0.0/15', 'benchmark'],
    ['198.51.100.0/24', 'documentation'],
    ['203.0.113.0/24', 'documentation'],
    ['224.0.0.0/4', 'multicast'],
    ['240.0.0.0/4', 'reserved'],
    ['::/128', 'unspecified'],
    ['::1/128', 'loopback'],
    ['fc00::/7', 'private'],
    ['fe80::/10', 'link-local'],
    ['fec0::/10', 'private'],
    ['ff00::/8', 'multicast'],
    ['2001:db8::/32', 'documentation'],
    ['3fff::/20', 'documentation'],
    ['2001:2::/48', 'benchmark'],
    ['2001::/32', 'tunnel'],
    ['2001::/23', 'reserved'],
  ] satisfies readonly Row[]
).map(([text, of]) => ({ network: network(text), of }));

/** Networks of IPv6 whose addresses hold one of IPv4, where it stands, and what the address is when that one is public. */
const CARRIERS: readonly { readonly network: Network; readonly at: number; readonly otherwise: AddressClass }[] = [
  { network: MAPPED, at: 12, otherwise: 'public' },
  { network: network('64:ff9b::/96'), at: 12, otherwise: 'public' },
  { network: network('64:ff9b:1::/48'), at: 12, otherwise: 'tunnel' },
  { network: network('::ffff:0:0:0/96'), at: 12, otherwise: 'tunnel' },
  { network: network('::/96'), at: 12, otherwise: 'tunnel' },
  { network: network('2002::/16'), at: 2, otherwise: 'tunnel' },
];

const GLOBAL = network('2000::/3');

/** Tells what an address is for. An IPv4 address inside an IPv6 address is looked at as itself. */
export function classify(address: Address): AddressClass {
  const special = SPECIAL.find((one) => isWithin(address, one.network));
  if (special) return special.of;
  if (address.length === 4) return 'public';
  const carrier = CARRIERS.find((one) => isWithin(address, one.network));
  if (carrier) {
    const inner = classify(address.subarray(carrier.at, carrier.at + 4));
    return inner === 'public' ? carrier.otherwise : inner;
  }
  return isWithin(address, GLOBAL) ? 'public' : 'reserved';
}
