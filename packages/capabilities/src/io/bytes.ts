/** Where the bytes of an input stream come from. */
export interface ByteSource {
  /**
   * Gives bytes that are there now, at most `max` of them; undefined at the end; `wait` when none are there yet.
   *
   * @throws {IoFailure} when reading failed.
   */
  read(max: number): Uint8Array | undefined | 'wait';
  /** Tells whether `read` has something to say, and takes nothing. Needed by a source that answers `wait`. */
  isReady?(): boolean;
  /** Settles when `read` may have something to say. Called when it has not; needed by a source that answers `wait`. */
  readable?(): Promise<unknown>;
  /** Called once, when the guest has dropped the stream. */
  close?(): void;
}

/** Where the bytes of an output stream go. */
export interface ByteSink {
  /** How many bytes it takes now; `wait` when none yet; undefined when it is closed. Default 64 KiB. */
  capacity?(): number | 'wait' | undefined;
  /**
   * Takes bytes, no more than `capacity` said. They are the sink's own: nobody else changes them.
   *
   * @throws {IoFailure} when writing failed.
   */
  write(bytes: Uint8Array): void;
  /** Settles when `capacity` has something to say. Called after it answered `wait`. */
  writable?(): Promise<unknown>;
  /** Called when the guest was told by `check-write` that it may write so many bytes: the next write can have them. */
  promise?(bytes: number): void;
  /** Called when the guest uses the stream again after it was told that it is closed. May throw to end the guest. */
  ignored?(): void;
  /** Called once, when the guest has dropped the stream. */
  close?(): void;
}

/** A failure of a source or sink, which the guest gets as a `wasi:io/error`. */
export class IoFailure extends Error {
  /** What `filesystem-error-code` or `http-error-code` give for it. */
  readonly code: { readonly of: 'filesystem' | 'http'; readonly value: unknown } | undefined;

  constructor(message: string, code?: IoFailure['code']) {
    super(message);
    this.name = 'IoFailure';
    this.code = code;
  }
}

/** A source of bytes that are all there. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  let at = 0;
  return {
    read(max) {
      if (at >= bytes.length) return undefined;
      const part = bytes.slice(at, at + max);
      at += part.length;
      return part;
    },
  };
}
