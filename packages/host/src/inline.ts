import type { GuestParts } from './capability.ts';
import { failureIn, guestEnded } from './errors.ts';
import { failureOf } from './events.ts';
import type { Executor, Guest, GuestCall, GuestDrop, GuestSpec, Outside } from './executor.ts';
import { isRefusal } from './guest/refusal.ts';
import { GuestRuntime } from './guest/runtime.ts';
import { Turns } from './guest/turns.ts';

/**
 * Runs guests in the caller's own thread: the fastest calls, and no way to stop one that loops. For trusted components.
 */
export function inlineExecutor(parts: GuestParts): Executor {
  const guests = new Set<InlineGuest>();
  return {
    name: 'inline',
    trust: 'trusted',
    waiting: 'suspend',
    start(spec, outside) {
      const guest = new InlineGuest(spec, outside, parts);
      guests.add(guest);
      void guest.ended.then(() => guests.delete(guest));
      return guest;
    },
    async [Symbol.asyncDispose]() {
      for (const guest of guests) guest.kill();
    },
  };
}

class InlineGuest implements Guest {
  readonly started: Promise<void>;
  readonly ended: Promise<Error | undefined>;
  hasEnded = false;
  private readonly name: string;
  private readonly outside: Outside;
  private readonly ending = Promise.withResolvers<Error | undefined>();
  private readonly open = new Set<(reason: Error) => void>();
  private readonly turns: Turns;
  private readonly works = new Map<GuestCall | GuestDrop, number>();
  private runtime: GuestRuntime | undefined;
  /** What of that which the guest told has failed, in the call that told it. */
  private failure: Error | undefined;
  reason: Error | undefined;

  constructor(spec: GuestSpec, outside: Outside, parts: GuestParts) {
    this.name = spec.name;
    this.outside = outside;
    this.turns = new Turns(new Uint8Array(Turns.bytesFor(spec.limits)));
    this.ended = this.ending.promise;
    outside.live.instances++;
    this.started = this.start(spec, parts);
    this.started.catch((thrown: unknown) => this.fail(thrown as Error));
  }

  private async start(spec: GuestSpec, parts: GuestParts): Promise<void> {
    const { outside } = this;
    const runtime = await GuestRuntime.start(spec, parts, {
      ask: async (capability, operation, args) => outside.ask(capability, operation, args),
      tell: (capability, operation, args) => {
        try {
          const answer = outside.tell(capability, operation, args);
          if (answer instanceof Promise) answer.catch((thrown: unknown) => this.fail(failureIn(operation, thrown)));
        } catch (thrown) {
          // The call in which the guest told it fails, and ends the guest.
          throw (this.failure = failureIn(operation, thrown));
        }
      },
      report: (decision) => outside.report(decision),
      begin: (turn) => this.turns.begin(turn),
    });
    this.runtime = runtime;
    if (!this.hasEnded) return;
    this.disposeRuntime();
    throw this.reason ?? guestEnded(this.name, undefined);
  }

  call(call: GuestCall): Promise<unknown> {
    return this.guarded(call, (runtime, turn) => runtime.call(turn, call.path, call.args));
  }

  async drop(drop: GuestDrop): Promise<void> {
    // Whatever a destructor does wrong has ended the guest.
    await this.guarded(drop, (runtime, turn) => runtime.drop(turn, drop.handle)).catch(() => undefined);
  }

  hasBegun(work: GuestCall | GuestDrop): boolean {
    const turn = this.works.get(work);
    return turn !== undefined && this.turns.hasBegun(turn);
  }

  withdraw(call: GuestCall): boolean {
    const turn = this.works.get(call);
    return turn !== undefined && this.turns.withdraw(turn);
  }

  /** Works with the guest until it ends. What traps ends it, and says why. */
  private async guarded(
    work: GuestCall | GuestDrop,
    run: (runtime: GuestRuntime, turn: number) => unknown,
  ): Promise<unknown> {
    if (this.hasEnded) throw guestEnded(this.name, this.reason);
    const turn = this.turns.take();
    this.works.set(work, turn);
    const ended = Promise.withResolvers<never>();
    ended.promise.catch(() => undefined);
    this.open.add(ended.reject);
    try {
      // As in a thread, what is given in one tick is given to one guest, though the first may end it.
      await this.started;
      const { runtime } = this;
      return await (runtime ? Promise.race([run(runtime, turn), ended.promise]) : ended.promise);
    } catch (thrown) {
      if (this.hasEnded || !this.runtime?.hasTrapped) throw thrown;
      // The call that trapped says why. It does so in this turn, if it has not yet, and then that is thrown here.
      if (isRefusal(thrown)) await Promise.race([ended.promise, new Promise((resolve) => setTimeout(resolve))]);
      this.open.delete(ended.reject);
      if (thrown === this.failure) this.fail(thrown as Error);
      else this.kill(thrown as Error);
      throw thrown;
    } finally {
      this.open.delete(ended.reject);
      this.works.delete(work);
      this.turns.giveBack(turn);
    }
  }

  /** Ends the guest for a reason that is nobody's more than another's: every open call gets it. */
  private fail(reason: Error): void {
    this.kill(reason, reason);
  }

  kill(reason?: Error, refusal: Error = guestEnded(this.name, reason)): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.reason = reason;
    for (const refuse of this.open) refuse(refusal);
    this.outside.live.instances--;
    this.disposeRuntime();
    this.ending.resolve(reason);
  }

  private disposeRuntime(): void {
    try {
      this.runtime?.[Symbol.dispose]();
    } catch (thrown) {
      this.outside.emit(failureOf(this.name, thrown));
    }
    // Its memory is free from now on, though its instance knows the guest until there is another.
    this.runtime = undefined;
  }
}
