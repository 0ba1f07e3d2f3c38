import type { Command } from '../command.ts';

export const doctor: Command = {
  name: 'doctor',
  usage: '[DIR] [--json]',
  summary: 'tell what this machine has of what Loophost uses, and how to get the rest',
  details: `Looks for packages from DIR (default: this folder), then from where loop is installed. Ends with 0 when components can run,
whatever is missing to build some, and with 4 otherwise.`,
  options: { json: { type: 'boolean', help: 'print the findings as JSON' } },
  examples: [
    ['loop doctor', 'list what is here, and the install line of what is not'],
    [`loop doctor --json | jq '.findings[] | select(.isFound | not)'`, 'what is missing, for a program'],
  ],
  run: async (input) => (await import('../project/doctor.ts')).diagnose(input),
};
