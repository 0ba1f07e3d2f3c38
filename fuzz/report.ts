import { BOMBS } from './bombs.ts';
import type { Campaign, Outcome } from './campaign.ts';
import type { Subject } from './case.ts';
import { CASE_DEADLINE_MS } from './runner.ts';
import type { Counts } from './tally.ts';

/** What the mutations must be like for the run to mean anything, and how much memory may stay. */
const BOUNDS = {
  /** Of 100 mutations, how many change neither core code nor custom sections. */
  outsideCorePercent: 80,
  /** Of 100 mutants, how many must still compile. */
  acceptedPercent: 20,
  /** Of 100 mutants, how many must be instantiated. */
  runPercent: 1,
  /** Memory at rest at the end, against that after a tenth of the cases: V8 keeps what it has for a while. */
  growth: 1.25,
  /** Growth below this many bytes is the allocator's. */
  slackBytes: 64 * 1024 * 1024,
} as const;

const MB = 1024 * 1024;

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}

/** Mutations of bytes that are neither a core module's code or data nor a custom section, of 100. */
function outsideCore({ regions }: Counts): number {
  const total = Object.values(regions).reduce((a, b) => a + b, 0);
  return percent((regions['component'] ?? 0) + (regions['core'] ?? 0), total);
}

/** What a run of mutated components must be like, and what it is. */
export function sharesOf(counts: Counts): { what: string; percent: number; least: number }[] {
  return [
    { what: 'accepted', percent: percent(counts.accepted, counts.cases), least: BOUNDS.acceptedPercent },
    { what: 'instantiated', percent: percent(counts.run, counts.cases), least: BOUNDS.runPercent },
    { what: 'outside core code', percent: outsideCore(counts), least: BOUNDS.outsideCorePercent },
  ];
}

export function printOutcome({ subject, seed, cases, threads }: Campaign, outcome: Outcome): void {
  const { counts, seconds, earlyRssBytes, finalRssBytes } = outcome;
  const { slowest } = counts;
  console.log(
    `\n${subject}: ${counts.cases} of ${cases} cases, seed ${seed}, ${threads} threads, ${seconds.toFixed(0)} s`,
  );
  console.log(`  accepted ${counts.accepted} (${percent(counts.accepted, counts.cases).toFixed(1)}%)`);
  if (subject === 'components') {
    const share = percent(counts.run, counts.cases).toFixed(2);
    console.log(`  instantiated and called ${counts.run} (${share}%)`);
    console.log(`  mutations outside core code and custom sections ${outsideCore(counts).toFixed(1)}%`);
  }
  console.log(`  slowest case ${slowest.number}: ${slowest.ms.toFixed(0)} ms, ${slowest.code}`);
  const growth = (finalRssBytes / earlyRssBytes).toFixed(2);
  console.log(`  memory ${toMb(earlyRssBytes)} after a tenth, ${toMb(finalRssBytes)} at the end (${growth}x)`);
  printTable('ended in', Object.entries(counts.codes));
  const mutations = Object.entries(counts.mutations).sort(([, a], [, b]) => b.count - a.count);
  for (const [name, { count, accepted }] of mutations) {
    console.log(`  ${name.padEnd(24)}${String(count).padStart(8)}  ${percent(accepted, count).toFixed(0)}% compile`);
  }
}

function printTable(title: string, rows: readonly (readonly [string, number])[]): void {
  console.log(`  ${title}`);
  for (const [name, count] of rows.toSorted(([, a], [, b]) => b - a)) {
    console.log(`    ${String(count).padStart(8)}  ${name}`);
  }
}

function toMb(bytes: number): string {
  return `${(bytes / MB).toFixed(0)} MB`;
}

function nameOf(subject: Subject, number: number): string {
  return `${subject}: case ${number}${subject === 'bombs' ? ` (${BOMBS[number]?.name})` : ''}`;
}

/** What went wrong, in words; nothing when all held. */
export function problemsOf({ subject, cases }: Campaign, outcome: Outcome): string[] {
  const { counts, earlyRssBytes, finalRssBytes } = outcome;
  const problems = counts.violations.map(({ number, why }) => `${nameOf(subject, number)}: ${why.split('\n')[0]}`);
  if (counts.cases !== cases) problems.push(`${subject}: ${counts.cases} cases ended, of ${cases}`);
  if (counts.slowest.ms > CASE_DEADLINE_MS && !counts.slowest.code.startsWith('run:'))
    problems.push(`${subject}: case ${counts.slowest.number} took ${counts.slowest.ms.toFixed(0)} ms`);
  if (finalRssBytes > Math.max(earlyRssBytes * BOUNDS.growth, earlyRssBytes + BOUNDS.slackBytes))
    problems.push(`${subject}: memory grew from ${toMb(earlyRssBytes)} to ${toMb(finalRssBytes)}`);
  if (subject !== 'components' || cases === 0) return problems;
  for (const { what, percent: found, least } of sharesOf(counts))
    if (found < least) problems.push(`components: ${what} ${found.toFixed(1)}%, less than ${least}%`);
  return problems;
}
