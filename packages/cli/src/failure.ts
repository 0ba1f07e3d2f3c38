import { isLoopError, type LoopError } from '@loophost/component';
import { unexpected } from './errors.ts';

/** What a command knows of an error that the engine does not: where it happened on the command line, and what helps. */
export interface Context {
  readonly place?: string | undefined;
  /** Further places of the same. */
  readonly also?: readonly string[];
  /** Instead of the error's own, which may speak of options that only programs have. */
  readonly fix?: string | undefined;
}

/** An error, and what is known of it. */
export interface Failure {
  readonly error: LoopError;
  readonly context: Context;
}

/** What a command ended in: one error, or several at once. */
export function failuresOf(thrown: unknown): readonly Failure[] {
  if (thrown instanceof AggregateError) return thrown.errors.flatMap(failuresOf);
  if (thrown instanceof CommandFailure) return [thrown];
  return [{ error: isLoopError(thrown) ? thrown : unexpected(thrown), context: {} }];
}

/** An error with what the command that it happened in knows of it. The innermost context counts. */
export class CommandFailure extends Error implements Failure {
  readonly error: LoopError;
  readonly context: Context;

  constructor(error: LoopError, context: Context) {
    super(error.message, { cause: error });
    this.error = error;
    this.context = context;
  }
}

/** Adds a context to whatever error some work ends in. */
export async function within<T>(context: Context, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw isLoopError(thrown) ? new CommandFailure(thrown, context) : thrown;
  }
}

/** Codes whose advice is an option of the engine, which only a program can set. */
const PROGRAM_CODES: readonly string[] = ['E_LIMIT_EXCEEDED', 'E_HANDLES_EXCEEDED'];

/** What helps where the engine has no advice, or one that only a program can follow. */
export function fixOf(error: LoopError): string {
  // An error of several problems has the advice of the first that has any.
  const { code, fix, fault } = error.problems.find((problem) => problem.fix !== undefined) ?? error;
  if (fix !== undefined)
    return PROGRAM_CODES.includes(code) ? `${fix}: in a program, since loop has no option for it` : fix;
  if (code === 'E_LIMIT_EXCEEDED') return 'build a smaller component: this limit is fixed';
  if (code === 'E_COMPONENT_MALFORMED') return 'get or build the file again: it is cut off or damaged';
  if (code === 'E_COMPONENT_INVALID' || code === 'E_CORE_MODULE_INVALID')
    return 'build it again with current tools, or report it to their authors';
  if (code === 'E_COMPONENT_OTHER_KIND') return 'give the bytes of a WebAssembly component';
  if (code.startsWith('E_WAVE_')) return 'see "loop help run" on how calls are written';
  if (fault === 'guest') return "report it to the component's author, with the lines above";
  return 'report it to the authors of Loophost, with the lines above';
}
