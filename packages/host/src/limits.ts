import { limitKind, type OptionKind } from '@loophost/component';

/**
 * Bounds on what one guest may take while it runs: whole numbers, times less than 2^31. Memory and tables are bounded when
 * it is compiled.
 */
export interface HostLimits {
  /** How long a call may take, waiting included, unless the call says otherwise. In milliseconds. */
  readonly timeoutMs: number;
  /** How long a guest may take to start, in milliseconds. */
  readonly startTimeoutMs: number;
  /** Calls of imports that one call of an export may make. */
  readonly maxHostCalls: number;
  /** Resources of a guest that the host may hold, and of the host that a guest may hold. */
  readonly maxHandles: number;
  /** Calls that one instance may have open at once. Its guest works on one of them, and the others wait for their turn. */
  readonly maxPendingCalls: number;
  /** How often an instance may start again within `restartWindowMs`, after a kill or a trap. */
  readonly maxRestarts: number;
  readonly restartWindowMs: number;
}

/**
 * 5 s a call and 10 s to start: long for a function, short for a hang. A million host calls: some seconds of nothing else.
 * 10,000 handles and 1,000 open calls: more is a leak. 10 restarts in 10 s: a guest that dies at every call soon costs
 * nothing more.
 */
export const DEFAULT_HOST_LIMITS: HostLimits = {
  timeoutMs: 5_000,
  startTimeoutMs: 10_000,
  maxHostCalls: 1_000_000,
  maxHandles: 10_000,
  maxPendingCalls: 1_000,
  maxRestarts: 10,
  restartWindowMs: 10_000,
};

/** What each limit may be. */
export const HOST_LIMIT_KINDS: Readonly<Record<string, OptionKind>> = Object.fromEntries(
  Object.keys(DEFAULT_HOST_LIMITS).map((name) => [name, limitKind(name)]),
);

/** Fills in the default of each limit that is not given. */
export function completeHostLimits(given: Partial<HostLimits> = {}): HostLimits {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_HOST_LIMITS, ...Object.fromEntries(entries) };
}
