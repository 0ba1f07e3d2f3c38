import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { parsePattern } from '@loophost/capabilities';
import { optionWrong, whyOf } from '../errors.ts';
import { startOf } from '../load.ts';
import type { Given } from './options.ts';

/** Refuses what options name outside of the command line and that cannot be given: all of it at once. */
export function refusePlaces({ dirs, origins, stores }: Given): void {
  const problems = [
    ...dirs.map(({ host }) => directoryProblem(host)),
    ...origins.map(originProblem),
    ...Object.values(stores).map((place) => (place === 'memory' ? undefined : storeProblem(place.file))),
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new AggregateError(problems);
}

function directoryProblem(host: string): Error | undefined {
  const isThere = statSync(host, { throwIfNoEntry: false });
  if (isThere?.isDirectory()) return undefined;
  const why = isThere ? 'it is no directory' : 'there is no such directory';
  return optionWrong(
    'dir',
    host,
    why,
    isThere ? `give the one that it is in: --dir ${dirname(host)}` : 'make it, or check the path',
  );
}

function originProblem(text: string): Error | undefined {
  const pattern = parsePattern(text.replace(/=private$/, ''));
  if (!('why' in pattern)) return undefined;
  const bare = text.replace(/\/+$/, '');
  const fix = bare !== text && !('why' in parsePattern(bare)) ? `write it as --allow-http ${bare}` : pattern.fix;
  return optionWrong('allow-http', text, `it ${pattern.why}`, fix);
}

/** How every file of SQLite begins, but for an empty one. */
const SQLITE = 'SQLite format 3\0';

function storeProblem(file: string): Error | undefined {
  const fix = 'name a file of SQLite, or one that is not there yet: --kv ./notes.sqlite';
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats?.isDirectory()) return optionWrong('kv', file, 'it is a directory', fix);
    if (stats?.isFile() && stats.size > 0 && startOf(file, SQLITE.length) !== SQLITE)
      return optionWrong('kv', file, 'it is no file of SQLite', fix);
    accessSync(stats ? file : dirname(file), constants.W_OK);
    return undefined;
  } catch (cause) {
    return optionWrong('kv', file, whyOf(cause, 'write'), fix);
  }
}
