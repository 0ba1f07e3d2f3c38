import { ComponentError } from '@loophost/component';
import { describe, expect, test } from 'vitest';
import { socketsPart } from '../../src/guest.ts';
import { linkAlone } from '../cli/realm.ts';

const CLASSES: readonly [string, string, number][] = [
  ['tcp', 'TcpSocket', 28],
  ['udp', 'UdpSocket', 13],
  ['udp', 'IncomingDatagramStream', 2],
  ['udp', 'OutgoingDatagramStream', 3],
  ['ip-name-lookup', 'ResolveAddressStream', 2],
];

describe('sockets', () => {
  test.each(CLASSES)('of %s: every method of %s is there and refuses', (iface, name, count) => {
    const { get, decisions } = linkAlone(socketsPart, undefined);
    const prototype = get(`wasi:sockets/${iface}`, name).prototype as Record<string, () => unknown>;
    const methods = Object.getOwnPropertyNames(prototype).filter((key) => key !== 'constructor');
    expect(methods).toHaveLength(count);
    for (const method of methods) expect(() => prototype[method]?.()).toThrow(ComponentError);
    expect(decisions).toHaveLength(count);
    expect(decisions[0]).toMatchObject({ verdict: 'deny', reason: 'not-supported' });
  });

  test('report the name that a guest looks up without what could garble a message', () => {
    const { get, decisions } = linkAlone(socketsPart, undefined);
    const network = get('wasi:sockets/instance-network', 'instanceNetwork')();
    expect(() => get('wasi:sockets/ip-name-lookup', 'resolveAddresses')(network, 'a\nb')).toThrow('access-denied');
    expect(decisions[0]?.request).toBe('look up a\ufffdb');
  });
});
