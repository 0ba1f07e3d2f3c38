import type { CommandInput } from '../command.ts';
import { Threads } from '@loophost/node/threads';
import { EXIT } from '../exit-codes.ts';
import { refusePlaces } from '../grants/places.ts';
import { Audit } from './audit.ts';
import { Job } from './job.ts';
import { auditFileOf, nameOf, planOf } from './plan.ts';
import { Stop } from './stop.ts';

/**
 * Does what `loop run` was told, and gives the exit code.
 *
 * @param ahead - A thread that was started for it, unless it runs in the main one.
 */
export async function runComponent(input: CommandInput, ahead?: Threads): Promise<number> {
  const auditFile = auditFileOf(input);
  using audit = auditFile === undefined ? undefined : new Audit(auditFile, nameOf(input));
  using stop = new Stop(input.values['inline'] === true);
  const around: Surroundings = { audit, stop, ahead };
  // Awaited here, or both would be disposed of while it runs.
  return await (input.values['watch'] === true ? watch(input, around) : account(audit, () => runOnce(input, around)));
}

interface Surroundings {
  readonly audit: Audit | undefined;
  readonly stop: Stop;
  readonly ahead: Threads | undefined;
}

async function account(audit: Audit | undefined, run: () => Promise<number>): Promise<number> {
  return await (audit ? audit.accountFor(run) : run());
}

async function runOnce(input: CommandInput, { audit, stop, ahead }: Surroundings): Promise<number> {
  const job = await Job.prepare(planOf(input), input.output, ahead);
  return await finish(job, input, { audit, asked: stop.asked });
}

interface Ending {
  readonly audit: Audit | undefined;
  /** The exit code to end with, once somebody wants it ended. */
  readonly asked: Promise<number>;
}

/** Does what a job is to do and ends it. When all that the guest wrote is written, it is told what may explain its end. */
async function finish(job: Job, { output }: CommandInput, { audit, asked }: Ending): Promise<number> {
  let exitCode: number;
  {
    await using running = job;
    exitCode = await Promise.race([running.run(output, audit), asked]);
  }
  const note = job.noteOn(exitCode);
  if (note !== undefined) output.err(note);
  return exitCode;
}

/** Runs the file, and again each time that it has changed and links. What runs by then is ended only when it does. */
async function watch(input: CommandInput, { audit, stop, ahead }: Surroundings): Promise<number> {
  const { output } = input;
  const { FileWatch, refuseUnwatchable, Teller } = await import('./watch.ts');
  const plan = await accounted(audit, () => {
    const wanted = planOf(input);
    // No change of the file would make these right.
    refusePlaces(wanted.given);
    refuseUnwatchable(wanted.file);
    return wanted;
  });
  const teller = new Teller(plan, output);
  using file = await FileWatch.start(plan.file);
  const unread = Promise.withResolvers<number>();
  void output.unread?.then(() => unread.resolve(EXIT.unread));
  let current: WatchedRun | undefined;
  let threads = ahead;
  for (;;) {
    try {
      const job = await accounted(audit, () => Job.prepare(plan, output, threads));
      await current?.end(EXIT.terminated);
      if (current) teller.changed();
      current = new WatchedRun(job, input, audit);
      void current.ended.then((exitCode) => {
        if (exitCode === undefined) return;
        teller.ended(exitCode);
        if (job.isUnread) unread.resolve(EXIT.unread);
      });
    } catch (thrown) {
      input.report(thrown);
      teller.refused(current?.isRunning === true);
    }
    const exitCode = await Promise.race([stop.asked, unread.promise, file.changed()]);
    if (exitCode === undefined) {
      threads = ahead && new Threads({ ahead: 1 });
      continue;
    }
    await current?.end(exitCode);
    return exitCode;
  }
}

/** Does what comes before a run, and writes down what it fails with. */
async function accounted<T>(audit: Audit | undefined, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    audit?.endWith(thrown);
    throw thrown;
  }
}

/** One run of a file that is watched. */
class WatchedRun {
  isRunning = true;
  /** Its exit code; undefined for one that was ended, which has nothing to tell. */
  readonly ended: Promise<number | undefined>;
  private readonly asked = Promise.withResolvers<number>();

  constructor(job: Job, input: CommandInput, audit: Audit | undefined) {
    let isAsked = false;
    void this.asked.promise.then(() => (isAsked = true));
    this.ended = account(audit, () => finish(job, input, { audit, asked: this.asked.promise }))
      .catch((thrown: unknown) => (isAsked ? EXIT.guest : input.report(thrown)))
      .then((exitCode) => {
        this.isRunning = false;
        return isAsked ? undefined : exitCode;
      });
  }

  /** Ends it, unless it has ended. */
  async end(exitCode: number): Promise<void> {
    this.asked.resolve(exitCode);
    await this.ended;
  }
}
