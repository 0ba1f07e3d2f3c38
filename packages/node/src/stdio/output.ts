import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { IoFailure, type OpenOutput, type ProcessOutput } from '@loophost/capabilities/guest';
import { codeOf } from '../files/errno.ts';

/** How long to wait before a full pipe is tried again, in milliseconds. */
const RETRY_MS = 2;

/** The reader is gone. A pair of sockets says it the second way, when something was still unread. */
const GONE: readonly string[] = ['EPIPE', 'ECONNRESET'];

const NEVER = new Int32Array(new SharedArrayBuffer(4));

export const openOutput: OpenOutput = (stream) => new DescriptorOutput(stream === 'stdout' ? 1 : 2);

/**
 * Standard output or standard error of this process. It writes at once: a guest is as slow as the reader of its output,
 * because nothing would bound what piles up between them, and it hears of it when that reader goes away.
 */
class DescriptorOutput implements ProcessOutput {
  isClosed = false;
  private readonly inherited: number;
  private own: number | undefined;
  private isOpen = false;

  constructor(descriptor: number) {
    this.inherited = descriptor;
  }

  write(bytes: Uint8Array): void {
    const descriptor = this.open();
    for (let at = 0; at < bytes.length && !this.isClosed;) at += this.writeSome(descriptor, bytes.subarray(at));
  }

  private writeSome(descriptor: number, bytes: Uint8Array): number {
    try {
      return writeSync(descriptor, bytes);
    } catch (thrown) {
      const { code, message } = thrown as NodeJS.ErrnoException;
      if (code === 'EAGAIN') Atomics.wait(NEVER, 0, 0, RETRY_MS);
      else if (GONE.includes(code ?? '')) this.isClosed = true;
      else throw new IoFailure(message, { of: 'filesystem', value: codeOf(thrown) });
      return 0;
    }
  }

  private open(): number {
    if (!this.isOpen) this.own = withoutBlocking(this.inherited);
    this.isOpen = true;
    return this.own ?? this.inherited;
  }

  [Symbol.dispose](): void {
    if (this.own !== undefined) closeSync(this.own);
    this.own = undefined;
    this.isOpen = false;
  }
}

/**
 * Opens a pipe or a terminal a second time, so that a write to it never blocks: a thread that is blocked in the kernel
 * cannot be ended, and whoever reads may have stopped for good. Undefined where that cannot be done; a file must not be
 * opened again, since that would start at its beginning.
 */
function withoutBlocking(descriptor: number): number | undefined {
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFIFO() && !stats.isCharacterDevice()) return undefined;
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    // Only Linux has this path, and a terminal may belong to another user.
    return undefined;
  }
}
