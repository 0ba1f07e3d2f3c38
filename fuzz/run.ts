// `npm run fuzz [-- OPTIONS]`: whatever bytes, texts and guests come, the engine gives a result or a coded error, in time.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { count, flag, text, toolOptions, type ValuesOf } from '../scripts/house/options.ts';
import { ROOT } from '../scripts/house/workspace.ts';
import { readBinaries } from './binaries.ts';
import { BOMBS } from './bombs.ts';
import { type Campaign, type Outcome, runCampaign } from './campaign.ts';
import { inputOf } from './case.ts';
import { corpusOf } from './corpus.ts';
import { runHostileGuests } from './hostile.ts';
import { printOutcome, problemsOf } from './report.ts';

const USAGE = `usage: npm run fuzz [-- --seed N] [--cases N] [--wave-cases N] [--text-cases N] [--json FILE] [--skip-hostile]
  --seed N         the same seed, the same cases. Default 1
  --cases N        mutated components. Default 200,000
  --wave-cases N   mutated WAVE texts. Default 50,000
  --text-cases N   texts and other files that are no components. Default 20,000
  --json FILE      write the counts as JSON
  --skip-hostile   leave out the badly behaved guests, which npm test runs too`;

/** Where the inputs of failed cases are kept: with what else the tools of this repository keep. */
const FAILURES = join(ROOT, 'node_modules/.cache/loophost/fuzz');
const THREADS = 2;

const OPTIONS = {
  seed: count(1),
  cases: count(200_000),
  'wave-cases': count(50_000),
  'text-cases': count(20_000),
  json: text,
  'skip-hostile': flag,
};

async function main({ seed, ...values }: ValuesOf<typeof OPTIONS>): Promise<number> {
  const binaries = await readBinaries();
  const campaigns: Campaign[] = [
    { subject: 'components', seed, binaries, cases: values.cases, threads: THREADS },
    { subject: 'bombs', seed, binaries: [], cases: BOMBS.length, threads: 1 },
    { subject: 'wave', seed, binaries: [], cases: values['wave-cases'], threads: THREADS },
    { subject: 'texts', seed, binaries: [], cases: values['text-cases'], threads: THREADS },
  ];
  const outcomes: Record<string, Outcome> = {};
  const problems: string[] = [];
  for (const campaign of campaigns) {
    const outcome = await runCampaign({ ...campaign, onProgress: progressOf(campaign) });
    outcomes[campaign.subject] = outcome;
    printOutcome(campaign, outcome);
    keepFailures(campaign, outcome);
    problems.push(...problemsOf(campaign, outcome));
  }
  if (!values['skip-hostile']) problems.push(...runHostileGuests());
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ seed, outcomes, problems }, undefined, 2)}\n`);
  console.log(
    problems.length === 0 ? '\nfuzz: all held' : `\nfuzz: ${problems.length} problems\n${problems.join('\n')}`,
  );
  return problems.length === 0 ? 0 : 1;
}

/** Tells on a terminal how far a campaign is. */
function progressOf({ subject, cases }: Campaign): (done: number) => void {
  if (!process.stderr.isTTY) return () => undefined;
  return (done) => void process.stderr.write(`\r${subject}: ${done} of ${cases}${done >= cases ? '\n' : ''}`);
}

/** Writes the input of each case that failed, for whoever looks into it. */
function keepFailures({ subject, seed, binaries }: Campaign, { counts }: Outcome): void {
  if (counts.violations.length === 0) return;
  mkdirSync(FAILURES, { recursive: true });
  const corpus = corpusOf(binaries);
  for (const { number, why } of counts.violations) {
    const { file, content } = inputOf({ subject, corpus, seed, number });
    writeFileSync(join(FAILURES, file), content);
    console.log(`  failed: --seed ${seed}, case ${number}, kept as ${relative('.', join(FAILURES, file))}: ${why}`);
  }
}

process.exitCode = await main(toolOptions('fuzz', USAGE, OPTIONS));
