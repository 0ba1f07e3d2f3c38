import { Worker } from 'node:worker_threads';
import type { Subject } from './case.ts';
import type { Binaries } from './corpus.ts';
import type { Phase } from './exercise.ts';
import { type Answer, PHASES, type Request, SLOT, SLOTS_BYTES, type ThreadData } from './protocol.ts';
import { type Counts, NOTHING, sum, type Violation } from './tally.ts';

/** How long one case may take. */
export const CASE_DEADLINE_MS = 1000;
const WATCH_MS = 50;
/** What a thread may use of V8's heap before it ends. */
const HEAP_MB = 1024;

export interface Job {
  readonly subject: Subject;
  readonly seed: number;
  readonly binaries: Binaries;
}

interface Ended {
  readonly number: number;
  readonly phase: Phase;
  readonly why: string;
}

/** One thread that runs cases. It is killed at the deadline of a case, and replaced. */
export class Runner implements AsyncDisposable {
  private readonly job: Job;
  private readonly slots = new Float64Array(new SharedArrayBuffer(SLOTS_BYTES));
  private worker: Worker;

  constructor(job: Job) {
    this.job = job;
    this.worker = this.start();
  }

  private start(): Worker {
    const { subject, seed, binaries } = this.job;
    const workerData: ThreadData = { subject, seed, binaries, shared: this.slots.buffer as SharedArrayBuffer };
    this.slots.fill(0);
    return new Worker(new URL('./thread.ts', import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
  }

  /** Runs cases, also past those that end the thread. */
  async run(start: number, end: number): Promise<Counts> {
    const skip: number[] = [];
    let lost = NOTHING;
    for (;;) {
      const outcome = await this.ask({ kind: 'run', start, end, skip });
      if ('kind' in outcome) return outcome.kind === 'done' ? sum(outcome.counts, lost) : lost;
      await this.replace();
      skip.push(outcome.number);
      lost = sum(lost, await this.judge(outcome));
    }
  }

  /** Counts a case that ended its thread. Guests may loop in a call; nothing else may take that long, when tried twice. */
  private async judge({ number, phase, why }: Ended): Promise<Counts> {
    const mayLoop = phase === 'call' || phase === 'instantiate';
    const isLate = why === 'deadline';
    const code = `${mayLoop ? 'run:' : ''}${isLate ? 'killed at the deadline' : 'its thread died'}`;
    const once: Counts = {
      ...NOTHING,
      cases: 1,
      accepted: Number(mayLoop),
      run: Number(mayLoop),
      codes: { [code]: 1 },
    };
    if (isLate && mayLoop) return once;
    const again = await this.ask({ kind: 'run', start: number, end: number + 1, skip: [] });
    if ('kind' in again) return again.kind === 'done' ? again.counts : once;
    await this.replace();
    const violation: Violation = { number, why: `${phase}: ${again.why}` };
    return { ...once, violations: [violation] };
  }

  async collectGarbage(): Promise<void> {
    await this.ask({ kind: 'collect' });
  }

  private async replace(): Promise<void> {
    await this.worker.terminate();
    this.worker = this.start();
  }

  private ask(request: Request): Promise<Answer | Ended> {
    const { worker, slots } = this;
    return new Promise((resolve) => {
      const at = (): Ended => ({
        number: slots[SLOT.case] as number,
        phase: PHASES[slots[SLOT.phase] as number] as Phase,
        why: 'deadline',
      });
      const end = (answer: Answer | Ended): void => {
        clearInterval(watch);
        worker.off('message', end).off('error', broken);
        resolve(answer);
      };
      const broken = (error: unknown): void => end({ ...at(), why: String(error) });
      const watch = setInterval(() => {
        const since = slots[SLOT.since] as number;
        if (since > 0 && Date.now() - since > CASE_DEADLINE_MS) end(at());
      }, WATCH_MS);
      worker.on('message', end).on('error', broken);
      worker.postMessage(request);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.worker.terminate();
  }
}
