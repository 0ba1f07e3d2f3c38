import { setTimeout as sleep } from 'node:timers/promises';
import { StoreFailure } from '@loophost/capabilities';

/** How long to try again while another process writes: less than a call may take, so that the guest hears of it. */
export const PATIENCE_MS = 2_000;
const MAX_DELAY_MS = 50;

/** Result codes of SQLite, without what is added above the lowest eight bits. */
const BUSY = 5;
const LOCKED = 6;
const REASONS: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  8: ['store-read-only', 'the store cannot be written'],
  13: ['disk-full', 'the disk of the store is full'],
  14: ['cannot-open', 'the store cannot be opened'],
  26: ['not-a-store', 'the store cannot be opened'],
};

export interface StoreFile {
  readonly path: string;
  readonly patienceMs: number;
}

/**
 * Does one step on a database, again and again while another process is in the way. SQLite would wait by blocking the
 * thread, and with it every deadline of the host.
 *
 * @throws {StoreFailure} when the step cannot be done.
 */
export async function patiently<T>({ path, patienceMs }: StoreFile, step: () => T): Promise<T> {
  const giveUpAt = performance.now() + patienceMs;
  for (let delay = 1; ; delay = Math.min(delay * 2, MAX_DELAY_MS)) {
    try {
      return step();
    } catch (thrown) {
      const failure = failureOf(thrown, path);
      if (failure.reason !== 'store-busy' || performance.now() > giveUpAt) throw failure;
    }
    // Not in step with the others who wait.
    await sleep(delay * (0.5 + Math.random()));
  }
}

/** The guest that asked has ended, and with it the last use of the store. */
export function whenClosed(): StoreFailure {
  return new StoreFailure('store-closed', 'the store is closed');
}

interface SqliteError extends Error {
  readonly code: 'ERR_SQLITE_ERROR';
  readonly errcode: number;
}

function failureOf(thrown: unknown, path: string): StoreFailure {
  if (thrown instanceof StoreFailure) return thrown;
  if (!isSqliteError(thrown)) throw thrown;
  const code = thrown.errcode & 0xff;
  const fix = `look at the file "${path}": ${thrown.message}`;
  if (code === BUSY || code === LOCKED) return new StoreFailure('store-busy', 'the store is busy', fix);
  const [reason, message] = REASONS[code] ?? ['store-failed', 'the store failed'];
  return new StoreFailure(reason, message, fix);
}

function isSqliteError(thrown: unknown): thrown is SqliteError {
  return thrown instanceof Error && (thrown as Partial<SqliteError>).code === 'ERR_SQLITE_ERROR';
}
