import type { Component } from '@loophost/component';
import { guest } from '../guests.ts';
import { type GrantCase, invalid, unprovided } from './grant-case.ts';
import type { Call, Trial } from './stage.ts';

const utf8 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const probe = (): Promise<Component> => guest('wasi-probe');

const IO: readonly GrantCase[] = [
  {
    capability: 'io',
    subject: 'streams and polls',
    verdict: 'granted',
    guest: probe,
    does: async ({ call }) => Number(await call('sleep', 1_000_000n)) >= 1e6,
    gets: true,
  },
  {
    capability: 'io',
    subject: 'streams and polls',
    verdict: 'denied',
    guest: probe,
    isAbsent: true,
    gets: unprovided('wasi:io/error@0.2.12', 'wasi:io/poll@0.2.12', 'wasi:io/streams@0.2.12'),
  },
];

const ENVIRONMENT: readonly GrantCase[] = [
  {
    capability: 'environment',
    subject: 'arguments',
    verdict: 'granted',
    guest: probe,
    grants: () => ({ environment: { args: ['one', 'two words'] } }),
    does: async ({ call }) => [await call('arguments'), await call('arguments')],
    gets: [
      ['guest', 'one', 'two words'],
      ['guest', 'one', 'two words'],
    ],
    heard: ['allow environment: read the arguments: granted'],
  },
  {
    capability: 'environment',
    subject: 'arguments',
    verdict: 'denied',
    guest: probe,
    does: ({ call }) => call('arguments'),
    gets: [],
    heard: ["deny environment: read the arguments: not-granted: grant some: environment: { args: ['one'] }"],
  },
  {
    capability: 'environment',
    subject: 'variables',
    verdict: 'granted',
    guest: probe,
    grants: () => ({ environment: { env: { GREETING: 'hello', EMPTY: '' } } }),
    does: ({ call }) => call('variables'),
    gets: [
      ['GREETING', 'hello'],
      ['EMPTY', ''],
    ],
    heard: ['allow environment: read the variables: granted'],
  },
  {
    capability: 'environment',
    // This process always has some: PATH.
    subject: 'variables',
    verdict: 'denied',
    guest: probe,
    does: ({ call }) => call('variables'),
    gets: [],
    heard: ["deny environment: read the variables: not-granted: grant some: environment: { env: { NAME: 'value' } }"],
  },
];

/** More than is captured of a stream. */
const MUCH: readonly unknown[] = ['x'.repeat(65_536), 100];

const STDIO: readonly GrantCase[] = [
  {
    capability: 'stdio',
    subject: 'stdin',
    verdict: 'granted',
    guest: probe,
    grants: () => ({ stdio: { stdin: { text: 'from the host' } } }),
    does: async ({ call }) => [await call('read', 4n), await call('read', 100n), await call('read', 100n)],
    gets: [utf8('from'), utf8(' the host'), undefined],
    heard: ['allow stdio: read the standard input: granted'],
  },
  {
    capability: 'stdio',
    subject: 'stdin',
    verdict: 'denied',
    guest: probe,
    does: async ({ call }) => [await call('read', 100n), await call('terminals')],
    gets: [undefined, 0],
    heard: ["deny stdio: read the standard input: not-granted: grant some: stdio: { stdin: { text: '…' } }"],
  },
  ...[false, true].flatMap((toStderr): GrantCase[] => {
    const subject = toStderr ? 'stderr' : 'stdout';
    return [
      {
        capability: 'stdio',
        subject,
        verdict: 'granted',
        guest: probe,
        does: ({ call }) => call('write', 'grüße', 2, toStderr),
        gets: 0,
        heard: [`${subject}: grüßegrüße`],
      },
      {
        capability: 'stdio',
        subject,
        verdict: 'denied',
        guest: probe,
        grants: () => ({ stdio: { [subject]: 'discard' } }),
        does: ({ call }) => call('write', ...MUCH, toStderr),
        gets: 0,
      },
    ];
  }),
];

const CLOCK_IMPORTS = ['wasi:clocks/monotonic-clock@0.2.12', 'wasi:clocks/wall-clock@0.2.12'];

