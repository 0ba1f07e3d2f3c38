import { accessSync, closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parsePattern } from '@loophost/capabilities';
import { optionWrong } from '../errors.ts';
import { kindOf, startOf } from '../places.ts';
import { whyOf } from '../why.ts';
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
  try {
    const kind = kindOf(host);
    if (kind === 'none') return optionWrong('dir', host, 'there is no such directory', 'make it, or check the path');
    if (kind !== 'directory')
      return optionWrong('dir', host, 'it is no directory', `give the one that it is in: --dir ${dirname(host)}`);
    accessSync(host, constants.R_OK | constants.X_OK);
    return undefined;
  } catch (cause) {
    return optionWrong('dir', host, whyOf(cause, 'read'), 'give one that you may read, or check the path');
  }
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
  const wrong = (why: string): Error =>
    optionWrong('kv', file, why, 'name a file of SQLite, or one that is not there yet: --kv ./notes.sqlite');
  try {
    const kind = kindOf(file);
    if (kind === 'directory') return wrong('it is a directory');
    if (kind === 'other') return wrong('it is no file');
    // SQLite writes a journal beside it.
    accessSync(dirname(file), constants.W_OK);
    if (kind === 'none') return void tryToMake(file);
    accessSync(file, constants.W_OK);
    return isSqlite(file) ? undefined : wrong('it is no file of SQLite');
  } catch (cause) {
    return wrong(whyOf(cause, 'write'));
  }
}

/** Only the system knows whether a file can be made, as none can be in `/proc`. */
function tryToMake(file: string): void {
  closeSync(openSync(file, 'wx', 0o600));
  unlinkSync(file);
}

/** Codes of SQLite for a file that is not its own, or is damaged. */
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** Has SQLite read what a file holds, behind a beginning that looks right. An empty one becomes a database. */
function isSqlite(file: string): boolean {
  const start = startOf(file, SQLITE.length);
  if (start !== SQLITE) return start === '';
  // Loaded for such a file alone.
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const database = new DatabaseSync(resolve(file), { timeout: 0 });
  try {
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return true;
  } catch (cause) {
    // Of anything else, such as another process that writes, the store itself knows more.
    return ![CORRUPT, NOT_A_DATABASE].includes(Number((cause as { errcode?: number }).errcode) & 0xff);
  } finally {
    database.close();
  }
}
