import { grantInvalid } from '@loophost/host';
import { GrantFields } from '../grant-fields.ts';
import { CAPABILITY } from './interfaces.ts';
import type { Mount } from './policy.ts';

const SHAPE = "filesystem: [{ host: './data', guest: '/data', mode: 'ro' }]";
/** As many as a guest has any use for; each is an open directory. */
const MAX_MOUNTS = 64;
const MAX_PATH_UNITS = 4096;
/** More is a leak in most guests, and all guests share what the process may have open. */
const DEFAULT_MAX_OPEN_FILES = 128;

/** What a grant says. */
export interface FileGrant {
  readonly mounts: readonly Mount[];
  readonly maxOpenFiles: number;
}

/**
 * Reads a grant: a list of directories, or a record with the list and a bound. None when it is absent.
 *
 * @throws {LoopError} `E_GRANT_INVALID`.
 */
export function parseGrant(grant: unknown): FileGrant {
  if (grant === undefined || Array.isArray(grant))
    return { mounts: mountsOf(grant ?? []), maxOpenFiles: DEFAULT_MAX_OPEN_FILES };
  const fields = new GrantFields(CAPABILITY, grant, { known: ['directories', 'maxOpenFiles'], shape: SHAPE });
  const maxOpenFiles = fields.count('maxOpenFiles', DEFAULT_MAX_OPEN_FILES);
  return { mounts: mountsOf(fields.raw('directories')), maxOpenFiles };
}

function mountsOf(list: unknown): readonly Mount[] {
  if (!Array.isArray(list)) throw invalid('it has no list of directories', `write it as \`${SHAPE}\``);
  if (list.length > MAX_MOUNTS)
    throw invalid(
      `it has ${list.length} directories, and the limit is ${MAX_MOUNTS}`,
      'grant a directory that holds several of them',
    );
  const mounts = Array.from(list, parseMount);
  const names = mounts.map(({ guest }) => guest);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined)
    throw invalid(`it has two directories for the guest's "${twice}"`, 'give each a path of its own');
  return mounts;
}

function parseMount(value: unknown, i: number): Mount {
  const fields = new GrantFields(CAPABILITY, value, { known: ['host', 'guest', 'mode'], shape: SHAPE, path: `[${i}]` });
  const host = fields.text('host');
  const guest = fields.text('guest');
  if (!host || host.includes('\0'))
    throw invalid(`its [${i}].host names no directory`, 'give the path of a directory of the host');
  if (guest === undefined || !isGuestPath(guest))
    throw invalid(`its [${i}].guest is no absolute path`, 'write it like "/data", without "." and ".."');
  const mode = fields.oneOf('mode', ['ro', 'rw'] as const, 'ro');
  return { host, guest: guest.replaceAll(/\/+/g, '/').replace(/(.)\/$/, '$1'), mode };
}

/** `.` is what guests take for their working directory. */
function isGuestPath(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (text.length > MAX_PATH_UNITS || /[\u0000-\u001f\u007f]/.test(text)) return false;
  return (
    text === '.' || (/^\/+$/.test(text) === (text === '/') && text.startsWith('/') && !/(^|\/)\.\.?(\/|$)/.test(text))
  );
}

function invalid(why: string, fix: string): Error {
  return grantInvalid({ capability: CAPABILITY, why, fix });
}
