import { type GiveUp, MAX_TIMER_MS, type Refuse } from './deadline.ts';
import { type CallStage, deadlineExceeded } from './errors.ts';
import type { Guest, GuestCall, GuestDrop } from './executor.ts';
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
  /** What of the host's the guest waits for at the moment. */
  readonly asking: () => string | undefined;
}

/** A guest that starts or runs, with what the host keeps for it. */
export class RunningGuest {
  readonly guest: Guest;
  readonly number: number;
  readonly resources: HeldResources;
  hasStarted = false;
  /** Calls that were given up before they began, and whose turn has not come yet: they take room until then. */
  withdrawn = 0;
  private readonly parts: RunningParts;

  constructor(parts: RunningParts) {
    this.parts = parts;
    this.guest = parts.guest;
    this.number = parts.number;
    this.resources = new HeldResources(parts.guest, parts.live, (handle) => this.drop({ handle }));
    void parts.guest.started.then(
      () => (this.hasStarted = true),
      () => undefined,
    );
    void parts.guest.ended.then(() => this.resources.end());
  }

  /** Hands a call to the guest. `giveUp` takes it back while it waits for its turn, and else ends the guest with it. */
  call(call: GuestCall): { readonly answer: Promise<unknown>; readonly giveUp: GiveUp } {
    const answer = this.guest.call(call);
    return { answer, giveUp: (refuse) => this.giveUp(call, answer, refuse) };
  }

  private giveUp(call: GuestCall, answer: Promise<unknown>, refuse: Refuse): void {
    if (!this.guest.withdraw(call)) return this.guest.kill(refuse(this.stage()));
    this.withdrawn++;
    const leave = (): unknown => this.withdrawn--;
    answer.then(leave, leave);
    refuse({ kind: 'waiting' });
  }

  private stage(): CallStage {
    const what = this.parts.asking();
    return what === undefined ? { kind: 'running' } : { kind: 'asking', what };
  }

  private drop(drop: GuestDrop): void {
    const { guest, timeoutMs } = this.parts;
    let timer: ReturnType<typeof setTimeout>;
    const watch = (): void => {
      timer = setTimeout(
        () => {
          if (guest.hasBegun(drop)) guest.kill(deadlineExceeded('[resource-drop]', timeoutMs, this.stage()));
          // It waits for calls, which have deadlines of their own.
          else watch();
        },
        Math.min(timeoutMs, MAX_TIMER_MS),
      );
    };
    watch();
    void guest.drop(drop).then(() => clearTimeout(timer));
  }
}
