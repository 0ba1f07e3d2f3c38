import { LoopError } from '@loophost/component';

/** The command line is wrong. */
export function usage(message: string, fix: string): LoopError<'E_USAGE'> {
  return new LoopError('E_USAGE', { fault: 'user', message, fix });
}

/** A file cannot be read or written. */
export function fileFailed(verb: 'read' | 'write', file: string, cause: unknown): LoopError<'E_FILE'> {
  const code = (cause as { code?: unknown } | undefined)?.code;
  const why =
    code === 'ENOENT'
      ? 'there is no such file'
      : code === 'EISDIR'
        ? 'it is a directory'
        : code === 'EACCES'
          ? 'access is denied'
          : String(cause);
  return new LoopError('E_FILE', {
    fault: 'user',
    message: `cannot ${verb} "${file}": ${why}`,
    fix: verb === 'read' ? 'check the path' : 'choose another place with --out',
    at: { file },
    cause,
  });
}

/** `loop run` was given a component and nothing to do with it. */
export function nothingToRun(file: string, functions: readonly string[]): LoopError<'E_NOTHING_TO_RUN'> {
  const list = functions.map((line) => `\n  ${line}`).join('');
  return new LoopError('E_NOTHING_TO_RUN', {
    fault: 'user',
    message: `cannot run "${file}": it is not a command (it does not export wasi:cli/run)${list === '' ? ', and it exports no function' : `; it exports:${list}`}`,
    fix:
      functions.length === 0
        ? 'give a component that exports functions'
        : `call one of them: --call '${functions[0]?.replace(/: func.*$/, '')}(…)'`,
    at: { file },
  });
}

/** A call names a function that the component does not export. */
export function noSuchFunction(name: string, functions: readonly string[]): LoopError<'E_NO_SUCH_FUNCTION'> {
  const list = functions.map((line) => `\n  ${line}`).join('');
  return new LoopError('E_NO_SUCH_FUNCTION', {
    fault: 'user',
    message: `cannot call "${name}": the component does not export it${list === '' ? '' : `; it exports:${list}`}`,
    fix: 'use one of the names that "loop inspect" prints',
    at: { function: name },
  });
}
