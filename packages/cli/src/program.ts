import { main } from './cli.ts';
import { outputFailed } from './errors.ts';
import { type Output, printError } from './output.ts';

/** Runs the process that `loop` is: with its arguments, its streams and its exit code. */
export async function start(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), new ProcessOutput());
}

/** The standard streams. Each is opened when something is first printed: a pipe takes Node 3 ms. */
export class ProcessOutput implements Output {
  readonly unread: Promise<void>;
  private readonly opened = new Set<NodeJS.WriteStream>();
  private readonly noteUnread: () => void;
  /** Whether a line stands on the terminal that is to be replaced. */
  private hasStatus = false;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.unread = promise;
    this.noteUnread = resolve;
  }

  get hasColours(): boolean {
    const { FORCE_COLOR: forced, NO_COLOR: none } = process.env;
    if (forced) return forced !== '0';
    return process.stderr.isTTY && !none && !isDumb();
  }

  out(text: string): void {
    this.status('');
    this.open(process.stdout).write(`${text}\n`);
  }

  err(text: string): void {
    this.status('');
    this.open(process.stderr).write(`${text}\n`);
  }

  status(text: string): void {
    if (text === '' && !this.hasStatus) return;
    if (!process.stderr.isTTY || isDumb()) return;
    this.hasStatus = text !== '';
    this.open(process.stderr).write(`\r\u001b[K${text}`);
  }

  /** Output may go to a pipe that its reader has closed, as `head` does: no failure of ours. A full disk is one. */
  private open(stream: NodeJS.WriteStream): NodeJS.WriteStream {
    if (this.opened.has(stream)) return stream;
    this.opened.add(stream);
    return stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || error.code === 'ECONNRESET') {
        if (stream === process.stdout) this.noteUnread();
        return;
      }
      process.on('exit', () => (process.exitCode = 4));
      if (stream === process.stdout) printError(this, outputFailed(error), { place: 'standard output' });
    });
  }
}

/** A terminal that cannot clear a line, as that of an editor. */
function isDumb(): boolean {
  return process.env['TERM'] === 'dumb';
}
