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

const PLAINLY: Sending = {};

/** Collects the messages of one tick and posts them as one. */
export class Outbox<Message> {
  private readonly port: Postable;
  private messages: Message[] = [];
  private sendings: Sending[] = [];
  private isScheduled = false;

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
      this.flush();
    });
  }

  /**
   * For what has to get out although the tick may never end, as when the guest loops; with all that waits before it. It
   * is not collected even in a flood, since the last of it may be what tells why the guest hangs: who floods waits.
   */
  pushNow(message: Message): void {
    this.messages.push(message);
    this.sendings.push(PLAINLY);
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
      this.postEach(messages, sendings);
    }
  }

  private postEach(messages: readonly Message[], sendings: readonly Sending[]): void {
    const failures: unknown[] = [];
    for (const [i, message] of messages.entries()) {
      const { transfer = NONE, onFail = (cause: unknown) => failures.push(cause) } = sendings[i] ?? PLAINLY;
      try {
        this.port.postMessage([message], transfer);
      } catch (cause) {
        onFail(cause);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

const NONE: readonly Transferable[] = [];

function transferOf(sendings: readonly Sending[]): readonly Transferable[] {
  const [first] = sendings;
  return sendings.length === 1 ? (first?.transfer ?? NONE) : sendings.flatMap(({ transfer = NONE }) => transfer);
}
