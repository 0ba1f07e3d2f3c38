import type { Component } from '@loophost/component';
import type { Grants, HostLimits, Instance } from '@loophost/host';
import { CALLER, counter, guest, wat } from '../guests.ts';
import { NEVER, outcomeOf, type Stage } from './stage.ts';

/** The ways to attack a host. */
export const KINDS = [
  'endless loop',
  'loop inside a host call',
  'memory bomb',
  'many small memories',
  'table bomb',
  'GC struct bomb',
  'GC array bomb',
  'exception-reference bomb',
  'deep recursion',
  'huge string',
  'host-call flood',
  'output flood',
  'slow drip',
  'descriptor escape',
] as const;

/** A guest that attacks its host, linked as untrusted. */
export interface Attacker {
  readonly kind: (typeof KINDS)[number];
  readonly deed: string;
  /** Its documented end: a code, the error value of an interface, or what it gets where it is only bounded. */
  readonly ends: unknown;
  /** What ends it, for the report. */
  readonly limit: string;
  /** When it must have ended, in milliseconds after the call. 0: it is refused before it runs. */
  readonly withinMs: number;
  readonly component: () => Promise<Component>;
  readonly grants?: (stage: Stage) => Grants;
  readonly limits?: Partial<HostLimits>;
  /** The attack, whose calls get {@link withinMs}. Default: `attack`. */
  readonly does?: (instance: Instance, timeoutMs: number, stage: Stage) => Promise<unknown>;
}

/** How an attack ended. */
export interface Ending {
  readonly outcome: unknown;
  /** From the call on. */
  readonly ms: number;
  /** What the host's next call took, of a guest that has done nothing wrong: from its link to its answer. */
  readonly nextMs: number;
}

const LIMIT_MS = 200;

function hostile(
  name: string,
  ends: unknown,
  rest: Partial<Attacker> & Pick<Attacker, 'kind' | 'deed' | 'limit'>,
): Attacker {
  return { ends, withinMs: LIMIT_MS, component: () => guest(`hostile/${name}`), ...rest };
}

function refused(name: string, code: string, rest: Pick<Attacker, 'kind' | 'deed' | 'limit'>): Attacker {
  return hostile(name, code, { withinMs: 0, ...rest });
}

/** Loops when the host asks it for memory, which is in the middle of a call to the host. */
const LOOPS_IN_HOST_CALL = `(component
  (import "wasi:cli/environment@0.2.0" (instance $env (export "get-arguments" (func (result (list string))))))
  (core module $lib (memory (export "mem") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (loop $again (br $again)) unreachable))
  (core instance $lib (instantiate $lib))
  (core func $get (canon lower (func $env "get-arguments")
    (memory (core memory $lib "mem")) (realloc (core func $lib "realloc"))))
  (core module $m (import "" "get" (func $get (param i32)))
    (func (export "attack") (call $get (i32.const 0))))
  (core instance $i (instantiate $m (with "" (instance (export "get" (func $get))))))
  (func (export "attack") (canon lift (core func $i "attack"))))`;

const MEMORIES = Array.from({ length: 50 }, (_, i) => `$m${i}`);
/** Grows fifty memories as far as they go, and gives the pages of all. */
const MANY_MEMORIES = `(component
  (core module $core
    ${MEMORIES.map((name) => `(memory ${name} 1)`).join(' ')}
    (func (export "attack") (result i32)
      ${MEMORIES.map((name) => `(loop $l (br_if $l (i32.ge_s (memory.grow ${name} (i32.const 1)) (i32.const 0))))`).join('\n')}
      ${MEMORIES.map((name, i) => `(memory.size ${name})${i > 0 ? ' (i32.add)' : ''}`).join(' ')}))
  (core instance $i (instantiate $core))
  (func (export "attack") (result u32) (canon lift (core func $i "attack"))))`;

