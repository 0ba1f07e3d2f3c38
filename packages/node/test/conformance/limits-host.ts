import { createNodeHost } from '@loophost/node';
import { CALLER, COUNTER, counter, RESOURCE, STRINGS, wat } from '../guests.ts';
import { type Attempt, linkedWith, type LimitRow, THREE_ANSWERS, threeCalls } from './limit-row.ts';
import { outcomeOf, type Trial, WAITS_FROM } from './stage.ts';

/** Some tenths of a second of nothing but counting. */
const LONG = 300_000_000;
/** What the provider takes for this, in milliseconds. */
const WAIT = 2 * WAITS_FROM;
const SHORT_MS = 30;
const THREAD = ['thread'] as const;
const GRANTS = { test: true };

/** Traps twice, and counts to one in its third life. */
async function die({ call }: Trial): Promise<unknown> {
  for (let i = 0; i < 2; i++) await outcomeOf(call('trap'));
  return call('count');
}

async function hold({ call }: Trial): Promise<unknown> {
  const held = [];
  for (let i = 0; i < 3; i++) held.push(await call('[constructor]r', i));
  return held.length;
}

/** Has the host make buckets without a name, and keeps them. */
const BUCKETS = `(component
  (import "loop:guests/buckets@0.1.0" (instance $buckets
    (export "bucket" (type $bucket (sub resource)))
    (export "[constructor]bucket" (func (param "name" string) (result (own $bucket))))))
  (core module $own (memory (export "mem") 1))
  (core instance $own (instantiate $own))
  (core func $new (canon lower (func $buckets "[constructor]bucket") (memory (core memory $own "mem"))))
  (core module $m (import "" "new" (func $new (param i32 i32) (result i32)))
    (func (export "make") (param i32) (result i32) (local i32)
      (loop $next
        (drop (call $new (i32.const 0) (i32.const 0)))
        (br_if $next (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))
      (local.get 1)))
  (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
  (func (export "make") (param "n" u32) (result u32) (canon lift (core func $i "make"))))`;

const LINK: readonly LimitRow[] = [
  {
    set: 'link',
    limit: 'timeoutMs',
    by: 'counting',
    executors: THREAD,
    tight: SHORT_MS,
    attempt: linkedWith('timeoutMs', { component: () => wat(counter()), does: ({ call }) => call('spin', LONG) }),
    stops: 'E_DEADLINE_EXCEEDED',
    finishes: LONG,
  },
  {
    set: 'link',
    limit: 'timeoutMs',
    by: 'waiting',
    tight: SHORT_MS,
    attempt: linkedWith('timeoutMs', {
      component: () => wat(CALLER),
      grants: GRANTS,
      does: ({ call }) => call('once', WAIT),
    }),
    stops: 'E_DEADLINE_EXCEEDED',
    finishes: WAIT,
  },
  {
    set: 'link',
    limit: 'startTimeoutMs',
    by: 'counting in a start function',
    executors: THREAD,
    tight: SHORT_MS,
    attempt: linkedWith('startTimeoutMs', { component: () => wat(counter(LONG)), does: ({ call }) => call('spin', 1) }),
    stops: 'E_START_TIMED_OUT',
    finishes: 1,
  },
  {
    set: 'link',
    limit: 'maxHostCalls',
    by: 'eleven calls of an import',
    tight: 10,
    attempt: linkedWith('maxHostCalls', {
      component: () => wat(CALLER),
      grants: GRANTS,
      // The number is of one call: ten before do not count.
      does: async ({ call }) => [await call('times', 10), await call('times', 11)],
    }),
    stops: 'E_HOST_CALLS_EXCEEDED',
    finishes: [55, 66],
  },
  {
    set: 'link',
    limit: 'maxHandles',
    by: 'three resources that the host holds',
    tight: 2,
    attempt: linkedWith('maxHandles', { component: () => wat(RESOURCE), does: hold }),
    stops: 'E_HANDLES_EXCEEDED',
    finishes: 3,
  },
  {
    set: 'link',
    limit: 'maxHandles',
    by: 'three resources of the host that the guest holds',
    tight: 2,
    attempt: linkedWith('maxHandles', {
      component: () => wat(BUCKETS),
      grants: { buckets: true },
      does: ({ call }) => call('make', 3),
    }),
    stops: 'E_HANDLES_EXCEEDED',
    finishes: 3,
  },
  {
    set: 'link',
    limit: 'maxPendingCalls',
    by: 'three calls at once',
    tight: 2,
    attempt: linkedWith('maxPendingCalls', {
      component: () => wat(CALLER),
      grants: GRANTS,
      does: ({ call }) => threeCalls(call),
    }),
    stops: 'E_CALLS_EXCEEDED',
    finishes: THREE_ANSWERS,
  },
  {
    set: 'link',
    limit: 'maxRestarts',
    by: 'two traps',
    tight: 1,
    attempt: linkedWith('maxRestarts', { component: () => wat(COUNTER), does: die }),
    stops: 'E_RESTARTS_EXHAUSTED',
    finishes: 1,
  },
  {
    set: 'link',
    limit: 'restartWindowMs',
    by: 'two traps, of which one may be within it',
    tight: 60_000,
    wide: 0,
    attempt: linkedWith('restartWindowMs', { component: () => wat(COUNTER), limits: { maxRestarts: 1 }, does: die }),
    stops: 'E_RESTARTS_EXHAUSTED',
    finishes: 1,
  },
];

