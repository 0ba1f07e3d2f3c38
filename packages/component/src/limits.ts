import { limitExceeded } from './errors.ts';
import type { OptionKind } from './options.ts';
import type { Program } from './plan.ts';
import type { Maxima } from './binary/memory-limits.ts';

/**
 * Bounds on what a component may take: whole numbers, 0 for nothing at all. Every field has a default in
 * {@link DEFAULT_LIMITS}, which `undefined` stands for.
 */
export interface Limits {
  /** Size of the component binary, in bytes. */
  readonly maxComponentBytes: number;
  /** Components nested in components, the outermost counted. */
  readonly maxNesting: number;
  /** Sum over all memories that the core instances of one component instance define, in bytes. */
  readonly maxMemoryBytes: number;
  /** Sum over all tables that the core instances of one component instance define, in elements. */
  readonly maxTableElements: number;
  /**
   * Strings and lists that one call may bring out of a guest, or one argument may hold, in bytes. They count as what they
   * become in JavaScript: strings and lists of numbers their bytes, all others 32 bytes for each value in them, a record,
   * tuple or tagged variant being one more. In such lists a list counts 64 bytes instead; a list of numbers, map or handle
   * 256; and each field or flag of a type that has more than 16 counts twice.
   */
  readonly maxTransferBytes: number;
  /** Handles of resources that one instance may hold, in all component instances inside. */
  readonly maxHandles: number;
  /** Calls that may wait while an instance is suspended in an import. */
  readonly maxQueuedCalls: number;
  /** How long a call may wait while its instance is suspended in an import, in milliseconds, less than 2^31. */
  readonly queueTimeoutMs: number;
}

/**
 * 128 MiB of component: ten times the largest language runtime in use. 100 levels: tools nest two or three.
 * 256 MiB of memory and a million table elements (8 MiB): what a large guest needs and a small machine can spare.
 * 256 MiB a call: the specification's own bound for one list. A million handles: some 100 MB of the runtime's heap,
 * which ends the process when it overflows. 64 calls and 10 s of waiting: a queue, not a leak.
 */
export const DEFAULT_LIMITS: Limits = {
  maxComponentBytes: 134_217_728,
  maxNesting: 100,
  maxMemoryBytes: 268_435_456,
  maxTableElements: 1_000_000,
  maxTransferBytes: 268_435_456,
  maxHandles: 1_000_000,
  maxQueuedCalls: 64,
  queueTimeoutMs: 10_000,
};

/** What timers of JavaScript can wait. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** What a limit may be. Those whose name ends in `Ms` are times. */
export function limitKind(name: string): OptionKind {
  const most = name.endsWith('Ms') ? MAX_TIMEOUT_MS : Number.MAX_SAFE_INTEGER;
  return [
    `a whole number from 0 to ${most}`,
    (value) => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= most,
  ];
}

/** The kind of each limit, by name. */
export const LIMIT_KINDS: Readonly<Record<string, OptionKind>> = Object.fromEntries(
  Object.keys(DEFAULT_LIMITS).map((name) => [name, limitKind(name)]),
);

/** Fills in the default of each limit that is not given. */
export function completeLimits(given: Partial<Limits> = {}): Limits {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(entries) };
}

/** How the budgets are shared out: the maxima of each core module, and why the component cannot be linked with them. */
export interface Budget {
  readonly maxima: readonly Maxima[];
  readonly problem: BudgetProblem | undefined;
}

/** What is more than the limit that an option sets. */
export type BudgetProblem = readonly [what: string, found: bigint, limit: number, option: string];

/** The largest memories that a runtime takes: 4 GiB, and 16 GiB with 64-bit addresses (WebAssembly JavaScript Interface, "Limits"). */
const MOST_MEMORY = 2n ** 32n;
const MOST_MEMORY_64 = 2n ** 34n;
const MOST_ELEMENTS = 2n ** 32n - 1n;
const MOST_ELEMENTS_64 = 2n ** 64n - 1n;

interface Claim {
  readonly min: bigint;
  readonly max: bigint;
}

/**
 * Shares the memory and table budgets out over everything that an instance will define. Each gets its minimum; what is
 * left is split evenly among those that may grow, as far as their own maxima go.
 */
export function shareBudget({ modules }: Program, instances: readonly number[], limits: Limits): Budget {
  const { maxMemoryBytes, maxTableElements } = limits;
  const memory = share(
    modules.map(({ memories }) =>
      memories.map(({ min, max, pageSizeLog2, is64 }) => {
        const shift = BigInt(pageSizeLog2);
        const most = is64 ? MOST_MEMORY_64 : MOST_MEMORY;
        return { min: min << shift, max: max === undefined ? most : max << shift };
      }),
    ),
    instances,
    maxMemoryBytes,
  );
  const table = share(
    modules.map(({ tables }) =>
      tables.map(({ min, max, is64 }) => ({ min, max: max ?? (is64 ? MOST_ELEMENTS_64 : MOST_ELEMENTS) })),
    ),
    instances,
    maxTableElements,
  );
  const budgets: readonly BudgetProblem[] = [
    ['the least memory of the core instances in bytes', memory.least, maxMemoryBytes, 'limits.maxMemoryBytes'],
    ['the least size of the tables in elements', table.least, maxTableElements, 'limits.maxTableElements'],
  ];
  return {
    maxima: modules.map((_, i) => ({ memoryBytes: memory.maxima[i] ?? [], tableElements: table.maxima[i] ?? [] })),
    problem: budgets.find(([, least, limit]) => least > limit),
  };
}

/** Gives a maximum for each claim of each module, and what all instances take at least. */
function share(
  claims: readonly (readonly Claim[])[],
  instances: readonly number[],
  budget: number,
): { maxima: bigint[][]; least: bigint } {
  const maxima = claims.map((ofModule) => ofModule.map(({ min }) => min));
  const growing = claims.flatMap((ofModule, i) =>
    ofModule.map(({ min, max }, j) => ({ i, j, min, room: max - min, count: BigInt(instances[i] ?? 0) })),
  );
  const least = growing.reduce((sum, { min, count }) => sum + min * count, 0n);
  let left = BigInt(budget) - least;
  let takers = growing.reduce((sum, { count }) => sum + count, 0n);
  // Who needs least comes first, and leaves more to the others.
  for (const { i, j, min, room, count } of growing.sort((a, b) => Number(a.room - b.room))) {
    if (left <= 0n || count === 0n) continue;
    const each = left / takers;
    const grant = room < each ? room : each;
    (maxima[i] as bigint[])[j] = min + grant;
    left -= grant * count;
    takers -= count;
  }
  return { maxima, least };
}

/** Refuses a binary that is larger than the limit before anything of it is read. */
export function checkSize(bytes: Uint8Array, limits: Limits): void {
  const { maxComponentBytes } = limits;
  if (bytes.length > maxComponentBytes)
    throw limitExceeded("the component's size in bytes", bytes.length, maxComponentBytes, 'limits.maxComponentBytes');
}
