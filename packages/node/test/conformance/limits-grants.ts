import type { Component } from '@loophost/component';
import { guest } from '../guests.ts';
import { grantedWith, type LimitRow } from './limit-row.ts';
import { type Call, outcomeOf, type Stage, type Trial } from './stage.ts';

/** What came of a run, and something of what was heard of it. */
async function withHeard<T>(
  run: Promise<unknown>,
  stage: Stage,
  pick: (heard: readonly string[]) => T,
): Promise<[unknown, T]> {
  return [await outcomeOf(run), pick(stage.heard)];
}

/** Each stream has a bound of its own, and what fits is kept. */
const STDIO: readonly LimitRow[] = [false, true].map((toStderr): LimitRow => {
  const attempt = grantedWith('stdio', 'outputLimitBytes', {
    component: () => guest('wasi-probe'),
    does: async ({ call }) => {
      await call('write', '0123456', 100, !toStderr);
      return call('write', '0123456', 200, toStderr);
    },
  });
  const lengths = (heard: readonly string[]): readonly number[] =>
    heard.map((line) => line.length - 'stdout: '.length).toSorted((a, b) => a - b);
  return {
    set: 'stdio',
    limit: 'outputLimitBytes',
    by: `1,400 bytes to ${toStderr ? 'stderr' : 'stdout'}`,
    tight: 1_000,
    attempt: (one) => withHeard(attempt(one), one.stage, lengths),
    stops: ['E_OUTPUT_LIMIT', [700, 1_000]],
    finishes: [0, [700, 1_400]],
  };
});

const allowed = ({ origin }: Stage): object => ({ allow: [origin] });
const client = (): Promise<Component> => guest('http-client');
const status = async (reply: Promise<unknown>): Promise<number> => ((await reply) as { status: number }).status;

const HTTP: readonly LimitRow[] = [
  {
    set: 'http',
    limit: 'timeoutMs',
    by: 'a server that takes its time',
    tight: 30,
    attempt: grantedWith('http', 'timeoutMs', {
      component: client,
      grant: allowed,
      does: ({ call, stage }) => status(call('get', `${stage.origin}/slow`)),
    }),
    stops: { error: 'HTTP-response-timeout' },
    finishes: 200,
  },
  {
    set: 'http',
    limit: 'maxResponseBytes',
    by: 'a response of 100,001 bytes',
    tight: 100_000,
    attempt: grantedWith('http', 'maxResponseBytes', {
      component: client,
      grant: allowed,
      does: async ({ call, stage }) =>
        ((await call('get', `${stage.origin}/100001`)) as { body: Uint8Array }).body.length,
    }),
    stops: { error: 'HTTP-response-body-size' },
    finishes: 100_001,
  },
  {
    set: 'http',
    limit: 'maxRequestBytes',
    by: 'a request of 100,001 bytes',
    tight: 100_000,
    attempt: grantedWith('http', 'maxRequestBytes', {
      component: client,
      grant: allowed,
      does: async ({ call, stage }) => {
        const reply = await call('post', `${stage.origin}/`, new Uint8Array(100_001));
        return Buffer.from((reply as { body: Uint8Array }).body).toString();
      },
    }),
    stops: { error: 'HTTP-request-body-size' },
    finishes: '100001',
  },
  {
    set: 'http',
    limit: 'maxConcurrent',
    by: 'three requests at once',
    tight: 2,
    attempt: grantedWith('http', 'maxConcurrent', {
      component: client,
      grant: allowed,
      does: async ({ call, stage }) => ((await call('get-many', `${stage.origin}/slow`, 3)) as string[]).toSorted(),
    }),
    stops: ['connection-limit-reached', 'ok', 'ok'],
    finishes: ['ok', 'ok', 'ok'],
  },
];

const bytes = (length: number): Uint8Array => new Uint8Array(length);

