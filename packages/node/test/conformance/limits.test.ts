import { DEFAULT_HTTP_BOUNDS, DEFAULT_LOG_BOUNDS, DEFAULT_STORE_BOUNDS, type StdioGrant } from '@loophost/capabilities';
import { type CompileOptions, DEFAULT_LIMITS } from '@loophost/component';
import { type CallOptions, DEFAULT_HOST_LIMITS, type PoolOptions } from '@loophost/host';
import type { NodeHostOptions } from '@loophost/node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { EXECUTORS, guest } from '../guests.ts';
import type { LimitRow, LimitSet } from './limit-row.ts';
import { ENGINE_LIMITS } from './limits-engine.ts';
import { GRANT_LIMITS } from './limits-grants.ts';
import { HOST_LIMITS } from './limits-host.ts';
import { outcomeOf, Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});

afterEach(() => expect(stage.alive).toBe(0));

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  expect(stage.host.live).toEqual({ instances: 0, threads: 0, handles: 0, calls: 0 });
});

const LIMITS: readonly LimitRow[] = [...ENGINE_LIMITS, ...HOST_LIMITS, ...GRANT_LIMITS];

describe.each(EXECUTORS)('in the executor %s', (executor) => {
  const rows = LIMITS.filter(({ executors = EXECUTORS }) => executors.includes(executor));

  test.each(rows)('$set $limit holds: $by', async ({ attempt, tight, stops }) => {
    expect(await outcomeOf(attempt({ stage, executor, value: tight }))).toEqual(stops);
  });

  test.each(rows)('without $set $limit the same guest finishes: $by', async ({ attempt, wide, finishes }) => {
    expect(await outcomeOf(attempt({ stage, executor, value: wide }))).toEqual(finishes);
  });
});

test('an untrusted component is refused by the executor inline, which cannot stop it', async () => {
  await expect(stage.host.link(await guest('agent'), { name: 'agent', executor: 'inline' })).rejects.toMatchObject({
    code: 'E_LINK_FAILED',
    problems: [
      {
        code: 'E_TRUST_TOO_LOW',
        message:
          'cannot link component "agent": the executor "inline" is for trusted components, and this one is untrusted',
        fix: 'link it with trust "trusted" if you know who wrote it',
      },
    ],
  });
});

/** Options that hold limits, and which of them are limits. An option that is not named here does not compile. */
const OPTIONS = {
  call: { timeoutMs: true, signal: true, transfer: false } satisfies Record<keyof CallOptions, boolean>,
  // The others say how much a pool holds, not what a guest may take.
  pool: { queueLimit: true, size: false, callsPerInstance: false } satisfies Record<keyof PoolOptions, boolean>,
  host: {
    maxHeapBytes: true,
    capabilities: false,
    spareThreads: false,
    threads: false,
  } satisfies Record<keyof NodeHostOptions, boolean>,
  stdio: { outputLimitBytes: true, stdin: false, stdout: false, stderr: false } satisfies Record<
    keyof StdioGrant,
    boolean
  >,
  compile: { allowGcHeap: true, limits: false } satisfies Record<keyof CompileOptions, boolean>,
};

/** Whose defaults name every limit. */
const DEFAULTS = {
  compile: DEFAULT_LIMITS,
  link: DEFAULT_HOST_LIMITS,
  http: DEFAULT_HTTP_BOUNDS,
  keyValue: DEFAULT_STORE_BOUNDS,
  logging: DEFAULT_LOG_BOUNDS,
};

test('every limit has a row', () => {
  const fromOptions = Object.entries(OPTIONS).flatMap(([set, options]) =>
    Object.entries(options).flatMap(([name, isLimit]) => (isLimit ? [`${set}.${name}`] : [])),
  );
  const fromDefaults = Object.entries(DEFAULTS).flatMap(([set, defaults]) =>
    Object.keys(defaults).map((name) => `${set satisfies string as LimitSet}.${name}`),
  );
  const rows = new Set(LIMITS.map(({ set, limit }) => `${set}.${limit}`));
  expect([...rows].toSorted()).toEqual([...new Set([...fromOptions, ...fromDefaults])].toSorted());
});
