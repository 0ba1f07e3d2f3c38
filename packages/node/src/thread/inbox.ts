/** How long a host works on what its guests tell before everything else gets a turn: their deadlines above all. */
const SLICE_MS = 4;

/** What has messages left. */
interface Backlog {
  /** Takes one message. Whether there are more. */
  takeNext(): boolean;
}

/** The time that all guests of a host share when they tell it something. */
export class Slices {
  /** In the order of their turns. */
  private readonly waiting = new Set<Backlog>();
  /** When the slice of this turn is over. Nothing is told in most turns. */
  private until: number | undefined;

  /** Whether the slice is not over. */
  isOpen(): boolean {
    const now = performance.now();
    if (this.until === undefined) {
      this.until = now + SLICE_MS;
      setImmediate(() => this.nextTurn());
    }
    return now < this.until;
  }

  /** Gives a turn after those that wait already. */
  queue(backlog: Backlog): void {
    this.waiting.add(backlog);
  }

  private nextTurn(): void {
    this.until = undefined;
    for (const backlog of this.waiting) {
      if (!this.isOpen()) return;
      this.waiting.delete(backlog);
      // It comes again at the end of this loop, if it has more.
      if (backlog.takeNext()) this.waiting.add(backlog);
    }
  }
}

interface InboxParts<Message> {
  readonly slices: Slices;
  readonly handle: (message: Message) => void;
  /** Whether a message is of a kind of which a guest can make any number. */
  readonly isTold: (message: Message) => boolean;
}

/** Takes the messages of one guest in order: those that it can make any number of only while the host has time. */
export class Inbox<Message> implements Backlog {
  private readonly parts: InboxParts<Message>;
  private readonly waiting: Message[] = [];
  private readonly whenEmpty: (() => void)[] = [];

  constructor(parts: InboxParts<Message>) {
    this.parts = parts;
  }

  take(messages: readonly Message[]): void {
    const { slices, handle, isTold } = this.parts;
    for (const message of messages) {
      if (this.waiting.length === 0 && (!isTold(message) || slices.isOpen())) handle(message);
      else this.keep(message);
    }
  }

  private keep(message: Message): void {
    this.waiting.push(message);
    if (this.waiting.length === 1) this.parts.slices.queue(this);
  }

  /** Takes one message that is told, and what follows it that is not. Whether there is more. */
  takeNext(): boolean {
    const { handle, isTold } = this.parts;
    do {
      handle(this.waiting.shift() as Message);
    } while (this.waiting.length > 0 && !isTold(this.waiting[0] as Message));
    if (this.waiting.length > 0) return true;
    for (const tell of this.whenEmpty.splice(0)) tell();
    return false;
  }

  /** Calls back when nothing waits: at once, or in a later turn. */
  onEmpty(tell: () => void): void {
    if (this.waiting.length === 0) tell();
    else this.whenEmpty.push(tell);
  }
}
