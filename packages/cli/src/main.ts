#!/usr/bin/env node
// Old releases of Node cannot even parse the engine, so they are turned away before it is imported.
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `error[E_NODE_TOO_OLD]: cannot start: this is Node ${process.versions.node}, and Loophost needs Node 24 or newer\n` +
      '  fix: install Node 24 or newer, for example with "npm install node@26"\n',
  );
  process.exit(4);
}

const { main } = await import('./cli.ts');

/** Output may go to a pipe that its reader has closed, as `head` does: no failure of ours. A full disk is one. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return;
    process.on('exit', () => (process.exitCode = 4));
    if (stream === process.stderr) return;
    process.stderr.write(
      `error[E_OUTPUT]: cannot write the output: ${message}\n   at standard output\n  fix: send it elsewhere\n`,
    );
  });
}

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  hasColours: process.stderr.isTTY && !process.env['NO_COLOR'],
});
