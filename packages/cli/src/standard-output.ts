import { writeSync } from 'node:fs';
import { ComponentError } from '@loophost/component';

/** How much a stream takes at once, in bytes: what `check-write` permits. */
const PERMITTED_BYTES = 65_536;

/** How long to wait before a full pipe is tried again, in milliseconds. */
const RETRY_MS = 2;

interface InputStream {
  read(length: bigint): Uint8Array;
  blockingRead(length: bigint): Uint8Array;
}

/** The classes of the shim that standard output and standard error have to do with. */
export interface StreamClasses {
  readonly OutputStream: abstract new () => object;
  /** The resource `error`, which the shim's file system makes a code of when it holds an error of Node's. */
  readonly Failure: new (cause: Error) => object;
}

/**
 * Standard output or standard error of this process, as the resource `output-stream` that a guest writes to. It writes
 * at once, and tells the guest what went wrong: a guest is as slow as the reader of its output, because nothing would
 * bound what piles up between them, and it hears of it when that reader goes away.
 */
export class StandardOutput {
  isClosed = false;
  private readonly descriptor: number;
  private readonly Failure: StreamClasses['Failure'];
  /** Called when the guest goes on writing after it has been told that nobody reads. */
  private readonly onIgnored: () => void;

  constructor(descriptor: number, Failure: StreamClasses['Failure'], onIgnored: () => void = () => undefined) {
    this.descriptor = descriptor;
    this.Failure = Failure;
    this.onIgnored = onIgnored;
  }

  checkWrite(): bigint {
    if (!this.isClosed) return BigInt(PERMITTED_BYTES);
    this.onIgnored();
    throw closed();
  }

  write(bytes: Uint8Array): void {
    this.checkWrite();
    for (let at = 0; at < bytes.length;) at += this.writeSome(bytes.subarray(at));
  }

  blockingWriteAndFlush(bytes: Uint8Array): void {
    this.write(bytes);
  }

  flush(): void {
    // Nothing is held back.
  }

  blockingFlush(): void {
    // Nothing is held back.
  }

  writeZeroes(length: bigint): void {
    if (length > PERMITTED_BYTES) throw new RangeError(`${length} bytes are more than check-write permits`);
    this.write(new Uint8Array(Number(length)));
  }

  blockingWriteZeroesAndFlush(length: bigint): void {
    this.writeZeroes(length);
  }

  splice(from: InputStream, length: bigint): bigint {
    return this.move(from.read(atMost(length)));
  }

  blockingSplice(from: InputStream, length: bigint): bigint {
    return this.move(from.blockingRead(atMost(length)));
  }

  private move(bytes: Uint8Array): bigint {
    this.write(bytes);
    return BigInt(bytes.length);
  }

  private writeSome(bytes: Uint8Array): number {
    try {
      return writeSync(this.descriptor, bytes);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
        return 0;
      }
      this.isClosed = code === 'EPIPE';
      if (this.isClosed) throw closed();
      throw new ComponentError({ tag: 'last-operation-failed', val: new this.Failure(error as Error) });
    }
  }
}

function closed(): ComponentError {
  return new ComponentError({ tag: 'closed' });
}

function atMost(length: bigint): bigint {
  return length < PERMITTED_BYTES ? length : BigInt(PERMITTED_BYTES);
}

const METHODS = [
  'checkWrite', 'write', 'blockingWriteAndFlush', 'flush', 'blockingFlush', 'writeZeroes', 'blockingWriteZeroesAndFlush',
  'splice', 'blockingSplice',
] as const; // prettier-ignore

/**
 * Makes the class `output-stream` that serves a guest: the shim's, but for two streams of the shim that stand for ours.
 * The shim would queue without a bound what is written to those, and not notice when nobody reads it.
 */
export function outputStreamClass(
  Shim: StreamClasses['OutputStream'],
  ours: ReadonlyMap<object, StandardOutput>,
): StreamClasses['OutputStream'] {
  abstract class OutputStream extends Shim {
    /** The shim makes its streams of its own class. */
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof Shim;
    }
  }
  for (const name of METHODS) {
    const value = function (this: Record<string, (...args: never[]) => unknown>, ...args: never[]): unknown {
      const output = ours.get(this) as typeof this | undefined;
      return (output ?? this)[name]?.(...args);
    };
    Object.defineProperty(OutputStream.prototype, name, { value });
  }
  return OutputStream;
}