/** Beside two keys with 150 bytes, a component keeps what fits a bound, and then what does not. */
function stored(limit: string, tight: number, { does: [name, fits, exceeds], is }: Stored): LimitRow {
  const attempt = grantedWith('keyValue', limit, {
    component: () => guest('kv-user'),
    grant: () => ({ stores: { default: 'memory' } }),
    does: async ({ call }) => {
      await call('set', 'default', '1', bytes(100));
      await call('set', 'default', '2', bytes(50));
      await call(name, 'default', ...fits);
      await call(name, 'default', ...exceeds);
      return 'kept';
    },
  });
  return {
    set: 'keyValue',
    limit,
    by: name,
    tight,
    attempt: (one) => withHeard(attempt(one), one.stage, (heard) => heard.filter((line) => line.startsWith('deny'))),
    stops: [
      { error: is[1] },
      [`deny keyValue: ${name.replace('-many', '')} default: ${is[0]}: grant a larger ${limit}`],
    ],
    finishes: ['kept', []],
  };
}

interface Stored {
  readonly does: readonly [name: string, fits: readonly unknown[], exceeds: readonly unknown[]];
  /** What listeners and the guest are told. */
  readonly is: readonly [reason: string, text: string];
}

const batch = (second: number): unknown[] => [
  [
    ['1', bytes(75)],
    ['2', bytes(second)],
  ],
];

const STORES: readonly LimitRow[] = [
  stored('maxKeyBytes', 8, {
    does: ['set', ['12345678', bytes(1)], ['123456789', bytes(1)]],
    is: ['key-too-large', 'the key is larger than 8 bytes'],
  }),
  stored('maxValueBytes', 100, {
    does: ['set', ['a', bytes(100)], ['a', bytes(101)]],
    is: ['value-too-large', 'the value is larger than 100 bytes'],
  }),
  stored('maxKeys', 3, {
    does: ['set', ['3', bytes(1)], ['4', bytes(1)]],
    is: ['store-full', 'the store would have more keys than 3'],
  }),
  stored('maxStoreBytes', 250, {
    does: ['set', ['a', bytes(80)], ['b', bytes(100)]],
    is: ['store-full', 'the store would be larger than 250 bytes'],
  }),
  stored('maxBatchKeys', 2, {
    does: ['get-many', [['1', '2']], [['1', '2', '3']]],
    is: ['batch-too-large', 'the batch has more keys than 2'],
  }),
  stored('maxBatchBytes', 150, {
    does: ['set-many', batch(75), batch(76)],
    is: ['batch-too-large', 'the values of the batch are larger than 150 bytes'],
  }),
];

/** What was logged, without what the guest logs when it starts, and why more was not. */
function logged(log: (call: Call) => Promise<unknown>): (trial: Trial) => Promise<unknown> {
  return async ({ call, stage }) => {
    await log(call);
    return stage.heard.filter((line) => !line.startsWith('log info start'));
  };
}

function entries(limit: string, log: (call: Call) => Promise<unknown>): LimitRow['attempt'] {
  return grantedWith('logging', limit, { component: () => guest('logger'), does: logged(log) });
}

const LOGGING: readonly LimitRow[] = [
  {
    set: 'logging',
    limit: 'level',
    by: 'an entry of a lower level',
    tight: 'warn',
    attempt: entries('level', async (call) => {
      await call('log', 'info', '', 'low');
      await call('log', 'error', '', 'high');
    }),
    stops: ['log error : high'],
    finishes: ['log info : low', 'log error : high'],
  },
  {
    set: 'logging',
    limit: 'maxMessageChars',
    by: 'a message of nine characters',
    tight: 5,
    attempt: entries('maxMessageChars', (call) => call('log', 'error', '', '123456789')),
    stops: ['log error : 1234…'],
    finishes: ['log error : 123456789'],
  },
  {
    set: 'logging',
    limit: 'maxEntriesPerSecond',
    by: 'twenty entries at once',
    tight: 10,
    attempt: entries('maxEntriesPerSecond', (call) => call('log-times', 'info', '', 'again', 20)),
    // The first was logged when it started.
    stops: [
      ...new Array<string>(9).fill('log info : again'),
      'deny logging: log: too-many-entries: raise maxEntriesPerSecond above 10',
    ],
    finishes: new Array<string>(20).fill('log info : again'),
  },
];

/** The limits that stand in grants. */
export const GRANT_LIMITS: readonly LimitRow[] = [...STDIO, ...HTTP, ...STORES, ...LOGGING];