const CALL: readonly LimitRow[] = [
  {
    set: 'call',
    limit: 'timeoutMs',
    by: 'waiting',
    tight: SHORT_MS,
    attempt: async ({ stage, executor, value }) =>
      stage.run({ component: await wat(CALLER), executor, grants: GRANTS }, ({ instance }) =>
        instance.call('once', [WAIT], value === undefined ? {} : { timeoutMs: Number(value) }),
      ),
    stops: 'E_DEADLINE_EXCEEDED',
    finishes: WAIT,
  },
  ...(['counting', 'waiting'] as const).map((by): LimitRow => ({
    set: 'call',
    limit: 'signal',
    by,
    ...(by === 'counting' && { executors: THREAD }),
    tight: SHORT_MS,
    attempt: (attempt) => abortable(attempt, by),
    stops: 'E_CALL_ABORTED',
    finishes: by === 'counting' ? LONG : WAIT,
  })),
];

async function abortable({ stage, executor, value }: Attempt, by: 'counting' | 'waiting'): Promise<unknown> {
  const component = await wat(by === 'counting' ? counter() : CALLER);
  const options = value === undefined ? {} : { signal: AbortSignal.timeout(Number(value)) };
  return stage.run({ component, executor, grants: by === 'counting' ? {} : GRANTS }, ({ instance }) =>
    by === 'counting' ? instance.call('spin', [LONG], options) : instance.call('once', [WAIT], options),
  );
}

const POOL: readonly LimitRow[] = [
  {
    set: 'pool',
    limit: 'queueLimit',
    by: 'three calls of one instance',
    tight: 1,
    attempt: async ({ stage, executor, value }) =>
      stage.run({ component: await wat(CALLER), executor, grants: GRANTS }, async ({ linked }) => {
        const pool = linked.pool({ size: 1, ...(value !== undefined && { queueLimit: Number(value) }) });
        return threeCalls((name, ...args) => pool.call(name, args));
      }),
    stops: 'E_CALLS_EXCEEDED',
    finishes: THREE_ANSWERS,
  },
];

const MIB = 2 ** 20;

const HOST: readonly LimitRow[] = [
  {
    set: 'host',
    limit: 'maxHeapBytes',
    by: 'strings that fill JavaScript',
    executors: THREAD,
    tight: 16 * MIB,
    attempt: async ({ value }) => {
      await using host = createNodeHost({
        spareThreads: 0,
        ...(value !== undefined && { maxHeapBytes: Number(value) }),
      });
      const instance = await (await host.link(await wat(STRINGS))).instantiate();
      const answer = await outcomeOf(instance.call('strings', [1_500], { timeoutMs: 15_000 }));
      return Array.isArray(answer) ? answer.length : [answer, ((await instance.call('strings', [1])) as []).length];
    },
    // It ends alone: the host has another for the next call.
    stops: ['E_THREAD_DIED', 1],
    finishes: 1_500,
  },
];

/** The limits that do not belong to a capability, and are not compiled in. */
export const HOST_LIMITS: readonly LimitRow[] = [...LINK, ...CALL, ...POOL, ...HOST];
