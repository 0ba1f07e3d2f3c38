import { compile } from '@loophost/component';
import { BOMBS } from './bombs.ts';
import type { Corpus } from './corpus.ts';
import { type End, failure } from './end.ts';
import { exercise, type Phase } from './exercise.ts';
import { type Mutant, mutantOf } from './mutation/mutate.ts';
import { type Random, random } from './random.ts';
import { fileOf } from './texts.ts';
import { waveCase, waveText } from './wave.ts';

/** What the cases of a run are: mutants of components, components made to be costly, WAVE texts, or files of other kinds. */
export type Subject = 'components' | 'bombs' | 'wave' | 'texts';

/** Of the mutants that compile, how many of 100 are instantiated and called. 1% of all mutants is asked for. */
const RUN_PERCENT = 5;

/** Small, since what V8 keeps of memory after one great transfer would hide growth by many small ones. */
const LIMITS = { maxTransferBytes: 16 * 1024 * 1024 };

/** Which case of which run. It is always the same for the same seed, number and corpus. */
export interface CaseId {
  readonly subject: Subject;
  readonly corpus: Corpus;
  readonly seed: number;
  readonly number: number;
}

/** A case whose input is made, so that running it is the engine's work alone. It tells as it goes which phase it is in. */
export type Case = (enter: (phase: Phase) => void) => Promise<End>;

export function prepareCase({ subject, corpus, seed, number }: CaseId): Case {
  if (subject === 'wave') {
    const run = waveCase(seed, number);
    return async () => run();
  }
  if (subject !== 'components') {
    const bytes = (subject === 'texts' ? fileOf(seed, number) : BOMBS[number]?.bytes()) ?? new Uint8Array();
    return () => compileOnly(bytes);
  }
  const mutant = mutantOf(corpus, seed, number);
  // A stream of its own, so that what is done with a mutant does not depend on how it was made.
  return (enter) => runMutant(mutant, random(~seed, number), enter);
}

/** What a case feeds to the engine, and what to call it, for whoever looks into a failure. */
export function inputOf({ subject, corpus, seed, number }: CaseId): { file: string; content: Uint8Array | string } {
  const file = `${subject}-${seed}-${number}`;
  if (subject === 'wave') return { file: `${file}.json`, content: waveText(seed, number) };
  if (subject === 'texts') return { file: `${file}.txt`, content: fileOf(seed, number) };
  const content = subject === 'bombs' ? BOMBS[number]?.bytes() : mutantOf(corpus, seed, number).bytes;
  return { file: `${file}.wasm`, content: content ?? '' };
}

async function compileOnly(bytes: Uint8Array): Promise<End> {
  try {
    await compile(bytes);
    return { code: 'ok', isAccepted: true, hasRun: false, mutations: [] };
  } catch (error) {
    return { ...failure(error), isAccepted: false, hasRun: false, mutations: [] };
  }
}

async function runMutant({ bytes, mutations }: Mutant, from: Random, enter: (phase: Phase) => void): Promise<End> {
  let [isAccepted, hasRun] = [false, false];
  enter('compile');
  try {
    const component = await compile(bytes, { limits: LIMITS });
    isAccepted = true;
    if (!from.chance(RUN_PERCENT)) return { code: 'ok', isAccepted, hasRun, mutations };
    hasRun = true;
    return { code: `run:${await exercise(component, from, enter)}`, isAccepted, hasRun, mutations };
  } catch (error) {
    const failed = failure(error);
    return { ...failed, code: (hasRun ? 'run:' : '') + failed.code, isAccepted, hasRun, mutations };
  }
}