/** Throws small exceptions, which are allowed, and keeps a reference to one in each frame of an endless recursion. */
const SMALL_EXCEPTIONS = `(component
  (core module $m
    (tag $t (param i64 i64 i64 i64 i64 i64 i64 i64))
    (func $throw (throw $t ${'(i64.const 1) '.repeat(8)}))
    (func $hoard (export "attack") (local $held exnref)
      (block $caught (result exnref) (try_table (catch_all_ref $caught) (call $throw)) unreachable)
      (local.set $held)
      (call $hoard)
      (throw_ref (local.get $held))))
  (core instance $i (instantiate $m))
  (func (export "attack") (canon lift (core func $i "attack"))))`;

const TIME: readonly Attacker[] = [
  hostile('endless-loop', 'E_DEADLINE_EXCEEDED', { kind: 'endless loop', deed: 'loops for ever', limit: 'timeoutMs' }),
  {
    kind: 'loop inside a host call',
    deed: 'loops inside a host call',
    ends: 'E_DEADLINE_EXCEEDED',
    limit: 'timeoutMs',
    withinMs: LIMIT_MS,
    component: () => wat(LOOPS_IN_HOST_CALL),
    grants: () => ({ environment: { args: ['x'] } }),
  },
  {
    kind: 'endless loop',
    deed: 'loops in its start function',
    ends: 'E_START_TIMED_OUT',
    limit: 'startTimeoutMs',
    withinMs: LIMIT_MS,
    component: () => wat(counter(4_000_000_000)),
    limits: { startTimeoutMs: LIMIT_MS },
  },
  {
    kind: 'loop inside a host call',
    deed: 'sleeps for an hour in a host call',
    ends: 'E_DEADLINE_EXCEEDED',
    limit: 'timeoutMs',
    withinMs: LIMIT_MS,
    component: () => guest('wasi-probe'),
    does: (instance, timeoutMs) => instance.call('sleep', [3_600_000_000_000n], { timeoutMs }),
  },
  {
    kind: 'loop inside a host call',
    deed: 'waits for a host call that never answers',
    ends: 'E_DEADLINE_EXCEEDED',
    limit: 'timeoutMs',
    withinMs: LIMIT_MS,
    component: () => wat(CALLER),
    grants: () => ({ test: true }),
    does: (instance, timeoutMs) => instance.call('once', [NEVER], { timeoutMs }),
  },
];

const MEMORY: readonly Attacker[] = [
  hostile('memory-bomb', 4081, {
    kind: 'memory bomb',
    deed: 'grows its memory without end',
    limit: 'maxMemoryBytes',
    withinMs: 1_000,
  }),
  refused('memory-claim', 'E_LINK_FAILED E_LIMIT_EXCEEDED', {
    kind: 'memory bomb',
    deed: 'starts with 1 GiB of memory',
    limit: 'maxMemoryBytes',
  }),
  refused('memory-claim-in-parts', 'E_LINK_FAILED E_LIMIT_EXCEEDED', {
    kind: 'many small memories',
    deed: 'starts with many memories',
    limit: 'maxMemoryBytes',
  }),
  {
    kind: 'many small memories',
    deed: 'grows many small memories',
    ends: 50 * Math.floor(4096 / 50),
    limit: 'maxMemoryBytes',
    withinMs: 1_000,
    component: () => wat(MANY_MEMORIES),
  },
  refused('instance-bomb', 'E_LIMIT_EXCEEDED', {
    kind: 'many small memories',
    deed: 'makes 2^30 instances',
    limit: 'the work of instantiating',
  }),
  hostile('table-bomb', 999_425, {
    kind: 'table bomb',
    deed: 'grows a table without end',
    limit: 'maxTableElements',
    withinMs: 1_000,
  }),
  refused('table-claim', 'E_LINK_FAILED E_LIMIT_EXCEEDED', {
    kind: 'table bomb',
    deed: 'starts with a huge table',
    limit: 'maxTableElements',
  }),
];

