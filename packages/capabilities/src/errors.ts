import { ComponentError, isComponentError, isLoopError, LoopError } from '@loophost/component';

/** A guest ended itself by `wasi:cli/exit`: with success or failure, see {@link exitCodeOf}. */
export function guestExited(exitCode: number): LoopError<'E_GUEST_EXITED'> {
  return new LoopError('E_GUEST_EXITED', {
    fault: 'guest',
    message: `the guest ended itself with the exit code ${exitCode}`,
    // A payload survives the way to another thread as what it is.
    cause: new ComponentError(exitCode),
  });
}

/** The exit code of a guest that ended itself by `wasi:cli/exit`; undefined when an error is anything else. */
export function exitCodeOf(thrown: unknown): number | undefined {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (!isLoopError(error) || error.code !== 'E_GUEST_EXITED') continue;
    return isComponentError(error.cause) ? Number(error.cause.payload) : undefined;
  }
  return undefined;
}

/** A guest wrote more to standard output or standard error than its grant lets it. What fit was kept. */
export function outputLimitExceeded(stream: string, limitBytes: number): LoopError<'E_OUTPUT_LIMIT'> {
  return new LoopError('E_OUTPUT_LIMIT', {
    fault: 'guest',
    message: `the guest wrote more than ${limitBytes} bytes to ${stream}, and was ended`,
    fix: 'grant it more: stdio: { outputLimitBytes: … }',
  });
}

/** A guest went on writing to standard output after it was told that nobody reads it any more. */
export function outputUnread(): LoopError<'E_OUTPUT_UNREAD'> {
  return new LoopError('E_OUTPUT_UNREAD', {
    fault: 'guest',
    message:
      'the guest went on writing after it was told that nobody reads its standard output any more, and was ended',
  });
}

/** A guest asked for more random bytes in one call than a host gives at once. */
export function randomTooLong(wanted: bigint, limitBytes: number): LoopError<'E_RANDOM_TOO_LONG'> {
  return new LoopError('E_RANDOM_TOO_LONG', {
    fault: 'guest',
    message: `the guest asked for ${wanted} random bytes in one call; ${limitBytes} are given at most`,
    fix: 'ask for them in several calls',
  });
}

/** A guest used a stream or a poll in a way that its interface forbids, which is a trap. */
export function streamMisused(why: string): LoopError<'E_STREAM_MISUSED'> {
  return new LoopError('E_STREAM_MISUSED', { fault: 'guest', message: `the guest misused a stream: ${why}` });
}
