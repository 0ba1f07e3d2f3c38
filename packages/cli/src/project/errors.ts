import { LoopError } from '@loophost/component';

/** A project is to be made where something is already. Nothing is overwritten. */
export function projectExists(folder: string): LoopError<'E_PROJECT_EXISTS'> {
  return new LoopError('E_PROJECT_EXISTS', {
    fault: 'user',
    message: `cannot make a project in "${folder}": it exists already`,
    fix: 'choose another name, or another place with --dir',
    at: { file: folder },
  });
}

/** A folder has no `loop.json`, which says how its component is built. */
export function projectMissing(folder: string): LoopError<'E_PROJECT_MISSING'> {
  return new LoopError('E_PROJECT_MISSING', {
    fault: 'user',
    message: `cannot build "${folder}": it has no loop.json, which says how its component is built`,
    fix: 'give the folder of a project, or make one: loop component new NAME --template js',
    at: { file: folder },
  });
}

/** The `loop.json` of a project says something that it cannot say. The message names all of it. */
export function projectInvalid(file: string, reasons: readonly string[]): LoopError<'E_PROJECT_INVALID'> {
  return new LoopError('E_PROJECT_INVALID', {
    fault: 'user',
    message: `cannot build what "${file}" describes: ${reasons.join('; ')}`,
    fix: 'correct it: a project made by "loop component new" shows what it may say',
    at: { file },
  });
}

/** A compiler or a package that builds components is not on this machine. */
export function toolMissing(tool: { readonly name: string; readonly install: string }): LoopError<'E_TOOL_MISSING'> {
  return new LoopError('E_TOOL_MISSING', {
    fault: 'user',
    message: `cannot build the component: this machine lacks ${tool.name}`,
    fix: tool.install,
  });
}

const SHOWN_LINES = 24;

/** A compiler refused the sources of a project, or what it made of them is not what their world says. */
export function buildFailed(file: string, tool: string, said: string, cause?: unknown): LoopError<'E_BUILD_FAILED'> {
  const lines = said.trim().split('\n');
  const left = lines.length - SHOWN_LINES;
  const shown = left > 0 ? [...lines.slice(0, SHOWN_LINES), `… and ${left} lines more`] : lines;
  return new LoopError('E_BUILD_FAILED', {
    fault: 'user',
    message: `cannot build "${file}": ${tool}: ${shown.join('\n  ')}`,
    fix: 'correct the source, and build again',
    at: { file },
    cause,
  });
}
