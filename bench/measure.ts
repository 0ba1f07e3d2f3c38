/** One engine's side of a measurement: does the work `n` times and gives a number that depends on every result. */
export type Work = (n: number) => number | Promise<number>;

export interface Measured {
  /** Median over the rounds, in nanoseconds per repetition. */
  readonly ours: number;
  readonly theirs: number;
}

/** What results are added to, so that no work can be left out. */
let sink = 0;

const ROUND_MS = 30;
/** How long each side runs before it is measured: the runtime compiles what is hot in steps, the last of them late. */
const WARM_MS = 1000;
const MAX_REPETITIONS = 2_000_000;

/** Warms the code up, and finds how many repetitions fill a round. */
async function calibrate(work: Work): Promise<number> {
  let n = 1;
  for (let spent = 0; ;) {
    const elapsed = await time(work, n);
    spent += elapsed;
    const filling = Math.max(1, Math.min(MAX_REPETITIONS, Math.round((n * ROUND_MS) / elapsed)));
    if (spent >= WARM_MS) return filling;
    n = Math.min(filling, n * 2);
  }
}

async function time(work: Work, n: number): Promise<number> {
  const start = performance.now();
  sink += await work(n);
  return performance.now() - start;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** Runs both sides in turn, round after round, so that what else the machine does falls on both. */
export async function compare(ours: Work, theirs: Work, rounds: number, once = false): Promise<Measured> {
  const counts = once ? ([1, 1] as const) : ([await calibrate(ours), await calibrate(theirs)] as const);
  const [a, b]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    a.push(((await time(ours, counts[0])) * 1e6) / counts[0]);
    b.push(((await time(theirs, counts[1])) * 1e6) / counts[1]);
  }
  if (Number.isNaN(sink)) throw new Error('a result was not a number');
  return { ours: median(a), theirs: median(b) };
}
