import { type ExternItem, isLoopError, LoopError } from '@loophost/component';
import type { CallableFunction } from './functions.ts';

/** The command line is wrong. */
export function usage(message: string, fix: string): LoopError<'E_USAGE'> {
  return new LoopError('E_USAGE', { fault: 'user', message, fix });
}

/** An option has a value that it does not take. */
export function optionWrong(option: string, value: string, why: string, fix: string): LoopError<'E_USAGE'> {
  return usage(`cannot use --${option} "${value}": ${why}`, fix);
}

/** An option gives what the component does not import: it would do nothing. */
export function optionUnused(what: string, wanted: string): LoopError<'E_USAGE'> {
  const name = wanted.replace(/\/$/, '');
  return usage(`cannot use ${what}: the component does not import ${name}, so it would do nothing`, `drop ${what}`);
}

/** Something failed that nobody expected: a broken promise of ours, unless the machine is to blame. */
export function unexpected(cause: unknown): LoopError<'E_UNEXPECTED'> {
  const error = new LoopError('E_UNEXPECTED', {
    fault: 'host',
    message: `bug: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`,
    cause,
  });
  const stack = cause instanceof Error ? (cause.stack ?? '') : '';
  error.backtrace = stack.split('\n').flatMap((line) => /^ +at (.*)/.exec(line)?.[1] ?? []);
  return error;
}

/** A file cannot be read or written. */
export function fileFailed(
  verb: 'read' | 'write',
  file: string,
  cause: unknown,
  option = '--out',
): LoopError<'E_FILE'> {
  return new LoopError('E_FILE', {
    fault: verb === 'read' ? 'user' : 'host',
    message: `cannot ${verb} "${file}": ${whyOf(cause, verb)}`,
    fix: verb === 'read' ? 'check the path' : `choose another place with ${option}`,
    at: { file },
    cause,
  });
}

/** What an option names as a place to write to is none, or nothing can be written there. */
export function placeWrong(option: string, file: string, cause: unknown): LoopError {
  if (isLoopError(cause)) return cause;
  const why = whyOf(cause, 'write');
  // The command line is not to blame for a disk that is full.
  if (why === (cause as Error).message) return fileFailed('write', file, cause, `--${option}`);
  return optionWrong(option, file, why, `choose another place with --${option}`);
}

/** Why a file cannot be used, in words. */
export function whyOf(cause: unknown, verb: 'read' | 'write'): string {
  const { code, message } = cause as { code?: string; message?: string };
  switch (code) {
    case 'ENOENT':
      return verb === 'read' ? 'there is no such file' : 'there is no such folder';
    case 'EISDIR':
      return 'it is a directory';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a part of its path is a file, not a directory';
    case 'EACCES':
    case 'EPERM':
      return 'access is denied';
    default:
      return message ?? String(cause);
  }
}

/** A file is larger than any component may be. It is not read. */
export function fileTooLarge(file: string, bytes: number, limit: number): LoopError<'E_FILE_TOO_LARGE'> {
  const [found, most] = [bytes, limit].map((count) => count.toLocaleString('en'));
  return new LoopError('E_FILE_TOO_LARGE', {
    fault: 'user',
    message: `cannot read "${file}": it has ${found} bytes, and a component may have ${most}`,
    fix: 'give the file of a component, or build a smaller one',
    at: { file },
  });
}

/** Standard output cannot be written: the disk is full, for example. */
export function outputFailed(cause: Error): LoopError<'E_OUTPUT'> {
  return new LoopError('E_OUTPUT', {
    fault: 'host',
    message: `cannot write the output: ${cause.message}`,
    fix: 'send it elsewhere',
    cause,
  });
}

