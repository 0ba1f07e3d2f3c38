import { closeSync, openSync, writeSync } from 'node:fs';
import type { HostEvent } from '@loophost/host';
import { optionWrong, writeFailed } from '../errors.ts';
import { failuresOf } from '../failure.ts';
import { adviceForDecision } from '../grants/advice.ts';
import { type ErrorReport, exitCodeFor, reportOf } from '../output.ts';
import { lastLineOf, placeWrong, refuseOthers } from '../places.ts';

/** What `loop` adds to the events of the host: what a run failed with, whether it started or not, and how it ended. */
type OwnEvent = { readonly component: string; readonly timeMs: number } & (
  | ({ readonly kind: 'error' } & ErrorReport)
  | { readonly kind: 'exit'; readonly exitCode: number }
);

/** Writes each event to the end of a file, as a line of JSON, before the next thing happens. */
export class Audit implements Disposable {
  /** Rejected when an event cannot be written: a run that nobody could account for is not let on. */
  readonly failed: Promise<never>;
  private readonly file: string;
  /** The name by which the host's events call the component. */
  private readonly component: string;
  private readonly descriptor: number;
  private readonly fail: (reason: unknown) => void;

  constructor(file: string, component: string) {
    this.file = file;
    this.component = component;
    try {
      refuseFile(file);
      this.descriptor = openSync(file, 'a', 0o600);
    } catch (cause) {
      throw placeWrong('audit', file, cause);
    }
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    this.failed.catch(() => undefined);
    this.fail = reject;
  }

  write(event: HostEvent | OwnEvent): void {
    try {
      writeSync(this.descriptor, `${JSON.stringify(withAdvice(event))}\n`);
    } catch (cause) {
      this.fail(writeFailed(this.file, cause, 'with --audit'));
    }
  }

  /** Does a run, and writes what it ends with: refusals of what was never started too. */
  async accountFor(run: () => Promise<number>): Promise<number> {
    try {
      const exitCode = await run();
      this.write({ ...this.about, kind: 'exit', exitCode });
      return await Promise.race([this.failed, Promise.resolve(exitCode)]);
    } catch (thrown) {
      this.endWith(thrown);
      throw thrown;
    }
  }

  /** Writes what a run, or a try to start one, failed with. */
  endWith(thrown: unknown): void {
    const failures = failuresOf(thrown);
    for (const failure of failures) this.write({ ...this.about, kind: 'error', ...reportOf(failure) });
    const exitCode = Math.max(...failures.map(({ error }) => exitCodeFor(error)));
    this.write({ ...this.about, kind: 'exit', exitCode });
  }

  private get about(): { readonly component: string; readonly timeMs: number } {
    return { component: this.component, timeMs: Date.now() };
  }

  [Symbol.dispose](): void {
    closeSync(this.descriptor);
  }
}

/** The advice of a decision as the command line gives it elsewhere, too: the host speaks of grants in a program. */
function withAdvice(event: HostEvent | OwnEvent): object {
  return event.kind === 'decision' ? { ...event, fix: adviceForDecision(event) } : event;
}

/** Refuses files that hold something else than events: a component named by mistake would be one no more. */
function refuseFile(file: string): void {
  if (file === '-') throw optionWrong('audit', file, 'it is no file', 'for standard error write --audit /dev/stderr');
  // Whatever these lead to was chosen by who started the process.
  if (/^\/dev\/(?:std(?:err|out)$|fd\/)/.test(file)) return;
  const why = 'it holds something else than events';
  refuseOthers({ option: 'audit', file, why, isOurs: () => isEvent(lastLineOf(file)) });
}

/** Whether a line is one that was written here, all of it. */
function isEvent(line: string): boolean {
  if (!line.endsWith('\n')) return false;
  try {
    const { component, timeMs, kind } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    return typeof component === 'string' && typeof timeMs === 'number' && typeof kind === 'string';
  } catch {
    return false;
  }
}
