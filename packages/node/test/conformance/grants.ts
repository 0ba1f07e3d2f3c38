import type { Component } from '@loophost/component';
import { CONFIG_INTERFACES, configReader } from '../config-reader.ts';
import { CALLER, guest, wat } from '../guests.ts';
import { type GrantCase, invalid, missing } from './grant-case.ts';
import { WASI_GRANTS } from './grants-wasi.ts';
import { outcomeOf, type Trial, WAITS_FROM } from './stage.ts';

const utf8 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const fileUser = (): Promise<Component> => guest('file-user');
const kvUser = (): Promise<Component> => guest('kv-user');
const logger = (): Promise<Component> => guest('logger');
const client = (): Promise<Component> => guest('http-client');

/** Has the guest `file-user` do one thing after the other. */
function files(...commands: readonly string[]): (trial: Trial) => Promise<unknown> {
  return ({ call }) => call('run', commands);
}

/** Every way to change what may only be read, and how it is reported. */
const CHANGES: readonly (readonly [command: string, request: string])[] = [
  ['open 0 new.txt cw', 'create /data/new.txt'],
  ['open 0 notes.txt w', 'open-for-writing /data/notes.txt'],
  ['open 0 notes.txt tr', 'open-for-writing /data/notes.txt'],
  ['open 0 notes.txt cr', 'create /data/notes.txt'],
  ['open 0 sub dm', 'open /data/sub'],
  ['mkdir 0 box', 'create-directory /data/box'],
  ['rmdir 0 sub', 'remove-directory /data/sub'],
  ['unlink 0 notes.txt', 'remove /data/notes.txt'],
  ['rename 0 notes.txt 0 other.txt', 'rename /data/notes.txt to /data/other.txt'],
  ['link 0 notes.txt 0 twin.txt', 'link /data/notes.txt to /data/twin.txt'],
  ['symlink 0 notes.txt link', 'create-link /data/link'],
  ['touch 0 notes.txt 5 f', 'set-times /data/notes.txt'],
  ['times 0 5', 'set-times /data'],
];

const FILES: readonly GrantCase[] = [
  {
    capability: 'filesystem',
    subject: 'files to read',
    verdict: 'granted',
    guest: fileUser,
    grants: ({ disk }) => ({ filesystem: [{ host: disk.path('inside'), guest: '/data' }] }),
    does: files('directories', 'peek 0 notes.txt r', 'peek 0 sub/deep.txt r', 'stat 0 notes.txt'),
    gets: ['/data', 'notes', 'deep', 'f 5'],
    heard: ['allow filesystem: open /data/notes.txt: granted', 'allow filesystem: open /data/sub/deep.txt: granted'],
  },
  {
    capability: 'filesystem',
    subject: 'files to read',
    verdict: 'denied',
    guest: fileUser,
    does: files('directories'),
    gets: [''],
  },
  {
    capability: 'filesystem',
    subject: 'files to read',
    verdict: 'denied',
    guest: fileUser,
    grants: ({ disk }) => ({ filesystem: [{ host: disk.path('nowhere'), guest: '/data' }] }),
    gets: invalid('name a directory that is there'),
  },
  {
    capability: 'filesystem',
    subject: 'files to read',
    verdict: 'denied',
    guest: fileUser,
    grants: ({ disk }) => ({ filesystem: [{ host: disk.path('inside/notes.txt'), guest: '/data' }] }),
    gets: invalid('name a directory that is there'),
  },
  {
    capability: 'filesystem',
    subject: 'files to change',
    verdict: 'granted',
    guest: fileUser,
    grants: ({ disk }) => ({ filesystem: [{ host: disk.path('inside'), guest: '/data', mode: 'rw' }] }),
    does: files(
      'open 0 new.txt crw',
      'write 1 0 hello',
      'rename 0 new.txt 0 sub/moved.txt',
      'cat 1',
      'unlink 0 sub/moved.txt',
    ),
    gets: ['1', '5', 'ok', 'hello', 'ok'],
    heard: [
      'allow filesystem: create /data/new.txt: granted',
      'allow filesystem: rename /data/new.txt to /data/sub/moved.txt: granted',
      'allow filesystem: remove /data/sub/moved.txt: granted',
    ],
  },
  {
    capability: 'filesystem',
    subject: 'files to change',
    verdict: 'denied',
    guest: fileUser,
    grants: ({ disk }) => ({ filesystem: [{ host: disk.path('inside'), guest: '/data', mode: 'ro' }] }),
    does: files(...CHANGES.map(([command]) => command)),
    gets: CHANGES.map(() => 'error read-only'),
    heard: CHANGES.map(
      ([, request]) => `deny filesystem: ${request}: read-only: grant the directory "/data" with mode "rw"`,
    ),
  },
];

