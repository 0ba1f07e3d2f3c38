#!/usr/bin/env node
/** Node is older than what Loophost needs. `loop` says so before it loads the engine, which such a Node cannot parse. */
function nodeTooOld(found: string): string {
  return `error[E_NODE_TOO_OLD]: cannot start: this is Node ${found}, and Loophost needs Node 24 or newer
  fix: install Node 24 or newer, for example with "npm install node@26"
`;
}

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(nodeTooOld(process.versions.node));
  process.exit(4);
}

const { main } = await import('./cli.ts');
const { outputFailed } = await import('./errors.ts');
const { printError } = await import('./output.ts');

const output = {
  out: (text: string) => void process.stdout.write(`${text}\n`),
  err: (text: string) => void process.stderr.write(`${text}\n`),
  hasColours: process.stderr.isTTY && !process.env['NO_COLOR'],
};

/** Output may go to a pipe that its reader has closed, as `head` does: no failure of ours. A full disk is one. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.on('exit', () => (process.exitCode = 4));
    if (stream === process.stdout) printError(output, outputFailed(error), { place: 'standard output' });
  });
}

process.exitCode = await main(process.argv.slice(2), output);
