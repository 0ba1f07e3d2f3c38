import type { CommandInput } from '../command.ts';
import { Threads } from '@loophost/node/threads';
import { Audit } from './audit.ts';
import { Job } from './job.ts';
import { type Plan, planOf } from './plan.ts';
import { Stop } from './stop.ts';

/**
 * Does what `loop run` was told, and gives the exit code.
 *
 * @param ahead - A thread that was started for it, unless it runs in the main one.
 */
export async function runComponent(input: CommandInput, ahead?: Threads): Promise<number> {
  const plan = planOf(input);
  using audit = plan.auditFile === undefined ? undefined : new Audit(plan.auditFile, plan.name);
  using stop = new Stop(plan.isInline);
  const run = (): Promise<number> => (plan.isWatching ? watch : runOnce)(plan, input, { audit, stop, ahead });
  // Awaited here, or both would be disposed of while it runs.
  return await (audit ? audit.accountFor(run) : run());
}

interface Surroundings {
  readonly audit: Audit | undefined;
  readonly stop: Stop;
  readonly ahead: Threads | undefined;
}

async function runOnce(plan: Plan, input: CommandInput, around: Surroundings): Promise<number> {
  const { exitCode, note } = await runJob(plan, input, around);
  if (note !== undefined) input.output.err(note);
  return exitCode;
}

async function runJob(
  plan: Plan,
  { output }: CommandInput,
  { audit, stop, ahead }: Surroundings,
): Promise<{ exitCode: number; note: string | undefined }> {
  await using job = await Job.prepare(plan, output, ahead);
  const exitCode = await Promise.race([job.run(output, audit), stop.asked]);
  return { exitCode, note: job.noteOn(exitCode) };
}

/** Runs the file, and again each time that it has changed and links. What runs by then is ended only when it does. */
async function watch(plan: Plan, input: CommandInput, { audit, stop, ahead }: Surroundings): Promise<number> {
  const { output, report } = input;
  const { FileWatch } = await import('./watch.ts');
  using file = await FileWatch.start(plan.file);
  let job: Job | undefined;
  let threads = ahead;
  for (;;) {
    try {
      const next = await Job.prepare(plan, output, threads);
      const before = job;
      job = next;
      await before?.[Symbol.asyncDispose]();
      if (before) output.err(`${plan.file} has changed: running it again`);
      void runWatched(next, { input, audit, isCurrent: () => job === next });
    } catch (thrown) {
      audit?.refuse(thrown);
      report(thrown);
      output.err(`${plan.file} is not taken: ${job?.isRunning ? 'the one before goes on' : 'waiting for a change'}`);
    }
    const exitCode = await Promise.race([stop.asked, file.changed()]);
    if (exitCode === undefined) {
      threads = ahead && new Threads({ ahead: 1 });
      continue;
    }
    const last = job;
    job = undefined;
    await last?.[Symbol.asyncDispose]();
    return exitCode;
  }
}

interface Watched {
  readonly input: CommandInput;
  readonly audit: Audit | undefined;
  isCurrent(): boolean;
}

async function runWatched(job: Job, { input: { output, report }, audit, isCurrent }: Watched): Promise<void> {
  let exitCode: number;
  try {
    exitCode = await job.run(output, audit);
  } catch (thrown) {
    // One that was ended for the next has nothing to tell.
    if (!isCurrent()) return;
    audit?.refuse(thrown);
    exitCode = report(thrown);
  }
  if (isCurrent()) output.err(`ended with exit code ${exitCode}; waiting for a change`);
}