const SHAPE = "http: { allow: ['https://api.example.com'] }";

const HTTP: readonly GrantCase[] = [
  {
    capability: 'http',
    subject: 'an origin',
    verdict: 'granted',
    guest: client,
    grants: ({ origin }) => ({ http: { allow: [origin] } }),
    does: async ({ call, stage }) => {
      const { status, body } = (await call('get', `${stage.origin}/5`)) as { status: number; body: Uint8Array };
      return [status, Buffer.from(body).toString()];
    },
    gets: [200, 'okoko'],
    heard: ['allow http: GET ORIGIN: granted'],
  },
  {
    capability: 'http',
    subject: 'an origin',
    verdict: 'denied',
    guest: client,
    gets: missing(`grant it with \`${SHAPE}\``, 'wasi:http/outgoing-handler@0.2.12'),
  },
  {
    capability: 'http',
    subject: 'an origin',
    verdict: 'denied',
    guest: client,
    grants: () => ({ http: { allow: ['example.com'] } }),
    gets: invalid('write it like "https://api.example.com", "https://*.example.com" or "http://localhost:8080"'),
  },
  ...[['https://api.example.com'], []].map((allow): GrantCase => ({
    capability: 'http',
    subject: 'an origin',
    verdict: 'denied',
    guest: client,
    grants: () => ({ http: { allow } }),
    does: ({ call, stage }) => call('get', `${stage.origin}/`),
    gets: { error: 'HTTP-request-denied' },
    heard: ['deny http: GET ORIGIN: not-granted: add "ORIGIN" to http.allow'],
  })),
];

/** Sets, finds, deletes and lists. */
async function keep({ call }: Trial): Promise<unknown> {
  await call('set', 'default', 'a', utf8('1'));
  await call('set', 'default', 'b', utf8(''));
  const found = [await call('get', 'default', 'a'), await call('get', 'default', 'c')];
  await call('delete', 'default', 'a');
  return [
    found,
    await call('exists', 'default', 'a'),
    await call('exists', 'default', 'b'),
    await call('keys', 'default'),
  ];
}

const OTHER_STORES = ['other', '', '../default', 'default\0'];
/** Each function of the guest opens the store. */
const OPENED = new Array(8).fill('allow keyValue: open default: granted');
const KEPT = [[utf8('1'), undefined], false, true, ['b']];

const STORES: readonly GrantCase[] = [
  {
    capability: 'keyValue',
    subject: 'a store in memory',
    verdict: 'granted',
    guest: kvUser,
    grants: () => ({ keyValue: { stores: { default: 'memory' } } }),
    does: keep,
    gets: KEPT,
    heard: OPENED,
  },
  {
    capability: 'keyValue',
    subject: 'a store in memory',
    verdict: 'denied',
    guest: kvUser,
    gets: missing(
      "grant it with `keyValue: { stores: { default: 'memory' } }`",
      ...['store', 'atomics', 'batch'].map((name) => `wasi:keyvalue/${name}@0.2.0-draft2`),
    ),
  },
  {
    capability: 'keyValue',
    subject: 'a store in memory',
    verdict: 'denied',
    guest: kvUser,
    grants: () => ({ keyValue: { stores: { default: 'memory' } } }),
    does: ({ call }) => Promise.all(OTHER_STORES.map((store) => outcomeOf(call('get', store, 'a')))),
    gets: OTHER_STORES.map(() => ({ error: 'access-denied' })),
    heard: OTHER_STORES.map((store) => store.replace('\0', '\u{fffd}')).map(
      (store) =>
        `deny keyValue: open ${store}: not-granted: grant the store with \`keyValue: { stores: { '${store}': 'memory' } }\``,
    ),
  },
  {
    capability: 'keyValue',
    subject: 'a store in a file',
    verdict: 'granted',
    guest: kvUser,
    grants: ({ disk }) => ({ keyValue: { stores: { default: { file: disk.path('stores/a.sqlite') } } } }),
    does: keep,
    gets: KEPT,
    heard: OPENED,
  },
  {
    capability: 'keyValue',
    subject: 'a store in a file',
    verdict: 'denied',
    guest: kvUser,
    grants: ({ disk }) => ({ keyValue: { stores: { default: { file: disk.path('missing/a.sqlite') } } } }),
    does: ({ call }) => call('get', 'default', 'a'),
    gets: { error: 'the store cannot be opened' },
    heard: [
      'allow keyValue: open default: granted',
      'deny keyValue: open default: cannot-open: look at the file "TOP/missing/a.sqlite": unable to open database file',
    ],
  },
];