/** `loop run` was given a component and nothing to do with it. */
export function nothingToRun(
  exports: readonly ExternItem[],
  functions: readonly CallableFunction[],
): LoopError<'E_NOTHING_TO_RUN'> {
  // JavaScript engines export how they are started, which is nothing to call.
  const first = functions.find(({ name }) => name !== 'init') ?? functions[0];
  const run = exports.find(({ name }) => name.startsWith('wasi:cli/run@'));
  const why = run
    ? `it exports ${run.name}, and "loop run" runs commands of WASI 0.2 (wasi:cli/run@0.2.x)`
    : 'it is not a command (it does not export wasi:cli/run)';
  return new LoopError('E_NOTHING_TO_RUN', {
    fault: 'user',
    message: `cannot run the component: ${why}${first ? `; it exports:${listOf(functions)}` : ', and it exports no function'}`,
    fix: first ? `call a function: --call '${first.name}(…)'` : 'give a component that exports functions',
  });
}

/** A call names a function that the component does not export. */
export function noSuchFunction(
  wanted: string,
  functions: readonly CallableFunction[],
): LoopError<'E_NO_SUCH_FUNCTION'> {
  const nearest = nearestOf(
    wanted,
    functions.map(({ name }) => name),
  );
  return new LoopError('E_NO_SUCH_FUNCTION', {
    fault: 'user',
    message: `cannot call "${wanted}": the component does not export it; it exports${functions.length > 0 ? `:${listOf(functions)}` : ' no function'}`,
    fix: nearest ? `did you mean "${nearest}"?` : 'use one of the names that "loop inspect" prints',
    at: { function: wanted },
  });
}

/** A call names a function that several exported interfaces have. */
export function functionAmbiguous(
  wanted: string,
  functions: readonly CallableFunction[],
): LoopError<'E_FUNCTION_AMBIGUOUS'> {
  return new LoopError('E_FUNCTION_AMBIGUOUS', {
    fault: 'user',
    message: `cannot call "${wanted}": the component exports several:${listOf(functions)}`,
    fix: `name the interface too: --call '${functions[0]?.name ?? wanted}(…)'`,
    at: { function: wanted },
  });
}

/** A call from the command line names a function that takes or gives handles, streams or futures. */
export function notText({ name, signature }: CallableFunction): LoopError<'E_CALL_NOT_TEXT'> {
  return new LoopError('E_CALL_NOT_TEXT', {
    fault: 'user',
    message: `cannot call "${name}": it takes or gives a handle, a stream or a future, which no text can stand for: ${signature}`,
    fix: `call it from a program: ${PROGRAM}`,
    at: { function: name },
  });
}

/** What helps who needs more than a command line can say. */
export const PROGRAM: string = '"loop types FILE --out DIR" writes the types for one';

const SHOWN_FUNCTIONS = 12;
const SHOWN_UNITS = 110;

/** The functions of a component for an error: not all, when there are many. */
function listOf(functions: readonly CallableFunction[]): string {
  const lines = functions
    .slice(0, SHOWN_FUNCTIONS)
    .map(({ signature }) => (signature.length > SHOWN_UNITS ? `${signature.slice(0, SHOWN_UNITS - 1)}…` : signature));
  if (functions.length > SHOWN_FUNCTIONS)
    lines.push(`… and ${functions.length - SHOWN_FUNCTIONS} more: "loop inspect FILE" lists them`);
  return lines.map((line) => `\n  ${line}`).join('');
}

/** The name that was probably meant: at most a third of its last part differs, and least of it as a whole. */
export function nearestOf(wanted: string, names: readonly string[]): string | undefined {
  const last = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
  const isPath = last(wanted) !== wanted;
  let best: { name: string; distance: number } | undefined;
  for (const name of names) {
    const lastDistance = distanceOf(last(wanted), last(name));
    const distance = isPath ? distanceOf(wanted, name) : lastDistance;
    if (lastDistance <= last(name).length / 3 && (!best || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

/** How many letters must be added, removed, replaced or exchanged to make one word of another. */
function distanceOf(a: string, b: string): number {
  if (a.length === b.length && a.length < 64 && isExchanged(a, b)) return 1;
  const length = Math.min(a.length, 64);
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < length; i++) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row.at(-1) as number;
}

/** Whether two neighbours changed places: `rnu` for `run`. */
function isExchanged(a: string, b: string): boolean {
  const at = a.split('').findIndex((letter, i) => letter !== b[i]);
  return at >= 0 && a.slice(0, at) + (a[at + 1] ?? '') + a.charAt(at) + a.slice(at + 2) === b;
}
