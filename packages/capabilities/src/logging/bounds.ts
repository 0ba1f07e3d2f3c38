export const LOGGING_INTERFACE = 'wasi:logging/logging@0.1.0-draft';

/** From the least to the most important. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'critical'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How much a guest may log. Plain data: the guest part gets it as it is. */
export interface LogBounds {
  /** The least level that is passed on. Below it, entries are left out and not counted. */
  readonly level: LogLevel;
  /** Characters (UTF-16 units) of one message; what is longer is cut. */
  readonly maxMessageChars: number;
  /** Entries within one second; the others are left out, and counted. */
  readonly maxEntriesPerSecond: number;
}

/** 4,096 characters: a stack trace. 1,000 entries a second: more than anyone reads, less than a listener chokes on. */
export const DEFAULT_LOG_BOUNDS: LogBounds = { level: 'trace', maxMessageChars: 4_096, maxEntriesPerSecond: 1_000 };

/** One entry, bounded and without control characters. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly context: string;
  readonly message: string;
  /** Entries that were left out since the one before, because there were too many. */
  readonly dropped?: number;
}
