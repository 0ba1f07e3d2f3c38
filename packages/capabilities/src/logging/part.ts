import { deny, type GuestPart, plain } from '@loophost/host/guest';
import { LOG_LEVELS, type LogBounds, type LogEntry, LOGGING_INTERFACE, type LogLevel } from './bounds.ts';

const MAX_CONTEXT_CHARS = 256;
const WINDOW_MS = 1_000;

/** Serves `wasi:logging`. Entries are bounded here, before they cost the host anything. */
export const loggingPart: GuestPart = {
  link(settings, realm) {
    const log = new BoundedLog(settings as LogBounds, {
      write: (entry) => realm.tell('log', entry),
      flood: ({ maxEntriesPerSecond }) =>
        realm.report(
          deny(realm.capability, 'log', 'too-many-entries', `raise maxEntriesPerSecond above ${maxEntriesPerSecond}`),
        ),
    });
    const provider = { log: (level: LogLevel, context: string, message: string) => log.add(level, context, message) };
    return { imports: { [LOGGING_INTERFACE]: provider }, [Symbol.dispose]: () => log[Symbol.dispose]() };
  },
};

interface LogOutput {
  write(entry: LogEntry): void;
  /** Called once in each second in which an entry is left out. */
  flood(bounds: LogBounds): void;
}

/** Passes entries on, as many and as long as the bounds say. */
export class BoundedLog implements Disposable {
  private readonly bounds: LogBounds;
  private readonly output: LogOutput;
  private readonly now: () => number;
  private windowStart = Number.NEGATIVE_INFINITY;
  private written = 0;
  private dropped = 0;
  private isFlooded = false;

  constructor(bounds: LogBounds, output: LogOutput, now: () => number = () => performance.now()) {
    this.bounds = bounds;
    this.output = output;
    this.now = now;
  }

  add(level: LogLevel, context: string, message: string): void {
    const { level: least, maxMessageChars } = this.bounds;
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(least) || !this.hasRoom()) return;
    // Cut first: a long text costs no more than what is kept of it.
    const text = message.slice(0, maxMessageChars + 1).replace(/\r?\n/g, '↵');
    this.write({ level, context: plain(context, MAX_CONTEXT_CHARS), message: plain(text, maxMessageChars) });
  }

  private hasRoom(): boolean {
    const now = this.now();
    if (now - this.windowStart >= WINDOW_MS) {
      this.windowStart = now;
      this.written = 0;
      this.isFlooded = false;
    }
    if (this.written++ < this.bounds.maxEntriesPerSecond) return true;
    this.dropped++;
    if (!this.isFlooded) this.output.flood(this.bounds);
    this.isFlooded = true;
    return false;
  }

  private write(entry: LogEntry): void {
    const { dropped } = this;
    this.dropped = 0;
    this.output.write(dropped > 0 ? { ...entry, dropped } : entry);
  }

  /** Tells how many were left out at the end. */
  [Symbol.dispose](): void {
    if (this.dropped > 0)
      this.write({ level: 'warn', context: 'loophost', message: 'the guest ended; entries were left out before' });
  }
}
