import { type ExternItem, LoopError } from '@loophost/component';
import type { CallableFunction } from './functions.ts';
import { nearestOf } from './nearest.ts';
import { whyOf } from './why.ts';

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
function fileFailed(file: string, cause: unknown, elsewhere?: string): LoopError<'E_FILE'> {
  const verb = elsewhere === undefined ? 'read' : 'write';
  return new LoopError('E_FILE', {
    fault: verb === 'read' ? 'user' : 'host',
    message: `cannot ${verb} "${file}": ${whyOf(cause, verb)}`,
    fix: elsewhere === undefined ? 'check the path' : `choose another place ${elsewhere}`,
    at: { file },
    cause,
  });
}

export function readFailed(file: string, cause: unknown): LoopError {
  return fileFailed(file, cause);
}

/** @param elsewhere - How another place is chosen: `with --out`. */
export function writeFailed(file: string, cause: unknown, elsewhere: string): LoopError {
  return fileFailed(file, cause, elsewhere);
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
