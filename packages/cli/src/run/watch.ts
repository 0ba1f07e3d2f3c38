import { type BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { readFailed } from '../errors.ts';
import type { Output } from '../output.ts';
import { kindOf, type PlaceKind } from '../places.ts';
import type { Plan } from './plan.ts';

/** Refuses what never becomes a file by a change. */
export function refuseUnwatchable(file: string): void {
  let kind: PlaceKind;
  try {
    kind = kindOf(file);
  } catch (cause) {
    throw readFailed(file, cause);
  }
  if (kind === 'directory') throw readFailed(file, { code: 'EISDIR' });
}

/** Tells what becomes of a file that is watched: in words, or in lines of JSON as the results are. */
export class Teller {
  private readonly plan: Plan;
  private readonly output: Output;

  constructor(plan: Plan, output: Output) {
    this.plan = plan;
    this.output = output;
  }

  changed(): void {
    this.tell(`${this.plan.file} has changed: running it again`, { event: 'changed' });
  }

  refused(goesOn: boolean): void {
    const what = goesOn ? 'the one before goes on' : 'waiting for a change';
    this.tell(`${this.plan.file} is not taken: ${what}`, { event: 'refused', goesOn });
  }

  ended(exitCode: number): void {
    this.tell(`ended with exit code ${exitCode}; waiting for a change`, { event: 'ended', exitCode });
  }

  private tell(text: string, fields: Readonly<Record<string, unknown>>): void {
    const { asJson, file } = this.plan;
    this.output.err(asJson ? JSON.stringify({ watch: { ...fields, file } }) : text);
  }
}

/** How often a file is looked at, in milliseconds. It works on every file system, unlike the system's own watching. */
const INTERVAL_MS = 100;

/** Tells when a file has changed and is complete: twice seen alike, as tools write in several steps. */
export class FileWatch implements Disposable {
  private readonly file: string;
  private readonly ending = new AbortController();
  private known: string | undefined;

  private constructor(file: string) {
    this.file = file;
  }

  static async start(file: string): Promise<FileWatch> {
    const watch = new FileWatch(file);
    watch.known = await watch.look();
    return watch;
  }

  /** Waits for the next change. Never settles after the watch is disposed of. */
  async changed(): Promise<void> {
    let before = this.known;
    for (;;) {
      await this.wait();
      const now = await this.look();
      if (now !== undefined && now === before && now !== this.known) {
        this.known = now;
        return;
      }
      before = now;
    }
  }

  private async wait(): Promise<void> {
    try {
      await delay(INTERVAL_MS, undefined, { signal: this.ending.signal });
    } catch {
      // The only error is that of the signal.
      await new Promise(() => undefined);
    }
  }

  /** What tells one state of the file from another; undefined while there is none. */
  private async look(): Promise<string | undefined> {
    let stats: BigIntStats;
    try {
      stats = await stat(this.file, { bigint: true });
    } catch {
      // It is away for a moment while a tool replaces it, or for longer: then there is nothing to run.
      return undefined;
    }
    return [stats.ino, stats.size, stats.mtimeNs].join();
  }

  [Symbol.dispose](): void {
    this.ending.abort();
  }
}
