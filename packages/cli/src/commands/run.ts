import type { Command, CommandInput } from '../command.ts';
import { GRANT_OPTIONS } from '../grants/options.ts';
import { Audit } from '../run/audit.ts';
import { Job } from '../run/job.ts';
import { type Plan, planOf } from '../run/plan.ts';
import { Stop } from '../run/stop.ts';
import { FileWatch } from '../run/watch.ts';

export const run: Command = {
  name: 'run',
  usage: "FILE [--call 'EXPR']… [options] [-- ARGS…]",
  summary: 'run a component: call its functions, or run it as a command',
  details: `Calls are written in WAVE: name("text", 42, {field: true}, [1, 2], some(3), ok("x")). A function inside an interface is
named with it: ns:pkg/api@1.0.0.add(1, 2); the version and the package may be left out when that is plain. Several calls
go to one instance, in order; each result is printed as a line of WAVE.

Without --call a component that exports wasi:cli/run runs as a command, with the arguments behind --, the three standard
streams and its own exit code. Nothing else is given: no environment, no files, no network, unless an option gives it.
What the component is refused is told on standard error, with the option that would allow it.`,
  takesArguments: true,
  options: {
    call: { type: 'string', multiple: true, value: "'EXPR'", help: 'call an exported function; repeatable' },
    json: { type: 'boolean', help: 'print each result as a line of JSON' },
    ...GRANT_OPTIONS,
    timeout: {
      type: 'string',
      value: 'TIME',
      help: 'end what takes longer, like 500ms or 2m; default 5s for each call, none for a command',
    },
    inline: { type: 'boolean', help: 'run it in the main thread, where nothing can stop it; needs --trust trusted' },
    watch: { type: 'boolean', help: 'run it again when the file changes; one that fails to link changes nothing' },
    audit: { type: 'string', value: 'FILE', help: 'add each decision and event to a file, as a line of JSON' },
  },
  examples: [
    [`loop run greeter.wasm --call 'greet("Ada")'`, 'call a function of the world'],
    [
      `loop run calc.wasm --call 'acme:calc/api@1.0.0.add(1, 2)' --call 'api.add(3, 4)'`,
      'call a function of an interface, twice',
    ],
    ['loop run hello.wasm -- one "two words"', 'run a command with arguments'],
    ['loop run tool.wasm --dir ./data::/data:ro --allow-http https://api.example.com', 'give it files and a network'],
  ],
  run: runComponent,
};

async function runComponent(input: CommandInput): Promise<number> {
  const plan = planOf(input);
  using audit = plan.auditFile === undefined ? undefined : new Audit(plan.auditFile);
  using stop = new Stop(plan.isInline);
  // Awaited here, or both would be disposed of while it runs.
  return await (plan.isWatching ? watch(plan, input, { audit, stop }) : runOnce(plan, input, { audit, stop }));
}

interface Surroundings {
  readonly audit: Audit | undefined;
  readonly stop: Stop;
}

async function runOnce(plan: Plan, { output }: CommandInput, { audit, stop }: Surroundings): Promise<number> {
  await using job = await Job.prepare(plan, output);
  // Awaited here, or the job would be disposed of while it runs.
  return await Promise.race([job.run(output, audit), stop.asked]);
}

/** Runs the file, and again each time that it has changed and links. What runs by then is ended only when it does. */
async function watch(plan: Plan, input: CommandInput, { audit, stop }: Surroundings): Promise<number> {
  const { output, report } = input;
  using file = await FileWatch.start(plan.file);
  let job: Job | undefined;
  for (;;) {
    try {
      const next = await Job.prepare(plan, output);
      const before = job;
      job = next;
      await before?.[Symbol.asyncDispose]();
      if (before) output.err(`${plan.file} has changed: running it again`);
      void runWatched(next, { input, audit, isCurrent: () => job === next });
    } catch (thrown) {
      report(thrown);
      if (job) output.err(`${plan.file} is not taken: the one before goes on`);
    }
    const exitCode = await Promise.race([stop.asked, file.changed()]);
    if (exitCode === undefined) continue;
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
    exitCode = report(thrown);
  }
  if (isCurrent()) output.err(`ended with exit code ${exitCode}; waiting for a change`);
}
