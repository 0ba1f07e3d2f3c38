import { parseArgs } from 'node:util';
import type { LoopError } from '@loophost/component';
import { type Command, helpText, parseOptions } from './command.ts';
import { completion } from './commands/completion.ts';
import { component } from './commands/component.ts';
import { doctor } from './commands/doctor.ts';
import { inspect } from './commands/inspect.ts';
import { run } from './commands/run.ts';
import { types } from './commands/types.ts';
import { usage } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { failuresOf } from './failure.ts';
import { nearestOf } from './nearest.ts';
import { exitCodeFor, type Output, printError, printErrorAsJson } from './output.ts';
import { version } from './version.ts';

const COMMANDS: readonly Command[] = [run, inspect, types, component, doctor, completion(() => COMMANDS)];

const EXIT_CODES = `exit codes: ${EXIT.ok} done, ${EXIT.guest} the guest failed, ${EXIT.usage} wrong command line, ${EXIT.component} the component cannot be read, compiled or
linked, ${EXIT.host} Loophost failed, ${EXIT.interrupted} and ${EXIT.terminated} ended by Ctrl-C and SIGTERM, ${EXIT.unread} nobody reads its output; a command component
ends with its own.`;

/**
 * Runs the command line of `loop` and gives the exit code. Prints errors itself: nothing that a user can cause is
 * thrown.
 */
export async function main(args: readonly string[], output: Output): Promise<number> {
  try {
    return await dispatch(args, output);
  } catch (thrown) {
    return report(thrown, args, output);
  }
}

function report(thrown: unknown, args: readonly string[], output: Output): number {
  const failures = failuresOf(thrown);
  // Also for a command line that is wrong, which nobody has read yet.
  const asJson = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined).includes('--json');
  for (const { error, context } of failures) {
    const place = error.code === 'E_USAGE' ? commandLine(args) : undefined;
    (asJson ? printErrorAsJson : printError)(output, error, { place, ...context });
  }
  return Math.max(...failures.map(({ error }) => exitCodeFor(error)));
}

const SHOWN_UNITS = 100;

function commandLine(args: readonly string[]): string {
  const text = ['loop', ...args].map((arg) => (/^[\w./:=@-]+$/.test(arg) ? arg : `'${arg}'`)).join(' ');
  return text.length > SHOWN_UNITS ? `${text.slice(0, SHOWN_UNITS - 1)}…` : text;
}

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length)) + 2;
  return [
    'loop: run WebAssembly components',
    '',
    'usage: loop COMMAND …',
    '',
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
    `  ${'help'.padEnd(width)}print this, or the help of a command: loop help run`,
    `  ${'--version'.padEnd(width)}print the version`,
    '',
    `examples:`,
    ...COMMANDS.map(({ examples }) => `  ${examples[0]?.[0]}`),
    '',
    EXIT_CODES,
  ].join('\n');
}

async function dispatch(args: readonly string[], output: Output): Promise<number> {
  const [name, ...more] = args;
  if (name === '--version' || name === '-V') {
    output.out(version());
    return EXIT.ok;
  }
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const topic = name === undefined ? undefined : more[0];
    output.out(
      topic === undefined || ['help', '--help', '-h'].includes(topic) ? overview() : helpText(commandNamed(topic)),
    );
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  const command = commandNamed(name);
  const split = more.indexOf('--');
  const own = split < 0 ? more : more.slice(0, split);
  const { positionals, values } = parse(command, own);
  if (values['help'] === true) {
    output.out(helpText(command));
    return EXIT.ok;
  }
  const rest = split < 0 ? [] : more.slice(split + 1);
  if (rest.length > 0 && !command.takesArguments)
    throw usage(`cannot ${name}: it takes nothing behind --`, `see "loop help ${name}"`);
  return command.run({ positionals, values, rest, output, report: (thrown) => report(thrown, args, output) });
}

function commandNamed(name: string): Command {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command) return command;
  const names = COMMANDS.map((candidate) => candidate.name);
  const nearest = nearestOf(name, [...names, 'help']);
  const fix = nearest === undefined ? `use one of: ${names.join(', ')}` : `did you mean "loop ${nearest}"?`;
  throw usage(`cannot run "loop ${name}": there is no such command`, fix);
}

function parse(command: Command, args: readonly string[]): { positionals: string[]; values: Record<string, unknown> } {
  const options = parseOptions(command);
  const config = { args: [...args], options, allowPositionals: true };
  refuseOptions(command, options, parseArgs({ ...config, strict: false, tokens: true }).tokens);
  try {
    return parseArgs(config);
  } catch (error) {
    throw wrongValue(command, (error as Error).message, args);
  }
}

/** Refuses options that the command does not have, and those given twice of which one would be dropped. */
function refuseOptions(
  command: Command,
  options: ReturnType<typeof parseOptions>,
  tokens: readonly { readonly kind: string; readonly name?: string; readonly rawName?: string }[],
): void {
  const seen = new Set<string>();
  for (const { kind, name = '', rawName = name } of tokens) {
    if (kind !== 'option') continue;
    if (!Object.hasOwn(options, name)) {
      const nearest = nearestOf(name, Object.keys(options));
      throw wrongOption(command, `unknown option '${rawName}'`, nearest && `did you mean "--${nearest}"?`);
    }
    if (seen.has(name) && options[name]?.multiple !== true)
      throw wrongOption(command, `'${rawName}' is given twice`, 'give it once');
    seen.add(name);
  }
}

/** Node says of a value that is missing, or that there is one, what only its own users know how to take. */
function wrongValue(command: Command, said: string, args: readonly string[]): LoopError {
  const [, option = ''] = /'(?:-\w, )?(--[\w-]+)/.exec(said) ?? [];
  const { value } = command.options[option.slice(2)] ?? {};
  if (value === undefined) return wrongOption(command, `'${option}' takes no value`, `write it as ${option}`);
  const next = args[args.indexOf(option) + 1] ?? '';
  if (/^-[^-]/.test(next) && args.includes(option))
    return wrongOption(command, `'${option}' has no value`, `if "${next}" is its value, write it as ${option}=${next}`);
  const fix = `write it as ${option} ${value}, or as ${option}=${value} if that begins with "-"`;
  return wrongOption(command, `'${option}' has no value`, fix);
}

function wrongOption({ name }: Command, why: string, fix = `see "loop help ${name}"`): LoopError {
  return usage(`cannot run "loop ${name}": ${why}`, fix);
}
