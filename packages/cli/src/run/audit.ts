import { closeSync, openSync, writeSync } from 'node:fs';
import type { HostEvent } from '@loophost/host';
import { fileFailed } from '../errors.ts';

/** Writes each event to the end of a file, as a line of JSON, before the next thing happens. */
export class Audit implements Disposable {
  /** Rejected when an event cannot be written: a run that nobody could account for is not let on. */
  readonly failed: Promise<never>;
  private readonly file: string;
  private readonly descriptor: number;
  private readonly fail: (reason: unknown) => void;

  constructor(file: string) {
    this.file = file;
    try {
      this.descriptor = openSync(file, 'a', 0o600);
    } catch (cause) {
      throw fileFailed('write', file, cause, '--audit');
    }
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    this.failed.catch(() => undefined);
    this.fail = reject;
  }

  write(event: HostEvent): void {
    try {
      writeSync(this.descriptor, `${JSON.stringify(event)}\n`);
    } catch (cause) {
      this.fail(fileFailed('write', this.file, cause, '--audit'));
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.descriptor);
  }
}
