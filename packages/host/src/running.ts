import type { LoopError } from '@loophost/component';
import type { Stage } from './deadline.ts';
import { type CallStage, deadlineExceeded } from './errors.ts';
import type { Guest } from './executor.ts';
import type { LiveCounter } from './live.ts';
import { HeldResources } from './resource.ts';

/** What a guest that runs is made from. */
interface RunningParts {
  readonly guest: Guest;
  /** As events tell it from others. */
  readonly number: number;
  readonly live: LiveCounter;
  /** What a destructor may take. */
  readonly timeoutMs: number;
  /** What of the host's the guest waits for. */
  readonly asking: () => string | undefined;
  /** Ends the guest because a call or a destructor did not. */
  readonly end: (running: RunningGuest, reason: LoopError) => void;
}

/** A guest that starts or runs, with what the host keeps for it. */
export class RunningGuest {
  readonly guest: Guest;
  readonly number: number;
  readonly resources: HeldResources;
  /** What a call waits for that the guest has. */
  readonly stage: Stage;
  hasStarted = false;
  /** Calls that the guest has and has not answered. */
  calls = 0;
  private readonly parts: RunningParts;
  /** Destructors that the guest has not said to be done. */
  private drops = 0;
  private dropTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: RunningParts) {
    this.parts = parts;
    this.guest = parts.guest;
    this.number = parts.number;
    this.stage = { what: () => this.callStage(), stop: (reason) => parts.end(this, reason) };
    this.resources = new HeldResources(parts.guest, parts.live, (handle) => void this.drop(handle));
    void parts.guest.started.then(
      () => (this.hasStarted = true),
      () => undefined,
    );
    void parts.guest.ended.then(() => {
      clearTimeout(this.dropTimer);
      this.resources.end();
    });
  }

  private callStage(): CallStage {
    const what = this.parts.asking();
    return what === undefined ? { kind: 'running' } : { kind: 'asking', what };
  }

  private async drop(handle: number): Promise<void> {
    this.drops++;
    if (this.drops === 1) this.watchDrop();
    try {
      await this.guest.drop(handle);
    } catch {
      // One that traps ends the guest, which is heard of by that.
    }
    this.drops--;
    clearTimeout(this.dropTimer);
    if (this.drops > 0) this.watchDrop();
  }

  /** Sees to it that a destructor ends: unless it waits for a call, which has a deadline of its own. */
  private watchDrop(): void {
    const { timeoutMs, end } = this.parts;
    this.dropTimer = setTimeout(() => {
      if (this.calls > 0) this.watchDrop();
      else end(this, deadlineExceeded('[resource-drop]', timeoutMs, this.callStage()));
    }, timeoutMs);
  }
}
