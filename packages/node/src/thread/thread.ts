// Runs in the guest's thread: one guest, told what to do by messages.
import { parentPort } from 'node:worker_threads';
import { Component } from '@loophost/component';
import { fromWire, GuestRuntime, isRefusal, type RealmPort, toWire, Turns } from '@loophost/host/guest';
import { guestParts } from '../guest-parts.ts';
import { bytesOf, Credit } from './credit.ts';
import { Outbox } from './outbox.ts';
import type { FromThread, ToThread } from './protocol.ts';

/** From here on, a result is handed over instead of copied: below, copying is the cheaper. */
const TRANSFER_BYTES = 65_536;

class GuestThread {
  private readonly outbox: Outbox<FromThread>;
  private runtime: GuestRuntime | undefined;
  private readonly asked = new Map<number, PromiseWithResolvers<unknown>>();
  private nextAsk = 1;

  constructor(port: NonNullable<typeof parentPort>) {
    this.outbox = new Outbox(port);
    port.on('message', (messages: readonly ToThread[]) => {
      for (const message of messages) this.take(message);
    });
  }

  private take(message: ToThread): void {
    switch (message.kind) {
      case 'warm':
        return void guestParts('io');
      case 'start':
        return void this.start(message);
      case 'call':
        return this.call(message);
      case 'drop':
        return this.run(message.id, () => this.runtime?.drop(message.id, message.handle));
      case 'answer':
        return this.settle(message.id)?.resolve(message.value);
      case 'refusal':
        return this.settle(message.id)?.reject(fromWire(message.error));
    }
  }

  private async start({ message, spec, taken, turns }: ToThread & { kind: 'start' }): Promise<void> {
    try {
      const component = Component.fromMessage(message);
      const realm = this.realm(new Credit(taken), new Turns(turns));
      this.runtime = await GuestRuntime.start({ component, ...spec }, guestParts, realm);
      this.outbox.push({ kind: 'started' });
    } catch (thrown) {
      this.outbox.push({ kind: 'failed', error: toWire(thrown) });
    }
  }

  private realm(credit: Credit, turns: Turns): RealmPort {
    const { outbox } = this;
    const spend = (of: unknown): number => {
      const bytes = bytesOf(of);
      credit.spend(bytes, () => outbox.flush());
      return bytes;
    };
    return {
      ask: (capability, operation, args) => {
        const id = this.nextAsk++;
        const answer = Promise.withResolvers<unknown>();
        this.asked.set(id, answer);
        outbox.push({ kind: 'ask', id, capability, operation, args }, { onFail: answer.reject });
        return answer.promise;
      },
      tell: (capability, operation, args) =>
        outbox.pushNow({ kind: 'tell', bytes: spend(args), capability, operation, args }),
      report: (decision) => outbox.pushNow({ kind: 'report', bytes: spend(decision), decision }),
      begin: (turn) => turns.begin(turn),
    };
  }

  private settle(id: number): PromiseWithResolvers<unknown> | undefined {
    const found = this.asked.get(id);
    this.asked.delete(id);
    return found;
  }

  private call({ id, path, args }: ToThread & { kind: 'call' }): void {
    this.run(id, () => this.runtime?.call(id, path, args));
  }

  private run(id: number, work: () => unknown): void {
    const fail = (thrown: unknown): void => {
      const isLast = this.runtime?.hasTrapped ?? false;
      const tell = (): void => this.outbox.push({ kind: 'error', id, error: toWire(thrown), isLast });
      // The call that trapped says why. It does so in this turn, if it has not yet, and then this is not needed any more.
      if (isLast && isRefusal(thrown)) setImmediate(tell);
      else tell();
    };
    const give = (value: unknown): void =>
      this.outbox.push({ kind: 'result', id, value }, { transfer: owned(value), onFail: fail });
    let result: unknown;
    try {
      result = work();
    } catch (thrown) {
      return fail(thrown);
    }
    if (result instanceof Promise) void result.then(give, fail);
    else give(result);
  }
}

/** The large buffers of a result. The engine made them for it, so nobody else has them. */
function owned(value: unknown, found: ArrayBuffer[] = []): readonly ArrayBuffer[] {
  if (typeof value !== 'object' || value === null) return found;
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteLength } = value;
    if (byteLength >= TRANSFER_BYTES && buffer instanceof ArrayBuffer && buffer.byteLength === byteLength)
      found.push(buffer);
    return found;
  }
  for (const part of Object.values(value)) owned(part, found);
  return found;
}

if (parentPort) new GuestThread(parentPort);
