// `npm run hostile [-- --rounds N]`: every hostile guest, how it ends and when, and whether the host goes on.
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { ATTACKERS, type Attacker, type Ending, endingOf } from '../packages/node/test/conformance/hostile.ts';
import { Stage } from '../packages/node/test/conformance/stage.ts';

/** How long after its limit a guest may end. What is refused before it runs has no limit but this. */
const GRACE_MS = 100;

interface Row {
  readonly attacker: Attacker;
  /** The one that took longest. */
  readonly worst: Ending;
  readonly isAsDocumented: boolean;
  readonly hasLeft: boolean;
}

async function rowOf(attacker: Attacker, stage: Stage, rounds: number): Promise<Row> {
  const endings: Ending[] = [];
  let left = 0;
  for (let i = 0; i < rounds; i++) {
    endings.push(await endingOf(attacker, stage));
    left += stage.alive;
  }
  return {
    attacker,
    worst: endings.reduce((a, b) => (b.ms > a.ms ? b : a)),
    isAsDocumented: endings.every(({ outcome }) => isDeepStrictEqual(outcome, attacker.ends)),
    hasLeft: left > 0,
  };
}

function pastLimit({ attacker, worst }: Row): number {
  return worst.ms - attacker.withinMs;
}

function holds(row: Row): boolean {
  return row.isAsDocumented && !row.hasLeft && pastLimit(row) <= GRACE_MS;
}

/** The documented end: a code, an error value, or where it is stopped without one. */
function endOf({ ends }: Attacker): string {
  const [first, count] = Array.isArray(ends) ? (ends as unknown[]) : [ends];
  if (typeof first === 'string') return first.split(' ').at(-1) ?? '';
  if (typeof first === 'object') return (first as { error: string }).error;
  return `no error, bounded at ${Number(first ?? count)}`;
}

function lineOf(row: Row): string {
  const { attacker, worst, isAsDocumented, hasLeft } = row;
  const past = pastLimit(row);
  return [
    (holds(row) ? '' : '! ') + attacker.kind.padEnd(25 - (holds(row) ? 0 : 2)),
    attacker.deed.padEnd(56),
    endOf(attacker).padEnd(33),
    attacker.limit.padEnd(24),
    (attacker.withinMs === 0 ? 'before it runs' : `${attacker.withinMs} ms`).padStart(14),
    `${worst.ms.toFixed(0)} ms`.padStart(8),
    (past > 0 ? `${past.toFixed(0)} ms` : '-').padStart(7),
    `${worst.nextMs.toFixed(0)} ms`.padStart(8),
    ...(isAsDocumented ? [] : [` ended in ${JSON.stringify(worst.outcome)}`]),
    ...(hasLeft ? [' left something alive'] : []),
  ].join(' ');
}

const HEAD = [
  'kind'.padEnd(25),
  'a guest that'.padEnd(56),
  'ends in'.padEnd(33),
  'stopped by'.padEnd(24),
  'within'.padStart(14),
  'ended'.padStart(8),
  'past it'.padStart(7),
  'next'.padStart(8),
].join(' ');

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const rounds = Number(values.rounds);
const stage = await Stage.open();
// The first guest also waits for what Node compiles of ours.
await endingOf(ATTACKERS[0] as Attacker, stage);
console.log(HEAD);
const rows: Row[] = [];
for (const attacker of ATTACKERS) {
  const row = await rowOf(attacker, stage, rounds);
  rows.push(row);
  console.log(lineOf(row));
}
await stage[Symbol.asyncDispose]();
const live = Object.entries(stage.host.live);
const failed = rows.filter((row) => !holds(row));
const isEmpty = live.every(([, count]) => count === 0);
console.log(
  `${rows.length} guests, the worst of ${rounds} rounds each; "next" is the next call, from its link to its answer`,
);
console.log(`latest end: ${Math.max(...rows.map(pastLimit)).toFixed(0)} ms past its limit, of ${GRACE_MS}`);
console.log(`alive at the end: ${live.map(([what, count]) => `${count} ${what}`).join(', ')}`);
console.log(
  failed.length === 0 && isEmpty
    ? 'hostile: every guest ended, and the host goes on'
    : `hostile: ${failed.length} guests did not end as documented`,
);
process.exitCode = failed.length === 0 && isEmpty ? 0 : 1;
