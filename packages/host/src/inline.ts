import type { GuestParts } from './capability.ts';
import { guestEnded } from './errors.ts';
import type { Executor, Guest, GuestCall, GuestSpec, Outside } from './executor.ts';
import { GuestRuntime } from './guest/runtime.ts';

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
      for (const guest of guests) guest.dispose();
    },
  };
}

class InlineGuest implements Guest {
  readonly started: Promise<void>;
  readonly ended: Promise<Error | undefined>;
  private runtime: GuestRuntime | undefined;
  private readonly ending = Promise.withResolvers<Error | undefined>();
  private readonly open = new Set<(reason: Error) => void>();
  hasEnded = false;
  private readonly outside: Outside;

  constructor(spec: GuestSpec, outside: Outside, parts: GuestParts) {
    this.outside = outside;
    this.ended = this.ending.promise;
    outside.live.instances++;
    this.started = this.start(spec, parts);
    this.started.catch((thrown: unknown) => this.end(thrown as Error));
  }

  private async start(spec: GuestSpec, parts: GuestParts): Promise<void> {
    const { outside } = this;
    const runtime = await GuestRuntime.start(spec, parts, {
      ask: async (capability, operation, args) => outside.ask(capability, operation, args),
      tell: (capability, operation, args) => void outside.ask(capability, operation, args),
      report: (decision) => outside.report(decision),
    });
    if (this.hasEnded) return void runtime[Symbol.dispose]();
    this.runtime = runtime;
  }

  async call({ path, args }: GuestCall): Promise<unknown> {
    await this.started;
    if (!this.runtime) throw guestEnded('guest', undefined);
    const aborted = Promise.withResolvers<never>();
    aborted.promise.catch(() => undefined);
    this.open.add(aborted.reject);
    try {
      return await Promise.race([this.runtime.call(path, args), aborted.promise]);
    } catch (thrown) {
      if (this.runtime.hasTrapped) this.kill(thrown as Error);
      throw thrown;
    } finally {
      this.open.delete(aborted.reject);
    }
  }

  drop(handle: number): void {
    try {
      this.runtime?.drop(handle);
    } catch (thrown) {
      this.kill(thrown as Error);
    }
  }

  kill(reason: Error): void {
    for (const refuse of this.open) refuse(reason);
    this.end(reason);
  }

  dispose(): void {
    this.kill(guestEnded('guest', undefined));
  }

  private end(reason: Error): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.outside.live.instances--;
    this.runtime?.[Symbol.dispose]();
    this.ending.resolve(reason);
  }
}