const HEAP: readonly Attacker[] = [
  refused('gc-struct', 'E_GC_HEAP_DENIED', {
    kind: 'GC struct bomb',
    deed: 'fills the heap of V8 with structs',
    limit: 'allowGcHeap',
  }),
  refused('gc-array', 'E_GC_HEAP_DENIED', {
    kind: 'GC array bomb',
    deed: 'fills the heap of V8 with an array',
    limit: 'allowGcHeap',
  }),
  refused('exnref-hoard', 'E_GC_HEAP_DENIED', {
    kind: 'exception-reference bomb',
    deed: 'hoards exception references',
    limit: 'allowGcHeap',
  }),
  refused('exnref-table', 'E_GC_HEAP_DENIED', {
    kind: 'exception-reference bomb',
    deed: 'keeps exceptions in a table',
    limit: 'allowGcHeap',
  }),
  refused('exception-hoard', 'E_GC_HEAP_DENIED', {
    kind: 'exception-reference bomb',
    deed: 'hoards exceptions in catch blocks',
    limit: 'allowGcHeap',
  }),
  {
    kind: 'exception-reference bomb',
    deed: 'hoards small exceptions on its stack',
    ends: 'E_TRAP_STACK_OVERFLOW',
    limit: 'its stack',
    withinMs: 1_000,
    component: () => wat(SMALL_EXCEPTIONS),
  },
  hostile('stack-overflow', 'E_TRAP_STACK_OVERFLOW', {
    kind: 'deep recursion',
    deed: 'recurses without end',
    limit: 'its stack',
    does: (instance, timeoutMs) => instance.call('attack', [1], { timeoutMs }),
  }),
];

const VOLUME: readonly Attacker[] = [
  hostile('string-huge', 'E_TRAP_VALUE_TOO_LARGE', {
    kind: 'huge string',
    deed: 'gives a huge string',
    limit: 'maxTransferBytes',
  }),
  hostile('list-repeated-strings', 'E_TRAP_VALUE_TOO_LARGE', {
    kind: 'huge string',
    deed: 'gives one string 8,192 times',
    limit: 'maxTransferBytes',
    withinMs: 1_000,
    component: () => guest('hostile/list-repeated-strings', { limits: { maxTransferBytes: 2 ** 26 } }),
  }),
  {
    kind: 'host-call flood',
    deed: 'floods its host with calls',
    ends: 'E_HOST_CALLS_EXCEEDED',
    limit: 'maxHostCalls',
    withinMs: 1_000,
    component: () => wat(CALLER),
    grants: () => ({ test: true }),
    limits: { maxHostCalls: 1_000 },
    does: (instance, timeoutMs) => instance.call('forever', [], { timeoutMs }),
  },
  {
    kind: 'host-call flood',
    deed: 'floods its host with calls until its deadline',
    ends: 'E_DEADLINE_EXCEEDED',
    limit: 'timeoutMs',
    withinMs: LIMIT_MS,
    component: () => wat(CALLER),
    grants: () => ({ test: true }),
    does: (instance, timeoutMs) => instance.call('forever', [], { timeoutMs }),
  },
  {
    kind: 'output flood',
    deed: 'floods its output',
    ends: ['E_OUTPUT_LIMIT', 1_048_576 + 'stdout: '.length],
    limit: 'outputLimitBytes',
    withinMs: 1_000,
    component: () => guest('wasi-probe'),
    does: async (instance, timeoutMs, stage) => [
      await outcomeOf(instance.call('write', ['x'.repeat(4096), 1_000_000, false], { timeoutMs })),
      stage.heard.join().length,
    ],
  },
  {
    kind: 'output flood',
    deed: 'floods the log',
    // What it logs beyond is left out, and one denial says so.
    ends: [undefined, 1_000, 1],
    limit: 'maxEntriesPerSecond',
    withinMs: 1_000,
    component: () => guest('logger'),
    does: async (instance, timeoutMs, stage) => {
      const outcome = await outcomeOf(instance.call('log-times', ['info', '', 'again', 100_000], { timeoutMs }));
      const count = (word: string): number => stage.heard.filter((line) => line.startsWith(word)).length;
      return [outcome, count('log'), count('deny')];
    },
  },
];

/** Reads a server that sends a byte now and then, for ever. */
const drips: Attacker['does'] = (instance, timeoutMs, stage) =>
  instance.call('get', [`${stage.origin}/drip`], { timeoutMs });

