/** What a guest may have told that its host has not taken yet, in bytes or so. */
const MAX_UNTAKEN = 1_048_576;
/** What a message counts besides its texts and bytes: a host that is behind has hundreds of them to come to, not thousands. */
const MESSAGE_BYTES = 4096;

/**
 * Bounds what a guest tells without waiting for an answer, which it could do faster than the host takes it: both threads
 * count, and the guest's blocks while the difference is too large. It can be ended meanwhile.
 */
export class Credit {
  private readonly taken: Int32Array;
  private told = 0;

  constructor(taken: Int32Array) {
    this.taken = taken;
  }

  /** Waits until the host has taken enough. What waits here has to go out before, since the host must have it for that. */
  spend(bytes: number, goOut: () => void): void {
    for (;;) {
      const taken = Atomics.load(this.taken, 0);
      // Both numbers wrap around.
      const untaken = (this.told - taken) | 0;
      if (untaken === 0 || untaken + bytes <= MAX_UNTAKEN) break;
      goOut();
      Atomics.wait(this.taken, 0, taken);
    }
    this.told = (this.told + bytes) | 0;
  }
}

/** The host has taken a message of so many bytes. */
export function giveBack(taken: Int32Array, bytes: number): void {
  Atomics.add(taken, 0, bytes);
  Atomics.notify(taken, 0);
}

/** Roughly what a value takes on its way. */
export function bytesOf(value: unknown): number {
  return MESSAGE_BYTES + size(value);
}

function size(value: unknown): number {
  if (typeof value === 'string') return 2 * value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  let sum = 8;
  const parts: Iterable<unknown> = value instanceof Map ? [...value].flat() : Object.values(value);
  for (const part of parts) sum += size(part);
  return sum;
}
