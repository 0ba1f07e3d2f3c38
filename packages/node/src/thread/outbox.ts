import type { Transferable } from 'node:worker_threads';

/** A worker or a port. */
export interface Postable {
  postMessage(message: unknown, transfer: readonly Transferable[]): void;
}

/** How a message goes. */
export interface Sending {
  /** Buffers that are handed over instead of copied. */
  readonly transfer?: readonly Transferable[];
  /** Told when the message cannot be copied. Without it that is an error of the sender. */
  readonly onFail?: (cause: unknown) => void;
}

/**
 * Messages that must not wait are posted at once: so many in one tick, and then one each millisecond. Of a flood so many
 * are collected.
 */
const PROMPT_MESSAGES = 64;
const PROMPT_EVERY_MS = 1;
const PLAINLY: Sending = {};

/** Collects the messages of one tick and posts them as one. */
export class Outbox<Message> {
  private readonly port: Postable;
  private messages: Message[] = [];
  private sendings: Sending[] = [];
  private isScheduled = false;
  /** How many were posted at once in this tick. */
  private prompt = 0;
  private postedAt = 0;

  constructor(port: Postable) {
    this.port = port;
  }

  push(message: Message, sending: Sending = PLAINLY): void {
    this.messages.push(message);
    this.sendings.push(sending);
    if (this.isScheduled) return;
    this.isScheduled = true;
    queueMicrotask(() => {
      this.isScheduled = false;
      this.prompt = 0;
      this.flush();
    });
  }

  /** For what has to get out although the tick may never end, as when the guest loops; with all that waits before it. */
  pushNow(message: Message): void {
    this.push(message);
    const now = performance.now();
    const isFlood = this.prompt >= PROMPT_MESSAGES && now - this.postedAt < PROMPT_EVERY_MS;
    if (isFlood && this.messages.length < PROMPT_MESSAGES) return;
    this.prompt++;
    this.postedAt = now;
    this.flush();
  }

  /** Posts what is there now. */
  flush(): void {
    const { messages, sendings } = this;
    if (messages.length === 0) return;
    this.messages = [];
    this.sendings = [];
    try {
      this.port.postMessage(messages, transferOf(sendings));
    } catch {
      // Nothing went out. One message that cannot be copied must not take the others with it.
      for (const [i, message] of messages.entries()) this.postAlone(message, sendings[i] ?? PLAINLY);
    }
  }

  private postAlone(message: Message, { transfer = [], onFail }: Sending): void {
    try {
      this.port.postMessage([message], transfer);
    } catch (cause) {
      if (!onFail) throw cause;
      onFail(cause);
    }
  }
}

const NONE: readonly Transferable[] = [];

function transferOf(sendings: readonly Sending[]): readonly Transferable[] {
  const [first] = sendings;
  return sendings.length === 1 ? (first?.transfer ?? NONE) : sendings.flatMap(({ transfer = NONE }) => transfer);
}
