import type { ParseArgsConfig } from 'node:util';
import type { Output } from './output.ts';

export interface CommandOption {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  readonly multiple?: boolean;
  /** What stands for the value in help: `FILE`. */
  readonly value?: string;
  /** Values that shells offer, where `value` does not list them. */
  readonly choices?: readonly string[];
  /** The one of the command's words that it is for; for all of them unless given. */
  readonly word?: string;
  readonly help: string;
}

/** A command as data: help and parsing come from it. */
export interface Command {
  readonly name: string;
  /** What follows the name: `FILE [options] [-- ARGS]`. */
  readonly usage: string;
  /** Words that may stand first: commands of a command, for completion. */
  readonly words?: readonly string[];
  readonly summary: string;
  /** Whether something may stand behind `--`. */
  readonly takesArguments?: boolean;
  readonly details?: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** Does the work and gives the exit code. */
  run(input: CommandInput): Promise<number>;
}

export interface CommandInput {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
  /** What stands behind `--`. */
  readonly rest: readonly string[];
  readonly output: Output;
  /** Prints an error as the end of the command would, for one that goes on, and gives its exit code. */
  report(thrown: unknown): number;
}

/** The form that `parseArgs` takes options in. */
export function parseOptions(command: Command): NonNullable<ParseArgsConfig['options']> {
  const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
  for (const [name, { type, short, multiple }] of Object.entries(command.options)) {
    options[name] = { type, ...(short !== undefined && { short }), ...(multiple !== undefined && { multiple }) };
  }
  return options;
}

export function helpText(command: Command): string {
  const rows = Object.entries(command.options).map(([name, { short, value, help }]): [string, string] => [
    `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
    help,
  ]);
  rows.push(['-h, --help', 'print this']);
  const width = Math.max(...rows.map(([flag]) => flag.length)) + 2;
  const sections = [
    `loop ${command.name}: ${command.summary}`,
    `usage: loop ${command.name} ${command.usage}`,
    ...(command.details === undefined ? [] : [command.details]),
    ['options:', ...rows.map(([flag, help]) => `  ${flag.padEnd(width)}${help}`)].join('\n'),
    ['examples:', ...command.examples.map(([example, what]) => `  ${example}\n      ${what}`)].join('\n'),
  ];
  return sections.join('\n\n');
}
