import type { CommandInput } from '../command.ts';
import { usage } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { printable } from '../output.ts';
import { kindOf } from '../places.ts';
import { whyOf } from '../why.ts';
import { examine, type Finding } from './checks.ts';

/** Does what `loop doctor` was told, and gives the exit code. */
export async function diagnose({ positionals, values, output }: CommandInput): Promise<number> {
  const [folder = '.', extra] = positionals;
  if (extra !== undefined) throw usage(`cannot examine: "${extra}" is one folder too many`, 'give one folder');
  const problem = folderProblem(folder);
  if (problem !== undefined)
    throw usage(`cannot examine "${folder}": ${problem}`, 'give the folder of a project, or none for this one');
  const findings = await examine(folder);
  const works = findings.every(({ need, isFound }) => isFound || need !== 'base');
  output.out(values['json'] === true ? JSON.stringify({ works, findings }, undefined, 2) : textOf(findings, works));
  return works ? EXIT.ok : EXIT.host;
}

function folderProblem(folder: string): string | undefined {
  try {
    return kindOf(folder) === 'directory' ? undefined : 'there is no such folder';
  } catch (cause) {
    return whyOf(cause, 'read');
  }
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
