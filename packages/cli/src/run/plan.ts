import { basename } from 'node:path';
import type { CommandInput } from '../command.ts';
import { optionWrong, usage } from '../errors.ts';
import { type Given, givenBy } from '../grants/options.ts';
import { countOf, millisecondsOf, NO_BOUND_MS } from '../grants/units.ts';
import { fileOf } from '../load.ts';

/** What one `loop run` is to do. */
export interface Plan {
  readonly file: string;
  /** What the host calls the component. */
  readonly name: string;
  /** As they stand on the command line. None: the component is run as a command. */
  readonly calls: readonly string[];
  readonly args: readonly string[];
  readonly asJson: boolean;
  readonly given: Given;
  /** For each call, or for the whole command. */
  readonly timeoutMs: number;
  /** Calls of imports that one call may make. */
  readonly maxHostCalls?: number;
  readonly isInline: boolean;
}

/** 5 s a call: long for a function, short for a hang. A command may wait for whoever types, so it has no bound. */
const DEFAULT_CALL_MS = 5_000;

/** Where decisions and events are to be written, if anywhere: known before the rest is read, which may be wrong. */
export function auditFileOf({ values }: CommandInput): string | undefined {
  const file = values['audit'] as string | undefined;
  if (file === '') throw optionWrong('audit', '', 'it names no file', 'write it as --audit events.jsonl');
  return file;
}

/** What the host calls the component. */
export function nameOf({ positionals }: CommandInput): string {
  return basename(fileOf(positionals, 'run'), '.wasm');
}

/** Reads the command line of `loop run`. */
export function planOf(input: CommandInput): Plan {
  const { positionals, values, rest } = input;
  const file = fileOf(positionals, 'run');
  const calls = (values['call'] ?? []) as readonly string[];
  const asJson = values['json'] === true;
  if (asJson && calls.length === 0)
    throw usage('cannot run: --json prints the results of calls, and there is none', "add a call: --call 'EXPR'");
  const timeout = values['timeout'] as string | undefined;
  const maxHostCalls = values['max-host-calls'] as string | undefined;
  const isInline = values['inline'] === true;
  if (isInline && timeout !== undefined)
    throw usage(
      'cannot run: --timeout cannot stop what runs in the main thread, as --inline has it',
      'drop --inline or --timeout',
    );
  return {
    file,
    name: nameOf(input),
    calls,
    args: rest,
    asJson,
    given: givenBy(values),
    timeoutMs:
      timeout === undefined ? (calls.length > 0 ? DEFAULT_CALL_MS : NO_BOUND_MS) : millisecondsOf('timeout', timeout),
    ...(maxHostCalls !== undefined && { maxHostCalls: countOf('max-host-calls', maxHostCalls) }),
    isInline,
  };
}
