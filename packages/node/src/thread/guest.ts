import type { Worker } from 'node:worker_threads';
import {
  failureIn,
  fromWire,
  type Guest,
  type GuestCall,
  type GuestDrop,
  guestEnded,
  notTransferable,
  type Outside,
  providerFailed,
  textOf,
  threadDied,
  toWire,
  Turns,
} from '@loophost/host';
import { giveBack } from './credit.ts';
import { Inbox, type Slices } from './inbox.ts';
import { Outbox } from './outbox.ts';
import type { FromThread, ToThread } from './protocol.ts';

/** What a thread needs to start a guest. */
type Start = Pick<ToThread & { kind: 'start' }, 'message' | 'spec'>;

interface Open {
  readonly work: GuestCall | GuestDrop;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** A guest in a thread of its own, as its host sees it. */
export class ThreadGuest implements Guest {
  readonly started: Promise<void>;
  readonly ended: Promise<Error | undefined>;
  hasEnded = false;
  private readonly name: string;
  private readonly worker: Worker;
  private readonly outside: Outside;
  private readonly outbox: Outbox<ToThread>;
  private readonly inbox: Inbox<FromThread>;
  private readonly starting = Promise.withResolvers<void>();
  private readonly ending = Promise.withResolvers<Error | undefined>();
  /** What the guest was given and has not finished, by its turn. */
  private readonly open = new Map<number, Open>();
  private readonly turns: Turns;
  /** How much of what the guest told is taken; its thread sees it too. */
  private readonly taken = new Int32Array(new SharedArrayBuffer(4));
  reason: Error | undefined;

  constructor(worker: Worker, { message, spec }: Start, outside: Outside, slices: Slices) {
    this.name = spec.name;
    this.worker = worker;
    this.outside = outside;
    this.outbox = new Outbox(worker);
    this.turns = new Turns(new Uint8Array(new SharedArrayBuffer(Turns.bytesFor(spec.limits))));
    this.started = this.starting.promise;
    this.started.catch(() => undefined);
    this.ended = this.ending.promise;
    outside.live.instances++;
    this.inbox = new Inbox({ slices, handle: (one) => this.take(one), isTold });
    worker.on('message', (messages: readonly FromThread[]) => this.inbox.take(messages));
    worker.once('error', (thrown) => this.fail(threadDied(textOf(thrown))));
    worker.once('exit', () => this.finish());
    this.outbox.push({ kind: 'start', message, spec, taken: this.taken, turns: this.turns.states });
  }

  call(call: GuestCall): Promise<unknown> {
    const { path, args, transfer = [] } = call;
    return this.request(call, (id) => {
      const onFail = (cause: unknown): void => this.settle(id)?.reject(notTransferable(path.join('.'), cause));
      this.outbox.push({ kind: 'call', id, path, args }, { transfer, onFail });
    });
  }

  async drop(drop: GuestDrop): Promise<void> {
    const { handle } = drop;
    // Whatever a destructor does wrong has ended the guest.
    await this.request(drop, (id) => this.outbox.push({ kind: 'drop', id, handle })).catch(() => undefined);
  }

  private request(work: GuestCall | GuestDrop, send: (id: number) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.hasEnded) return reject(guestEnded(this.name, this.reason));
      const id = this.turns.take();
      this.open.set(id, { work, resolve, reject });
      send(id);
    });
  }

  hasBegun(work: GuestCall | GuestDrop): boolean {
    const turn = this.turnOf(work);
    return turn !== undefined && this.turns.hasBegun(turn);
  }

  withdraw(call: GuestCall): boolean {
    const turn = this.turnOf(call);
    return turn !== undefined && this.turns.withdraw(turn);
  }

  private turnOf(work: GuestCall | GuestDrop): number | undefined {
    return [...this.open].find(([, open]) => open.work === work)?.[0];
  }

  private take(message: FromThread): void {
    // What it told before it was ended may say why it had to be.
    if (this.hasEnded && !isTold(message)) return;
    switch (message.kind) {
      case 'started':
        return this.starting.resolve();
      case 'failed':
        return this.fail(fromWire(message.error));
      case 'result':
        return this.settle(message.id)?.resolve(message.value);
      case 'error':
        return this.refuse(message);
      case 'ask':
        return void this.answer(message);
      case 'tell':
        return void this.hear(message);
      case 'report':
        giveBack(this.taken, message.bytes);
        return this.outside.report(message.decision);
    }
  }

  private refuse({ id, error, isLast }: FromThread & { kind: 'error' }): void {
    const thrown = fromWire(error);
    this.settle(id)?.reject(thrown);
    if (isLast) this.kill(thrown);
  }

  private settle(id: number): Open | undefined {
    const found = this.open.get(id);
    if (this.open.delete(id)) this.turns.giveBack(id);
    return found;
  }

  private async answer({ id, capability, operation, args }: FromThread & { kind: 'ask' }): Promise<void> {
    const refuse = (thrown: unknown, onFail?: (cause: unknown) => void): void =>
      this.reply({ kind: 'refusal', id, error: toWire(thrown) }, onFail);
    const refuseToCopy = (cause: unknown): void => refuse(providerFailed(operation, new Error(textOf(cause))));
    try {
      const value = await this.outside.ask(capability, operation, args);
      this.reply({ kind: 'answer', id, value }, refuseToCopy);
    } catch (thrown) {
      refuse(thrown, refuseToCopy);
    }
  }

  private reply(message: ToThread, onFail?: (cause: unknown) => void): void {
    if (!this.hasEnded) this.outbox.push(message, onFail && { onFail });
  }

  /** What fails although nobody waits for it cannot be told to the guest any more. */
  private async hear({ capability, operation, args, bytes }: FromThread & { kind: 'tell' }): Promise<void> {
    try {
      await this.outside.tell(capability, operation, args);
    } catch (thrown) {
      this.fail(failureIn(operation, thrown));
    } finally {
      // Not before: the guest could begin more of what takes its time than the host can hold.
      giveBack(this.taken, bytes);
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
    this.starting.reject(reason ?? refusal);
    for (const answer of this.open.values()) answer.reject(refusal);
    this.open.clear();
    void this.worker.terminate();
  }

  private finish(): void {
    this.fail(threadDied('it exited'));
    this.inbox.onEmpty(() => {
      this.outside.live.instances--;
      this.ending.resolve(this.reason);
    });
  }
}

function isTold({ kind }: FromThread): boolean {
  return kind === 'tell' || kind === 'report';
}
