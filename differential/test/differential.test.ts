// The same calls with generated values through our engine and through jco's, on the same components.
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { valuesOf } from '../arbitrary.ts';
import { explanationOf } from '../coercions.ts';
import { runCounters, scripts } from '../counters.ts';
import { type Exported, Guest } from '../engines.ts';
import { type CallOutcome, isAlike, jcoOutcome, ourOutcome } from '../outcome.ts';
import { wrongArguments } from '../wrong.ts';

/** `LOOP_RUNS=1000 npx vitest run differential` goes deeper, `LOOP_SEED` repeats a run. */
const RUNS = Number(process.env['LOOP_RUNS'] ?? 40);
const SEED = Number(process.env['LOOP_SEED'] ?? Date.now() % 2 ** 31);
const TIMEOUT_MS = 10_000 + RUNS * 1000;

const HOST = {
  'loop:guests/listener@0.1.0': { hear: (text: string) => `${text}|${text}` },
  'loop:guests/bench-host@0.1.0': { log: () => undefined, tick: (x: number) => (x * 3) >>> 0 },
  'loop:guests/counter-host@0.1.0': { log: () => undefined },
};

/** Where the two end differently on values that are right: what ours gives, and by which rule. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'bool-of': 'CanonicalABI.md, convert_int_to_bool: any bits but 0 are true. jco refuses what is not 0 or 1',
  'bools-of': 'CanonicalABI.md, convert_int_to_bool, of each item',
  's8-of': 'CanonicalABI.md, lift_flat_signed: the bits above the type’s are taken away. jco refuses them',
  'u8-of': 'CanonicalABI.md, lift_flat_unsigned: likewise',
  's16-of': 'CanonicalABI.md, lift_flat_signed: likewise',
  'u16-of': 'CanonicalABI.md, lift_flat_unsigned: likewise',
  'access-of': 'CanonicalABI.md, unpack_flags_from_int: bits without a flag are left out. jco refuses them',
  'accesses-of': 'CanonicalABI.md, unpack_flags_from_int, of each item',
};

/** Functions that a large argument keeps busy for minutes. */
const ENDLESS = ['call-host', 'fib'];

const loaded: Guest[] = [];
async function load(path: string): Promise<Guest> {
  const guest = await Guest.load(path, HOST);
  loaded.push(guest);
  return guest;
}

afterAll(() => {
  console.log(`differential: LOOP_SEED=${SEED} LOOP_RUNS=${RUNS}`);
  for (const guest of loaded) guest.close();
});

function show(value: unknown): string {
  return inspect(value, { depth: 8, breakLength: Infinity });
}

function describeDifference({ name }: Exported, args: unknown, ours: CallOutcome, jco: CallOutcome): string {
  return `${name}(${show(args)})\n  ours: ${show(ours)}\n  jco:  ${show(jco)}`;
}

/** Calls a function of both engines with many arguments, starting anew after a trap, and gives how each pair ended. */
async function compare(guest: Guest, exported: Exported): Promise<string[]> {
  let [ours, jco] = [await guest.ours(), await guest.theirs()];
  const different: string[] = [];
  const parameters = fc.tuple(...exported.type.params.map((param) => valuesOf(param.type)));
  for (const args of fc.sample(parameters, { numRuns: RUNS, seed: SEED })) {
    const [a, b] = [ourOutcome(() => ours(exported, args)), jcoOutcome(() => jco(exported, args))];
    if (!isAlike(a, b)) different.push(describeDifference(exported, args, a, b));
    if ('why' in a || 'why' in b) [ours, jco] = [await guest.ours(), await guest.theirs()];
  }
  return different;
}

describe.each([
  'rust-types/rust-types',
  'js-types/js-types',
  'wat-types/wat-types',
  'wat-strings/wat-strings-utf8',
  'wat-strings/wat-strings-utf16',
  'c-bench/c-bench',
])('%s gives the same through both engines', (path) => {
  test(
    'for right arguments of every function',
    async () => {
      const guest = await load(path);
      for (const exported of guest.functions) {
        if (ENDLESS.includes(exported.name)) continue;
        const different = await compare(guest, exported);
        if (exported.name in DIFFERENCES) expect(different, `${exported.name} agrees now`).not.toEqual([]);
        else expect(different.join('\n')).toBe('');
      }
    },
    TIMEOUT_MS,
  );
});

describe.each(['rust-types/rust-types', 'wat-types/wat-types'])('%s refuses wrong arguments', (path) => {
  test(
    'always here, and in jco unless it is known to coerce them',
    async () => {
      const guest = await load(path);
      const ours = await guest.ours();
      let jco = await guest.theirs();
      for (const exported of guest.functions.filter(({ type }) => type.params.length > 0)) {
        const samples = fc.sample(wrongArguments(exported.type), { numRuns: RUNS, seed: SEED });
        for (const { args, way } of samples) {
          const [a, b] = [ourOutcome(() => ours(exported, args)), jcoOutcome(() => jco(exported, args))];
          const text = `${way}: ${describeDifference(exported, args, a, b)}`;
          expect(a.kind, text).toBe('refused');
          if (b.kind !== 'refused') expect(explanationOf(way), text).toBeTypeOf('string');
          if (b.kind !== 'returned') jco = await guest.theirs();
        }
      }
    },
    TIMEOUT_MS,
  );
});

test(
  'resources live and move alike',
  async () => {
    const guest = await load('rust-counter/rust-counter');
    for (const script of fc.sample(scripts, { numRuns: RUNS, seed: SEED })) {
      const [ours, jco] = [
        runCounters(await guest.oursExports(), script, ourOutcome),
        runCounters(await guest.theirExports(), script, jcoOutcome),
      ];
      expect(ours, show(script)).toEqual(jco);
    }
  },
  TIMEOUT_MS,
);
