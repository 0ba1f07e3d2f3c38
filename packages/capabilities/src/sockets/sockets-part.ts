import { ComponentError } from '@loophost/component';
import { type Decision, deny, type GuestPart, type GuestRealm } from '@loophost/host/guest';

const TCP_METHODS = [
  'startBind', 'finishBind', 'startConnect', 'finishConnect', 'startListen', 'finishListen', 'accept', 'localAddress',
  'remoteAddress', 'isListening', 'addressFamily', 'setListenBacklogSize', 'keepAliveEnabled', 'setKeepAliveEnabled',
  'keepAliveIdleTime', 'setKeepAliveIdleTime', 'keepAliveInterval', 'setKeepAliveInterval', 'keepAliveCount',
  'setKeepAliveCount', 'hopLimit', 'setHopLimit', 'receiveBufferSize', 'setReceiveBufferSize', 'sendBufferSize',
  'setSendBufferSize', 'subscribe', 'shutdown',
] as const; // prettier-ignore

const UDP_METHODS = [
  'startBind', 'finishBind', 'stream', 'localAddress', 'remoteAddress', 'addressFamily', 'unicastHopLimit',
  'setUnicastHopLimit', 'receiveBufferSize', 'setReceiveBufferSize', 'sendBufferSize', 'setSendBufferSize', 'subscribe',
] as const; // prettier-ignore

/** Serves `wasi:sockets`, where nothing is allowed. */
export const socketsPart: GuestPart = {
  link(_settings, realm) {
    const refuse = refusals(realm);
    /** A network gives no power: each use of it is decided. */
    class Network {}
    return {
      imports: {
        'wasi:sockets/network@0.2.12': { Network, networkErrorCode: () => undefined },
        'wasi:sockets/instance-network@0.2.12': { instanceNetwork: () => new Network() },
        'wasi:sockets/tcp@0.2.12': { TcpSocket: refusingClass(TCP_METHODS, refuse) },
        'wasi:sockets/tcp-create-socket@0.2.12': {
          createTcpSocket: (family: string) => refuse(`create a TCP socket for ${family}`),
        },
        'wasi:sockets/udp@0.2.12': {
          UdpSocket: refusingClass(UDP_METHODS, refuse),
          IncomingDatagramStream: refusingClass(['receive', 'subscribe'], refuse),
          OutgoingDatagramStream: refusingClass(['checkSend', 'send', 'subscribe'], refuse),
        },
        'wasi:sockets/udp-create-socket@0.2.12': {
          createUdpSocket: (family: string) => refuse(`create a UDP socket for ${family}`),
        },
        'wasi:sockets/ip-name-lookup@0.2.12': {
          resolveAddresses: (_network: Network, name: string) => refuse(`look up ${name}`),
          ResolveAddressStream: refusingClass(['resolveNextAddress', 'subscribe'], refuse),
        },
      },
    };
  },
};

/** What is asked of the network is never allowed. */
function decide(capability: string, request: string): Decision {
  return deny(capability, request, 'not-supported', 'use wasi:http for outgoing requests, and grant `http`');
}

function refusals(realm: GuestRealm): (request: string) => never {
  return (request) => {
    realm.report(decide(realm.capability, request));
    throw new ComponentError('access-denied');
  };
}

/** A class of which no guest ever gets an object. Its methods are there because a component may import them. */
function refusingClass(methods: readonly string[], refuse: (request: string) => never): new () => object {
  class Refused {}
  for (const name of methods)
    Object.defineProperty(Refused.prototype, name, { value: (): never => refuse(`use ${name} of a socket`) });
  return Refused;
}
