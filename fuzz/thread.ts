import { parentPort, workerData } from 'node:worker_threads';
import { prepareCase } from './case.ts';
import { corpusOf } from './corpus.ts';
import { type Answer, PHASES, type Request, SLOT, type ThreadData } from './protocol.ts';
import { type Counts, countsOf, NOTHING, sum } from './tally.ts';

/** Runs cases by number, and tells the main thread at every moment which one it is at. */
const { subject, seed, binaries, shared } = workerData as ThreadData;
const corpus = corpusOf(binaries);
const slots = new Float64Array(shared);

async function runCases({ start, end, skip }: Extract<Request, { kind: 'run' }>): Promise<Counts> {
  let counts = NOTHING;
  for (let number = start; number < end; number++) {
    if (skip.includes(number)) continue;
    const run = prepareCase({ subject, corpus, seed, number });
    slots[SLOT.case] = number;
    slots[SLOT.phase] = 0;
    slots[SLOT.since] = Date.now();
    const began = performance.now();
    const ended = await run((phase) => {
      slots[SLOT.phase] = PHASES.indexOf(phase);
    });
    counts = sum(counts, countsOf(number, ended, performance.now() - began));
    slots[SLOT.since] = 0;
  }
  return counts;
}

async function answer(request: Request): Promise<Answer> {
  if (request.kind === 'run') return { kind: 'done', counts: await runCases(request) };
  globalThis.gc?.();
  return { kind: 'collected' };
}

parentPort?.on('message', (request: Request) => {
  void answer(request).then((reply) => parentPort?.postMessage(reply));
});
