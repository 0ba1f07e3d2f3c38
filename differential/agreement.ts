// `npm run agreement [-- OPTIONS]`: what compile() accepts and refuses, against the validator of jco's tools.
import { writeFileSync } from 'node:fs';
import { compile, isLoopError } from '@loophost/component';
import { readBinaries } from '../fuzz/binaries.ts';
import { type Corpus, corpusOf, type Seed } from '../fuzz/corpus.ts';
import { mutantOf } from '../fuzz/mutation/mutate.ts';
import { count, flag, text, toolOptions, type ValuesOf } from '../scripts/house/options.ts';
import { Kinds, patternOf } from './kinds.ts';
import { Oracle } from './oracle.ts';

const USAGE = `usage: npm run agreement [-- --seed N] [--cases N] [--json FILE] [--verbose]
  --seed N      the same seed, the same mutations. Default 1
  --cases N     mutations of component-level bytes. Default 10,000
  --json FILE   write the counts as JSON
  --verbose     print every disagreement`;

const ACCEPTED = 'accepted';
const EXAMPLES = 3;

/** What both sides say of one component: `accepted`, or why not. */
interface Pair {
  readonly ours: string;
  readonly jco: string;
}

interface Group {
  readonly right: string;
  readonly rule: string;
  count: number;
  readonly examples: string[];
}

interface Totals {
  bothAccept: number;
  bothRefuse: number;
  readonly explained: Map<string, Group>;
  readonly unexplained: Map<string, Group>;
}

const OPTIONS = { seed: count(1), cases: count(10_000), json: text, verbose: flag };

async function main({ seed, cases, json, verbose }: ValuesOf<typeof OPTIONS>): Promise<number> {
  await using oracle = new Oracle();
  const corpus = await agreedSeeds(oracle);
  const totals: Totals = { bothAccept: 0, bothRefuse: 0, explained: new Map(), unexplained: new Map() };
  const kinds = new Kinds();
  for (let number = 0; number < cases; number++) {
    const { bytes, seed: name, mutations } = mutantOf(corpus, seed, number, 'component');
    const pair = await judge(oracle, bytes);
    const label = `case ${number}, ${name}: ${mutations.map((mutation) => mutation.name).join(' + ')}`;
    const isAgreed = note(totals, kinds, pair, label);
    if (!isAgreed && verbose) console.log(`${label}\n  ours: ${pair.ours}\n  jco:  ${pair.jco}`);
  }
  print(totals, cases, seed);
  if (json) writeFileSync(json, `${JSON.stringify(plain(totals, cases, seed), undefined, 2)}\n`);
  return totals.unexplained.size === 0 ? 0 : 1;
}

async function judge(oracle: Oracle, bytes: Uint8Array): Promise<Pair> {
  const verdict = await oracle.judge(bytes);
  return { ours: await ourVerdict(bytes), jco: verdict.kind === 'accepted' ? ACCEPTED : verdict.why };
}

async function ourVerdict(bytes: Uint8Array): Promise<string> {
  try {
    // What may fill V8's heap is a question of trust, not of validity.
    await compile(bytes, { allowGcHeap: true });
    return ACCEPTED;
  } catch (error) {
    if (isLoopError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** The components to mutate: those that both sides accept as they are. */
async function agreedSeeds(oracle: Oracle): Promise<Corpus> {
  const agreed: Seed[] = [];
  for (const seed of corpusOf(await readBinaries()).seeds) {
    const { ours, jco } = await judge(oracle, seed.bytes);
    if (ours === ACCEPTED && jco === ACCEPTED) agreed.push(seed);
    else console.log(`not mutated: ${seed.name}: ours: ${ours}; jco: ${jco}`);
  }
  return { seeds: agreed };
}

/** Counts one verdict of each side, and tells whether they agree. */
function note(totals: Totals, kinds: Kinds, { ours, jco }: Pair, label: string): boolean {
  if ((ours === ACCEPTED) === (jco === ACCEPTED)) {
    if (ours === ACCEPTED) totals.bothAccept++;
    else totals.bothRefuse++;
    return true;
  }
  const explained = kinds.explain(ours, jco);
  const groups = explained ? totals.explained : totals.unexplained;
  const kind = explained?.kind ?? `ours: ${patternOf(ours)} | jco: ${patternOf(jco)}`;
  const group = groups.get(kind) ?? {
    right: explained?.right ?? '',
    rule: explained?.rule ?? '',
    count: 0,
    examples: [],
  };
  group.count++;
  if (group.examples.length < EXAMPLES) group.examples.push(`${label}\n      ours: ${ours}\n      jco:  ${jco}`);
  groups.set(kind, group);
  return false;
}

function print({ bothAccept, bothRefuse, explained, unexplained }: Totals, cases: number, seed: number): void {
  const different = cases - bothAccept - bothRefuse;
  console.log(`\n${cases} mutations of component-level bytes, seed ${seed}`);
  console.log(`  both accept  ${bothAccept}\n  both refuse  ${bothRefuse}\n  disagree     ${different}`);
  for (const [kind, group] of byCount(explained)) {
    console.log(`    ${String(group.count).padStart(5)}  ${kind} (right: ${group.right})\n           ${group.rule}`);
  }
  for (const [kind, group] of byCount(unexplained)) {
    console.log(
      `    ${String(group.count).padStart(5)}  UNEXPLAINED ${kind}\n      ${group.examples.join('\n      ')}`,
    );
  }
  console.log(unexplained.size === 0 ? 'agreement: every disagreement is explained' : 'agreement: see the UNEXPLAINED');
}

function byCount(groups: ReadonlyMap<string, Group>): [string, Group][] {
  return [...groups].sort(([, a], [, b]) => b.count - a.count);
}

function plain(totals: Totals, cases: number, seed: number): object {
  const { bothAccept, bothRefuse } = totals;
  const [explained, unexplained] = [Object.fromEntries(totals.explained), Object.fromEntries(totals.unexplained)];
  return { cases, seed, bothAccept, bothRefuse, explained, unexplained };
}

process.exitCode = await main(toolOptions('agreement', USAGE, OPTIONS));
