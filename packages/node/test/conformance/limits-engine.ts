import { type CompileOptions, type Component, type Limits, suspending } from '@loophost/component';
import { CALLER, COUNTER, guest, STRINGS, wat } from '../guests.ts';
import { type LimitRow, THREE_ANSWERS, threeCalls } from './limit-row.ts';
import { answer, type Trial } from './stage.ts';

const MIB = 2 ** 20;

/** An attempt with a component that is compiled under a limit. */
function compiledWith(
  limit: keyof Limits,
  compile: (options: CompileOptions) => Promise<Component>,
  does: (trial: Trial) => Promise<unknown>,
): LimitRow['attempt'] {
  return async ({ stage, executor, value }) => {
    const component = await compile({ limits: value === undefined ? {} : { [limit]: Number(value) } });
    const grants = component.imports.length > 0 ? { test: true } : {};
    return stage.run({ component, executor, grants }, does);
  };
}

/** An attempt without a host, which lets calls wait before they reach the engine. */
function queued(limit: keyof Limits): LimitRow['attempt'] {
  return async ({ value }) => {
    const component = await wat(CALLER, { limits: value === undefined ? {} : { [limit]: Number(value) } });
    using instance = await component.link({ 'acme:test/host@1.0.0': { f: suspending(answer) } }).instantiate();
    const once = instance.exports['once'] as (x: unknown) => unknown;
    return await threeCalls(async (_name, x) => once(x));
  };
}

/** Grows its memory or its table one by one, and traps when it does not get what it needs. */
const grower = (what: 'memory' | 'table'): string => {
  const [definition, grow, size] = {
    memory: ['(memory 1)', '(memory.grow (i32.const 1))', '(memory.size)'],
    table: ['(table 1 funcref)', '(table.grow (ref.null func) (i32.const 1))', '(table.size)'],
  }[what] as [string, string, string];
  return `(component
  (core module $m ${definition}
    (func (export "grow") (param i32) (result i32)
      (loop $next
        (if (i32.lt_s ${grow} (i32.const 0)) (then unreachable))
        (br_if $next (i32.lt_u ${size} (local.get 0))))
      ${size}))
  (core instance $i (instantiate $m))
  (func (export "grow") (param "to" u32) (result u32) (canon lift (core func $i "grow"))))`;
};

/** Has as much from the start. */
const claimer = (definition: string): string => `(component
  (core module $m ${definition} (func (export "f") (result i32) (i32.const 7)))
  (core instance $i (instantiate $m))
  (func (export "f") (result u32) (canon lift (core func $i "f"))))`;

/** Takes a text and gives its length. */
const MEASURE = `(component
  (core module $m (memory (export "mem") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
    (func (export "f") (param i32 i32) (result i32) (local.get 1)))
  (core instance $i (instantiate $m))
  (func (export "f") (param "text" string) (result u32)
    (canon lift (core func $i "f") (memory (core memory $i "mem")) (realloc (core func $i "realloc")))))`;

/** Makes resources of its own and keeps them. */
const HOARDER = `(component
  (type $r (resource (rep i32)))
  (core func $new (canon resource.new $r))
  (core module $m (import "" "new" (func $new (param i32) (result i32)))
    (func (export "hoard") (param i32) (result i32) (local i32)
      (loop $next
        (drop (call $new (i32.const 0)))
        (br_if $next (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))
      (local.get 1)))
  (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
  (func (export "hoard") (param "n" u32) (result u32) (canon lift (core func $i "hoard"))))`;

/** Makes a list of structs on V8's own heap, and gives its length. */
const STRUCTS = `(component
  (core module $m (type $link (struct (field (ref null $link))))
    (func (export "f") (result i32) (local $list (ref null $link)) (local $n i32)
      (loop $next
        (local.set $list (struct.new $link (local.get $list)))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 10))))
      (local.get $n)))
  (core instance $i (instantiate $m))
  (func (export "f") (result u32) (canon lift (core func $i "f"))))`;

