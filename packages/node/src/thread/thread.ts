// Runs in the guest's thread: one guest, told what to do by messages.
import { parentPort } from 'node:worker_threads';
import { Component } from '@loophost/component';
import { fromWire, GuestRuntime, type RealmPort, toWire } from '@loophost/host/guest';
import { guestParts } from '../guest-parts.ts';
import { Outbox } from './outbox.ts';
import type { FromThread, ToThread } from './protocol.ts';

/** From here on, a result is handed over instead of copied: below, copying is the cheaper. */
const TRANSFER_BYTES = 65_536;

class GuestThread {
  private readonly outbox: Outbox<FromThread>;
  private runtime: GuestRuntime | undefined;
  /** Calls that came before the guest had started. */
  private early: (ToThread & { kind: 'call' })[] = [];
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
        return this.runtime ? this.call(message) : void this.early.push(message);
      case 'answer':
        return this.settle(message.id)?.resolve(message.value);
      case 'refusal':
        return this.settle(message.id)?.reject(fromWire(message.error));
      case 'drop':
        return this.drop(message.handle);
    }
  }

  private drop(handle: number): void {
    try {
      this.runtime?.drop(handle);
    } catch (thrown) {
      this.outbox.push({ kind: 'failed', error: toWire(thrown) });
    }
  }

  private async start({ message, spec }: ToThread & { kind: 'start' }): Promise<void> {
    try {
      const component = Component.fromMessage(message);
      this.runtime = await GuestRuntime.start({ component, ...spec }, guestParts, this.realm());
      this.outbox.push({ kind: 'started' });
      for (const call of this.early.splice(0)) this.call(call);
    } catch (thrown) {
      this.outbox.push({ kind: 'failed', error: toWire(thrown) });
    }
  }

  private realm(): RealmPort {
    const { outbox } = this;
    return {
      ask: (capability, operation, args) => {
        const id = this.nextAsk++;
        const answer = Promise.withResolvers<unknown>();
        this.asked.set(id, answer);
        outbox.push({ kind: 'ask', id, capability, operation, args });
        return answer.promise;
      },
      tell: (capability, operation, args) => outbox.pushNow({ kind: 'ask', capability, operation, args }),
      report: (decision) => outbox.pushNow({ kind: 'report', decision }),
    };
  }

  private settle(id: number): PromiseWithResolvers<unknown> | undefined {
    const found = this.asked.get(id);
    this.asked.delete(id);
    return found;
  }

  private call({ id, path, args }: ToThread & { kind: 'call' }): void {
    const fail = (thrown: unknown): void =>
      this.outbox.push({ kind: 'error', id, error: toWire(thrown), isLast: this.runtime?.hasTrapped ?? false });
    const give = (value: unknown): void => this.outbox.push({ kind: 'result', id, value }, owned(value));
    let result: unknown;
    try {
      result = this.runtime?.call(path, args);
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
