import type { Command, CommandInput } from '../command.ts';
import { usage } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { printable } from '../output.ts';
import { examine, type Finding } from '../project/checks.ts';

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
  run: diagnose,
};

async function diagnose({ positionals, values, output }: CommandInput): Promise<number> {
  const [folder = '.', extra] = positionals;
  if (extra !== undefined) throw usage(`cannot examine: "${extra}" is one folder too many`, 'give one folder');
  const findings = await examine(folder);
  const works = findings.every(({ need, isFound }) => isFound || need !== 'base');
  output.out(values['json'] === true ? JSON.stringify({ works, findings }, undefined, 2) : textOf(findings, works));
  return works ? EXIT.ok : EXIT.host;
}

const MARKS: Readonly<Record<Finding['need'], string>> = { base: '✗', template: '✗', optional: '-' };

function textOf(findings: readonly Finding[], works: boolean): string {
  const width = Math.max(...findings.map(({ name }) => name.length)) + 2;
  const lines = findings.flatMap(({ name, need, use, isFound, found, fix }) => [
    `${isFound ? '✓' : MARKS[need]} ${name.padEnd(width)}${printable(found)} (${need === 'optional' ? 'optional: ' : ''}${use})`,
    ...(fix === undefined ? [] : [`    fix: ${fix}`]),
  ]);
  return [...lines, '', works ? 'components can run here' : 'components cannot run here'].join('\n');
}