/** The limits that a component is compiled with. */
export const ENGINE_LIMITS: readonly LimitRow[] = [
  {
    set: 'compile',
    limit: 'maxComponentBytes',
    by: 'a component of some hundred bytes',
    tight: 100,
    attempt: compiledWith(
      'maxComponentBytes',
      (options) => wat(COUNTER, options),
      ({ call }) => call('count'),
    ),
    stops: 'E_LIMIT_EXCEEDED',
    finishes: 1,
  },
  {
    set: 'compile',
    limit: 'maxNesting',
    by: 'a component in a component',
    tight: 1,
    attempt: compiledWith(
      'maxNesting',
      (options) => guest('nested-greeter', options),
      ({ call }) => call('welcome-all', [['Ada', undefined]]),
    ),
    stops: 'E_LIMIT_EXCEEDED',
    finishes: ['Hello, Ada!'],
  },
  {
    set: 'compile',
    limit: 'maxMemoryBytes',
    by: 'growing a memory',
    tight: 2 * MIB,
    attempt: compiledWith(
      'maxMemoryBytes',
      (options) => wat(grower('memory'), options),
      ({ call }) => call('grow', 33),
    ),
    stops: 'E_TRAP_CORE',
    finishes: 33,
  },
  {
    set: 'compile',
    limit: 'maxMemoryBytes',
    by: 'memories that it starts with',
    tight: 2 * MIB,
    attempt: compiledWith(
      'maxMemoryBytes',
      (options) => wat(claimer('(memory 32) (memory 1)'), options),
      ({ call }) => call('f'),
    ),
    stops: 'E_LINK_FAILED E_LIMIT_EXCEEDED',
    finishes: 7,
  },
  {
    set: 'compile',
    limit: 'maxTableElements',
    by: 'growing a table',
    tight: 100,
    attempt: compiledWith(
      'maxTableElements',
      (options) => wat(grower('table'), options),
      ({ call }) => call('grow', 101),
    ),
    stops: 'E_TRAP_CORE',
    finishes: 101,
  },
  {
    set: 'compile',
    limit: 'maxTableElements',
    by: 'tables that it starts with',
    tight: 100,
    attempt: compiledWith(
      'maxTableElements',
      (options) => wat(claimer('(table 100 funcref) (table 1 funcref)'), options),
      ({ call }) => call('f'),
    ),
    stops: 'E_LINK_FAILED E_LIMIT_EXCEEDED',
    finishes: 7,
  },
  {
    set: 'compile',
    limit: 'maxTransferBytes',
    by: 'a result of 1.2 MB',
    tight: MIB,
    attempt: compiledWith(
      'maxTransferBytes',
      (options) => wat(STRINGS, options),
      async ({ call }) => ((await call('strings', 20)) as []).length,
    ),
    stops: 'E_TRAP_VALUE_TOO_LARGE',
    finishes: 20,
  },
  {
    set: 'compile',
    limit: 'maxTransferBytes',
    by: 'an argument of 101 bytes',
    tight: 100,
    attempt: compiledWith(
      'maxTransferBytes',
      (options) => wat(MEASURE, options),
      ({ call }) => call('f', 'x'.repeat(101)),
    ),
    stops: 'E_ARGUMENT_MISMATCH',
    finishes: 101,
  },
  {
    set: 'compile',
    limit: 'maxHandles',
    by: 'resources that the guest holds',
    tight: 100,
    attempt: compiledWith(
      'maxHandles',
      (options) => wat(HOARDER, options),
      ({ call }) => call('hoard', 101),
    ),
    stops: 'E_TRAP_HANDLE_LIMIT',
    finishes: 101,
  },
  {
    set: 'compile',
    limit: 'maxQueuedCalls',
    by: 'two calls behind one that waits',
    tight: 1,
    executors: ['inline'],
    attempt: queued('maxQueuedCalls'),
    stops: 'E_CALL_BLOCKED',
    finishes: THREE_ANSWERS,
  },
  {
    set: 'compile',
    limit: 'queueTimeoutMs',
    by: 'two calls behind one that waits',
    tight: 20,
    executors: ['inline'],
    attempt: queued('queueTimeoutMs'),
    stops: 'E_CALL_BLOCKED',
    finishes: THREE_ANSWERS,
  },
  {
    set: 'compile',
    limit: 'allowGcHeap',
    by: 'structs',
    tight: false,
    wide: true,
    attempt: async ({ stage, executor, value }) => {
      const component = await wat(STRUCTS, { allowGcHeap: value === true });
      return stage.run({ component, executor }, ({ call }) => call('f'));
    },
    stops: 'E_GC_HEAP_DENIED',
    finishes: 10,
  },
];
