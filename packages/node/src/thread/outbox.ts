import type { Transferable } from 'node:worker_threads';

/** A worker or a port. */
export interface Postable {
  postMessage(message: unknown, transfer: readonly Transferable[]): void;
}

/**
 * Messages that must not wait are posted at once: so many in one tick, and then one each millisecond. Of a flood so many
 * are collected.
 */
const PROMPT_MESSAGES = 64;
const PROMPT_EVERY_MS = 1;

/** Collects the messages of one tick and posts them as one. */
export class Outbox<Message> {
  private readonly port: Postable;
  private messages: Message[] = [];
  private transfer: Transferable[] = [];
  private isScheduled = false;
  /** How many were posted at once in this tick. */
  private prompt = 0;
  private postedAt = 0;

  constructor(port: Postable) {
    this.port = port;
  }

  push(message: Message, transfer: readonly Transferable[] = []): void {
    this.messages.push(message);
    for (const one of transfer) this.transfer.push(one);
    if (this.isScheduled) return;
    this.isScheduled = true;
    queueMicrotask(() => this.flush());
  }

  /** For what has to get out although the tick may never end, as when the guest loops; with all that waits before it. */
  pushNow(message: Message): void {
    this.push(message);
    const now = performance.now();
    const isFlood = this.prompt >= PROMPT_MESSAGES && now - this.postedAt < PROMPT_EVERY_MS;
    if (isFlood && this.messages.length < PROMPT_MESSAGES) return;
    this.prompt++;
    this.postedAt = now;
    this.post();
  }

  /** Posts what is there now. A message that cannot be copied must not take the others with it, so those go one by one. */
  private flush(): void {
    this.isScheduled = false;
    this.prompt = 0;
    if (this.messages.length > 0) this.post();
  }

  private post(): void {
    const { messages, transfer } = this;
    this.messages = [];
    this.transfer = [];
    this.port.postMessage(messages, transfer);
  }
}