const CLOCKS: readonly GrantCase[] = [
  {
    capability: 'clocks',
    subject: 'real clocks',
    verdict: 'granted',
    guest: probe,
    does: async ({ call }) => {
      const [seconds, nanoseconds] = (await call('wall')) as [bigint, number];
      const isNow = Math.abs(Number(seconds) * 1000 + nanoseconds / 1e6 - Date.now()) < 5000;
      return [isNow, ((await call('monotonic')) as bigint) < ((await call('monotonic')) as bigint)];
    },
    gets: [true, true],
  },
  {
    capability: 'clocks',
    subject: 'real clocks',
    verdict: 'denied',
    guest: probe,
    isAbsent: true,
    gets: unprovided(...CLOCK_IMPORTS),
  },
  {
    capability: 'clocks',
    subject: 'fixed clocks',
    verdict: 'granted',
    guest: probe,
    grants: () => ({ clocks: { now: new Date('2020-02-29T12:00:00.250Z') } }),
    // They stand still, and move by exactly what a guest waits for.
    does: async ({ call }) => [
      await call('wall'),
      await call('monotonic'),
      await call('sleep', 5_000_000n),
      await call('wall'),
    ],
    gets: [[1_582_977_600n, 250_000_000], 0n, 5_000_000n, [1_582_977_600n, 255_000_000]],
  },
  {
    capability: 'clocks',
    subject: 'fixed clocks',
    verdict: 'denied',
    guest: probe,
    grants: () => ({ clocks: { now: -1 } }),
    gets: invalid('give a Date, or milliseconds since 1970'),
  },
];

/** What every random function of WASI gives, as text. */
async function draw(call: Call): Promise<readonly string[]> {
  const values = [
    await call('random-bytes', 10n),
    await call('random-number'),
    await call('insecure-bytes', 10n),
    await call('insecure-number'),
    await call('insecure-seed'),
  ];
  return values.map(String);
}

/** Which of them give two guests the same. */
async function repeats({ call, another }: Trial): Promise<readonly boolean[]> {
  const [first, second] = [await draw(call), await draw(await another())];
  return first.map((value, i) => value === second[i]);
}

const RANDOM: readonly GrantCase[] = [
  {
    capability: 'random',
    subject: 'real randomness',
    verdict: 'granted',
    guest: probe,
    does: repeats,
    gets: new Array(5).fill(false),
  },
  {
    capability: 'random',
    subject: 'real randomness',
    verdict: 'denied',
    guest: probe,
    isAbsent: true,
    gets: unprovided(...['random', 'insecure', 'insecure-seed'].map((name) => `wasi:random/${name}@0.2.12`)),
  },
  {
    capability: 'random',
    subject: 'seeded randomness',
    verdict: 'granted',
    guest: probe,
    grants: () => ({ random: { seed: 7 } }),
    does: async (trial) => [await repeats(trial), await trial.call('random-number')],
    gets: [new Array(5).fill(true), 5_213_431_365_722_736_106n],
  },
  {
    capability: 'random',
    subject: 'seeded randomness',
    verdict: 'denied',
    guest: probe,
    grants: () => ({ random: { seed: 0.5 } }),
    gets: invalid('give a whole number; above 2^53 as a bigint'),
  },
];

const SOCKETS: readonly GrantCase[] = [
  {
    capability: 'sockets',
    subject: 'TCP',
    verdict: 'denied',
    guest: probe,
    does: ({ call }) => call('open-tcp'),
    gets: { error: 'access-denied' },
    heard: [
      'deny sockets: create a TCP socket for ipv4: not-supported: use wasi:http for outgoing requests, and grant `http`',
    ],
  },
  {
    capability: 'sockets',
    subject: 'UDP',
    verdict: 'denied',
    guest: probe,
    does: ({ call }) => call('open-udp'),
    gets: { error: 'access-denied' },
    heard: [
      'deny sockets: create a UDP socket for ipv6: not-supported: use wasi:http for outgoing requests, and grant `http`',
    ],
  },
  {
    capability: 'sockets',
    subject: 'names of hosts',
    verdict: 'denied',
    guest: probe,
    does: ({ call }) => call('look-up', 'example.com'),
    gets: { error: 'access-denied' },
    heard: ['deny sockets: look up example.com: not-supported: use wasi:http for outgoing requests, and grant `http`'],
  },
  {
    capability: 'sockets',
    subject: 'a grant',
    verdict: 'denied',
    guest: probe,
    grants: () => ({ sockets: true }),
    gets: invalid('leave it out; grant `http` for requests'),
  },
];

/** The interfaces of commands, but for files. */
export const WASI_GRANTS: readonly GrantCase[] = [...IO, ...ENVIRONMENT, ...STDIO, ...CLOCKS, ...RANDOM, ...SOCKETS];