const ESCAPES = [
  'open 0 ../secret.txt r',
  'open 0 sub/../../secret.txt r',
  'open 0 /etc/passwd r',
  'symlink 0 ../secret.txt link',
  'rename 0 ../secret.txt 0 mine.txt',
  'link 0 ../secret.txt 0 mine.txt',
];

const OUTSIDE: readonly Attacker[] = [
  {
    kind: 'slow drip',
    deed: 'reads a server that drips, within the time of its grant',
    ends: { error: 'HTTP-response-timeout' },
    limit: 'http.timeoutMs',
    withinMs: LIMIT_MS,
    component: () => guest('http-client'),
    grants: ({ origin }) => ({ http: { allow: [origin], timeoutMs: LIMIT_MS } }),
    does: (instance, _timeoutMs, stage) => drips(instance, 10_000, stage),
  },
  {
    kind: 'slow drip',
    deed: 'reads a server that drips, until its deadline',
    ends: 'E_DEADLINE_EXCEEDED',
    limit: 'timeoutMs',
    withinMs: LIMIT_MS,
    component: () => guest('http-client'),
    grants: ({ origin }) => ({ http: { allow: [origin] } }),
    does: drips,
  },
  {
    kind: 'descriptor escape',
    deed: 'tries to leave its directory',
    ends: ESCAPES.map(() => 'error not-permitted'),
    limit: 'its directory',
    withinMs: 1_000,
    component: () => guest('file-user'),
    grants: ({ disk }) => ({ filesystem: [{ host: disk.path('inside'), guest: '/data', mode: 'rw' }] }),
    does: (instance, timeoutMs) => instance.call('run', [ESCAPES], { timeoutMs }),
  },
  hostile('handle-forged-drop', 'E_TRAP_UNKNOWN_HANDLE', {
    kind: 'descriptor escape',
    deed: 'forges a handle',
    limit: 'the handles that it has',
    does: (instance, timeoutMs) => instance.call('attack', [7], { timeoutMs }),
  }),
];

/** All attackers. */
export const ATTACKERS: readonly Attacker[] = [...TIME, ...MEMORY, ...HEAP, ...VOLUME, ...OUTSIDE];

/**
 * Runs an attack in a thread, and then a guest that has done nothing wrong on the same host.
 *
 * @param patience - How many times its time an attacker gets that something else than time is to stop.
 */
export async function endingOf(attacker: Attacker, stage: Stage, patience = 1): Promise<Ending> {
  const timeoutMs = attacker.withinMs * (attacker.ends === 'E_DEADLINE_EXCEEDED' ? 1 : patience);
  const [outcome, ms] = await attack(attacker, stage, timeoutMs);
  const started = performance.now();
  const component = await wat(CALLER);
  const answer = await stage.run({ component, executor: 'thread', grants: { test: true } }, ({ call }) =>
    call('once', 7),
  );
  if (answer !== 7) throw new Error(`the next call gave ${String(answer)}`);
  return { outcome, ms, nextMs: performance.now() - started };
}

async function attack(
  attacker: Attacker,
  stage: Stage,
  timeoutMs: number,
): Promise<readonly [outcome: unknown, ms: number]> {
  const { component, grants, limits = {} } = attacker;
  const { does = (instance) => instance.call('attack', [], { timeoutMs }) } = attacker;
  const given = { executor: 'thread', trust: 'untrusted', grants: grants?.(stage) ?? {}, limits } as const;
  // What is refused before it runs has no call: all of it counts.
  let started = performance.now();
  const begin = (): void => void (started = performance.now());
  const run = async (): Promise<unknown> =>
    stage.run({ ...given, component: await component(), onLinked: begin }, async ({ instance }) => {
      begin();
      const ended = await outcomeOf(does(instance, timeoutMs, stage));
      return [ended, performance.now() - started];
    });
  const outcome = await outcomeOf(run());
  return Array.isArray(outcome) ? (outcome as [unknown, number]) : [outcome, performance.now() - started];
}
