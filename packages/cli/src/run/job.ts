import { type Component, isComponentError, isLoopError } from '@loophost/component';
import { parseArguments, parseCall, printWave, valueToJson } from '@loophost/component/text';
import type { Host, Instance, LinkedComponent } from '@loophost/host';
import type { Threads } from '@loophost/node/threads';
import { nothingToRun } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { CommandFailure, within } from '../failure.ts';
import { type CallableFunction, exportedFunctions, findFunction } from '../functions.ts';
import { adviceFor, linkProblems } from '../grants/advice.ts';
import { grantsOf, refuseUnused } from '../grants/grants.ts';
import { refusePlaces } from '../grants/places.ts';
import { load } from '../load.ts';
import { progress } from '../progress.ts';
import type { Output } from '../output.ts';
import type { Audit } from './audit.ts';
import { openHost } from './host.ts';
import { Notes } from './notes.ts';
import type { Plan } from './plan.ts';

interface PreparedCall {
  readonly func: CallableFunction;
  readonly args: readonly unknown[];
}

/** A component that is compiled and linked, with what is to be done with it. */
export class Job implements AsyncDisposable {
  private readonly host: Host;
  private readonly linked: LinkedComponent;
  /** The name of the function that a command starts with; otherwise the calls are made. */
  private readonly command: string | undefined;
  private readonly calls: readonly PreparedCall[];
  private readonly plan: Plan;
  /** Whether it may have failed for want of files: those that it looks for are not there, in its own words. */
  private readonly lacksFiles: boolean;

  private constructor(parts: { host: Host; linked: LinkedComponent; component: Component; work: Work; plan: Plan }) {
    this.host = parts.host;
    this.linked = parts.linked;
    this.command = parts.work.command;
    this.calls = parts.work.calls;
    this.plan = parts.plan;
    this.lacksFiles =
      parts.plan.given.dirs.length === 0 &&
      parts.component.imports.some(({ name }) => name.startsWith('wasi:filesystem/preopens'));
  }