const CONFIG: readonly GrantCase[] = [
  ...CONFIG_INTERFACES.flatMap((name): GrantCase[] => {
    const reader = (): Promise<Component> => wat(configReader(name));
    return [
      {
        capability: 'config',
        subject: name,
        verdict: 'granted',
        guest: reader,
        grants: () => ({ config: { greeting: 'Grüß Gott', other: '' } }),
        // It also reads when it starts.
        does: async ({ call }) => [
          await call('read', 'greeting'),
          await call('read', 'other'),
          await call('read', 'absent'),
        ],
        gets: ['Grüß Gott', '', undefined],
        heard: ['allow config: get greeting: granted', 'allow config: get other: granted'],
      },
      {
        capability: 'config',
        subject: name,
        verdict: 'denied',
        guest: reader,
        gets: missing("grant it with `config: { key: 'value' }`", name),
      },
    ];
  }),
  {
    capability: 'config',
    subject: CONFIG_INTERFACES[0] ?? '',
    verdict: 'denied',
    guest: () => wat(configReader(CONFIG_INTERFACES[0] ?? '')),
    grants: () => ({ config: {} }),
    does: ({ call }) => call('read', 'greeting'),
    gets: undefined,
  },
];

const LOGGING: readonly GrantCase[] = [
  {
    capability: 'logging',
    subject: 'entries',
    verdict: 'granted',
    guest: logger,
    does: async ({ call }) => {
      await call('log', 'warn', 'disk', 'nearly full');
      await call('log', 'critical', '', 'full\n\u001b[2J');
    },
    gets: undefined,
    heard: ['log info start: started', 'log warn disk: nearly full', 'log critical : full↵\u{fffd}[2J'],
  },
  {
    capability: 'logging',
    subject: 'entries',
    verdict: 'denied',
    guest: logger,
    grants: () => ({ logging: false }),
    gets: missing('grant it with `logging: {}`', 'wasi:logging/logging@0.1.0-draft'),
  },
];

/** Interfaces of the embedder's own, made by `provide`: a function, and a class. */
const PROVIDED: readonly GrantCase[] = [
  {
    capability: 'test',
    subject: 'a function of the app',
    verdict: 'granted',
    guest: () => wat(CALLER),
    grants: () => ({ test: true }),
    // The second answer takes the host some time.
    does: async ({ call }) => [await call('once', 7), await call('once', WAITS_FROM)],
    gets: [7, WAITS_FROM],
  },
  {
    capability: 'test',
    subject: 'a function of the app',
    verdict: 'denied',
    guest: () => wat(CALLER),
    gets: missing('grant it with `test: true`', 'acme:test/host@1.0.0'),
  },
  {
    capability: 'buckets',
    subject: 'a class of the app',
    verdict: 'granted',
    guest: () => guest('rust-bucket-user'),
    grants: () => ({ buckets: true }),
    does: async ({ call }) => {
      const bucket = await call('fill', 'pail', [['x', '1']]);
      return [await call('read', bucket, ['x', 'y']), await call('discard', bucket)];
    },
    gets: [['1', undefined], 'pail'],
  },
  {
    capability: 'buckets',
    subject: 'a class of the app',
    verdict: 'denied',
    guest: () => guest('rust-bucket-user'),
    gets: missing('grant it with `buckets: true`', 'loop:guests/buckets@0.1.0'),
  },
];

/** Every capability, granted and denied. */
export const GRANTS: readonly GrantCase[] = [
  ...WASI_GRANTS,
  ...FILES,
  ...HTTP,
  ...STORES,
  ...CONFIG,
  ...LOGGING,
  ...PROVIDED,
];
