/** What is not set is in line: a guest takes its work in order. */
const IN_LINE = 0;
const BEGUN = 1;
const WITHDRAWN = 2;

/** More than this in line at once is not kept track of: it counts as begun when it is withdrawn. */
const MAX_TURNS = 1_048_576;

/**
 * How far each work that a guest was given has come, in memory that its host and its realm may share: whoever comes
 * first decides whether it begins or is withdrawn, also while the guest is busy and takes no message.
 */
export class Turns {
  readonly states: Uint8Array;
  private readonly free: number[] = [];
  private used = 0;

  constructor(states: Uint8Array) {
    this.states = states;
  }

  /** How many bytes it takes for all calls and drops that a guest may have in line. */
  static bytesFor({ maxPendingCalls, maxHandles }: { maxPendingCalls: number; maxHandles: number }): number {
    return Math.min(maxPendingCalls + maxHandles, MAX_TURNS);
  }

  /** Gets in line. */
  take(): number {
    const turn = this.free.pop() ?? this.used++;
    this.swap(turn, IN_LINE);
    return turn;
  }

  /** The work is done, or never came to the guest. */
  giveBack(turn: number): void {
    this.free.push(turn);
  }

  /** Begins the work. False: it was withdrawn. */
  begin(turn: number): boolean {
    return this.swap(turn, BEGUN) !== WITHDRAWN;
  }

  /** Keeps the work from beginning. False: it has begun. */
  withdraw(turn: number): boolean {
    return this.swap(turn, WITHDRAWN) !== BEGUN;
  }

  hasBegun(turn: number): boolean {
    return turn < this.states.length && Atomics.load(this.states, turn) === BEGUN;
  }

  private swap(turn: number, state: number): number {
    return turn < this.states.length ? Atomics.exchange(this.states, turn, state) : BEGUN;
  }
}
