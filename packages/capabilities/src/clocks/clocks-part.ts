import type { GuestPart } from '@loophost/host/guest';
import { io, type Readiness } from '../io/io.ts';

export interface ClocksSettings {
  /** Milliseconds since 1970 at which the clocks stand. */
  readonly fixedMs?: number;
}

const NS_PER_MS = 1_000_000n;
const NS_PER_S = 1_000_000_000n;
const MAX_INSTANT = 2n ** 64n - 1n;

/** The clocks of one guest, in nanoseconds. */
interface Clocks {
  readonly wall: () => bigint;
  readonly monotonic: () => bigint;
  /** When an instant of the monotonic clock is reached. */
  reach(instant: bigint): Readiness;
}

/** Serves the clocks where the guest runs. */
export const clocksPart: GuestPart = {
  link(settings, { waiting }) {
    const { fixedMs } = settings as ClocksSettings;
    const { wall, monotonic, reach } = fixedMs === undefined ? REAL : new FixedClocks(fixedMs);
    const streams = io(waiting);
    return {
      imports: {
        'wasi:clocks/wall-clock@0.2.12': {
          now: () => datetime(wall()),
          resolution: () => datetime(NS_PER_MS),
        },
        'wasi:clocks/monotonic-clock@0.2.12': {
          now: monotonic,
          resolution: () => 1000n,
          subscribeInstant: (instant: bigint) => streams.pollable(reach(instant)),
          subscribeDuration: (duration: bigint) => {
            const instant = monotonic() + duration;
            return streams.pollable(reach(instant > MAX_INSTANT ? MAX_INSTANT : instant));
          },
        },
      },
    };
  },
};

function datetime(ns: bigint): { seconds: bigint; nanoseconds: number } {
  return { seconds: ns / NS_PER_S, nanoseconds: Number(ns % NS_PER_S) };
}

function monotonicNow(): bigint {
  return BigInt(Math.round(performance.now() * 1e6));
}

const REAL: Clocks = {
  wall: () => BigInt(Math.max(0, Date.now())) * NS_PER_MS,
  monotonic: monotonicNow,
  reach: (instant) => ({ isReady: () => monotonicNow() >= instant, atMs: Number(instant) / 1e6 }),
};

/** Clocks that stand still, but for waits. */
class FixedClocks implements Clocks {
  private readonly start: bigint;
  private passed = 0n;

  constructor(fixedMs: number) {
    // In two parts: the whole in nanoseconds is more than a number holds.
    const wholeMs = Math.floor(fixedMs);
    this.start = BigInt(wholeMs) * NS_PER_MS + BigInt(Math.round((fixedMs - wholeMs) * 1e6));
  }

  readonly wall = (): bigint => this.start + this.passed;
  readonly monotonic = (): bigint => this.passed;

  readonly reach = (instant: bigint): Readiness => {
    const rest = instant - this.passed;
    const real = monotonicNow() + (rest > 0n ? rest : 0n);
    const isReady = (): boolean => {
      if (instant <= this.passed) return true;
      if (monotonicNow() < real) return false;
      this.passed = instant;
      return true;
    };
    return { isReady, atMs: Number(real) / 1e6 };
  };
}
