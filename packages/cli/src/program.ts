import { main } from './cli.ts';
import { outputFailed } from './errors.ts';
import { type Output, printError } from './output.ts';

/** Runs the process that `loop` is: with its arguments, its streams and its exit code. */
export async function start(): Promise<void> {
  const output: Output = {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    hasColours: process.stderr.isTTY && !process.env['NO_COLOR'],
    ...(process.stderr.isTTY && { status: (text: string) => void process.stderr.write(`\r\u001b[K${text}`) }),
  };
  // Output may go to a pipe that its reader has closed, as `head` does: no failure of ours. A full disk is one.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return;
      process.on('exit', () => (process.exitCode = 4));
      if (stream === process.stdout) printError(output, outputFailed(error), { place: 'standard output' });
    });
  }
  process.exitCode = await main(process.argv.slice(2), output);
}
