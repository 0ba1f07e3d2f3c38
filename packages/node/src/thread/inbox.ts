/** How long the host works on what one guest tells before everything else gets a turn: its deadline above all. */
const SLICE_MS = 4;

/** Takes messages in order: those that a guest can make any number of only so long in one turn. */
export class Inbox<Message> {
  private readonly handle: (message: Message) => void;
  private readonly isTold: (message: Message) => boolean;
  private waiting: Message[] = [];
  /** When the slice of this turn is over. Nothing is told in most turns. */
  private until: number | undefined;
  private isPaused = false;

  constructor(handle: (message: Message) => void, isTold: (message: Message) => boolean) {
    this.handle = handle;
    this.isTold = isTold;
  }

  take(messages: readonly Message[]): void {
    for (const message of messages) {
      if (this.isPaused) this.waiting.push(message);
      else if (this.isTold(message)) this.takeTold(message);
      else this.handle(message);
    }
  }

  private takeTold(message: Message): void {
    if (this.until === undefined) {
      this.until = performance.now() + SLICE_MS;
      setImmediate(() => this.nextTurn());
    }
    this.handle(message);
    this.isPaused = performance.now() >= this.until;
  }

  private nextTurn(): void {
    const { waiting } = this;
    this.until = undefined;
    this.isPaused = false;
    this.waiting = [];
    this.take(waiting);
  }
}