  /**
   * Finds everything that can be wrong before the component starts.
   *
   * @param threads - Where it is to run, unless in the main thread. They end with the job.
   */
  static async prepare(plan: Plan, output: Output, threads: Threads | undefined): Promise<Job> {
    const { file, given, args } = plan;
    const host = openHost(threads);
    try {
      refusePlaces(given);
      const { component } = await load(file, { given, output });
      const work = await workOf(component, plan);
      refuseUnused(component, given, args);
      return new Job({ host, linked: await link(host, component, plan), component, work, plan });
    } catch (thrown) {
      await host[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  /** Whether the guest has written to a standard output that nobody reads any more. */
  isUnread = false;

  /** Does what is to be done, and gives the exit code. */
  async run(output: Output, audit: Audit | undefined): Promise<number> {
    const notes = new Notes(output, this.plan.asJson);
    // As long as the host is there: its guests end after what was asked of them.
    this.host.on((event) => {
      audit?.write(event);
      notes.take(event);
      this.isUnread ||= event.kind === 'output-closed' && event.stream === 'stdout';
    });
    let exitCode: number;
    try {
      exitCode = await Promise.race([this.start(output), ...(audit ? [audit.failed] : [])]);
    } catch (thrown) {
      exitCode = await this.endOf(thrown);
    }
    return exitCode !== EXIT.ok && this.isUnread ? EXIT.unread : exitCode;
  }

  /** What may explain how it ended, for when all that the guest wrote is written. */
  noteOn(exitCode: number): string | undefined {
    if (exitCode !== EXIT.guest || this.command === undefined || !this.lacksFiles) return undefined;
    return 'note: it was given no files: --dir gives it a directory';
  }

  private async start(output: Output): Promise<number> {
    await using instance = await this.linked.instantiate();
    // Awaited here, or the instance would be disposed of while they run.
    return await (this.command === undefined
      ? this.runCalls(instance, output)
      : this.runCommand(instance, this.command));
  }

  /** The exit code of a guest that ended itself, or that went on writing though nobody reads. */
  private async endOf(thrown: unknown): Promise<number> {
    const { exitCodeOf } = await import('@loophost/capabilities');
    const exitCode = exitCodeOf(thrown) ?? (this.isUnread ? EXIT.guest : undefined);
    if (exitCode !== undefined) return exitCode;
    if (!isLoopError(thrown) || thrown.at.file !== undefined) throw thrown;
    throw new CommandFailure(thrown, { place: this.plan.file, fix: adviceFor(thrown) });
  }

  /** Makes the calls in order, also after one that returned an error. A trap ends them all. */
  private async runCalls(instance: Instance, output: Output): Promise<number> {
    let exitCode: number = EXIT.ok;
    for (const call of this.calls) {
      const { value, isError } = await progress(output, `calling ${call.func.name}`, () =>
        this.runCall(instance, call),
      );
      const { result } = call.func.type;
      if (this.plan.asJson) output.out(result ? JSON.stringify(valueToJson(value, result)) : 'null');
      else if (result) output.out(printWave(value, result));
      if (isError) exitCode = EXIT.guest;
    }
    return exitCode;
  }

  /** Calls a function and gives its whole result, as WIT declares it. */
  private async runCall(
    instance: Instance,
    { func, args }: PreparedCall,
  ): Promise<{ value: unknown; isError: boolean }> {
    const isFallible = func.type.result?.kind === 'result';
    try {
      const val = await instance.call(func.name, args, { timeoutMs: this.plan.timeoutMs });
      return { value: isFallible ? { tag: 'ok', val } : val, isError: false };
    } catch (thrown) {
      if (!isFallible || !isComponentError(thrown) || isLoopError(thrown)) throw thrown;
      return { value: { tag: 'err', val: thrown.payload }, isError: true };
    }
  }

  private async runCommand(instance: Instance, name: string): Promise<number> {
    try {
      await instance.call(name, [], { timeoutMs: this.plan.timeoutMs });
      return EXIT.ok;
    } catch (thrown) {
      if (isComponentError(thrown) && !isLoopError(thrown)) return EXIT.guest;
      throw thrown;
    }
  }

  /** Ends the guest, whatever it is doing. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]();
  }
}

interface Work {
  readonly command: string | undefined;
  readonly calls: readonly PreparedCall[];
}

async function workOf(component: Component, { file, calls: texts }: Plan): Promise<Work> {
  const calls = await prepareAll(component, texts);
  if (calls.length > 0) return { command: undefined, calls };
  const command = component.exports.find((item) => /^wasi:cli\/run(@0\.2(\.|$)|$)/.test(item.name));
  return within({ place: file }, () => {
    if (!command) throw nothingToRun(component.exports, exportedFunctions(component));
    return { command: `${command.name}.run`, calls };
  });
}

/** Everything that can be wrong with the calls is found before the component starts. */
async function prepareAll(component: Component, calls: readonly string[]): Promise<PreparedCall[]> {
  const outcomes = await Promise.allSettled(calls.map((text) => prepare(component, text)));
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  if (failures.length > 0) throw new AggregateError(failures);
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}

function prepare(component: Component, text: string): Promise<PreparedCall> {
  const place = `--call '${text.length > 100 ? `${text.slice(0, 99)}…` : text}'`;
  return within({ place }, async () => {
    const call = parseCall(text);
    const func = findFunction(component, call.path, call.name);
    const fix = `pass what it takes: ${func.signature}`;
    const args = await within({ place, fix }, () => parseArguments(call, func.type.params));
    return { func, args };
  });
}

async function link(host: Host, component: Component, plan: Plan): Promise<LinkedComponent> {
  const { file, name, given, args, calls, timeoutMs, maxHostCalls, isInline } = plan;
  try {
    return await host.link(component, {
      name,
      trust: given.trust,
      grants: grantsOf(component, given, [file, ...args]),
      executor: isInline ? 'inline' : 'thread',
      limits: {
        // A command that copies files calls its host more often than a function has any reason to.
        ...(calls.length === 0 && { maxHostCalls: Number.MAX_SAFE_INTEGER }),
        ...(maxHostCalls !== undefined && { maxHostCalls }),
        ...(timeoutMs > START_MS && calls.length > 0 && { startTimeoutMs: timeoutMs }),
      },
    });
  } catch (thrown) {
    throw linkProblems(thrown, file);
  }
}

/** What the host gives a guest to start, in milliseconds, unless a call may take longer. */
const START_MS = 10_000;
