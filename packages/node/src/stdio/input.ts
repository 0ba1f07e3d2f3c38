import type { ReadStream } from 'node:tty';
import type { InheritedInput } from '@loophost/capabilities';

const EVENTS = ['readable', 'end', 'close', 'error'] as const;

/** What of `process.stdin` is used: a terminal, a pipe, or a file, which cannot be let go of. */
type Input = NodeJS.ReadStream & Partial<Pick<ReadStream, 'ref' | 'unref'>>;

/**
 * The standard input of this process. Reads as much as a guest wants and no more, so that what one guest leaves is there
 * for the next, and keeps the process alive only while a guest waits.
 */
export class ProcessInput implements InheritedInput {
  private stopWaiting: (() => void) | undefined;
  private isDisposed = false;

  async read(max: number): Promise<Uint8Array | undefined> {
    const input: Input = process.stdin;
    while (!this.isDisposed) {
      const chunk = input.read(Math.min(max, input.readableLength) || undefined) as Buffer | string | null;
      if (chunk !== null) return bytesOf(chunk);
      if (input.errored) throw input.errored;
      if (input.readableEnded || input.destroyed) return undefined;
      await this.wait(input);
    }
    return undefined;
  }

  private async wait(input: Input): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.stopWaiting = resolve;
    for (const event of EVENTS) input.on(event, resolve);
    input.ref?.();
    await promise;
    for (const event of EVENTS) input.off(event, resolve);
    this.stopWaiting = undefined;
    if (input.listenerCount('readable') + input.listenerCount('data') === 0) input.unref?.();
  }

  [Symbol.dispose](): void {
    this.isDisposed = true;
    this.stopWaiting?.();
  }
}

/** The app may have set an encoding for its own use. */
function bytesOf(chunk: Buffer | string): Uint8Array {
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  // A message would carry the whole pool that a small buffer is a view of.
  return Uint8Array.from(bytes);
}
