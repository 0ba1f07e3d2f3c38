import { type Job, Runner } from './runner.ts';
import { type Counts, NOTHING, sum } from './tally.ts';

/** A run of many cases, and the memory that the process held on to after a tenth of them and at the end. */
export interface Outcome {
  readonly counts: Counts;
  readonly seconds: number;
  readonly earlyRssBytes: number;
  readonly finalRssBytes: number;
}

export interface Campaign extends Job {
  readonly cases: number;
  readonly threads: number;
  readonly onProgress?: (done: number) => void;
}

const BATCH = 250;

/** Runs cases 0 to `cases` in threads, each number once. */
export async function runCampaign(campaign: Campaign): Promise<Outcome> {
  const { cases, threads } = campaign;
  const started = performance.now();
  await using stack = new AsyncDisposableStack();
  const runners = Array.from({ length: threads }, () => stack.use(new Runner(campaign)));
  const tenth = Math.min(cases, Math.ceil(cases / 10 / BATCH) * BATCH);
  const early = await runRange(campaign, runners, 0, tenth);
  const earlyRssBytes = await restingMemory(runners);
  const late = await runRange(campaign, runners, tenth, cases);
  const finalRssBytes = await restingMemory(runners);
  const seconds = (performance.now() - started) / 1000;
  return { counts: sum(early, late), seconds, earlyRssBytes, finalRssBytes };
}

async function runRange(campaign: Campaign, runners: readonly Runner[], start: number, end: number): Promise<Counts> {
  let next = start;
  let total = NOTHING;
  const work = async (runner: Runner): Promise<void> => {
    while (next < end) {
      const from = next;
      next = Math.min(next + BATCH, end);
      const counts = await runner.run(from, next);
      total = sum(total, counts);
      campaign.onProgress?.(total.cases + start);
    }
  };
  await Promise.all(runners.map(work));
  return total;
}

/** The memory of the whole process while no case runs and no garbage is left. */
async function restingMemory(runners: readonly Runner[]): Promise<number> {
  for (let i = 0; i < 2; i++) {
    for (const runner of runners) await runner.collectGarbage();
    globalThis.gc?.();
  }
  return process.memoryUsage.rss();
}
