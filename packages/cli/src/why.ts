/** What is wrong with a place that somebody named. */
const OF_PLACE: Readonly<Record<string, string>> = {
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of its path is a file, not a directory',
  EEXIST: 'a part of its path is a file, not a directory',
  EACCES: 'access is denied',
  EPERM: 'access is denied',
  EROFS: 'its file system can only be read',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ENXIO: 'nothing can be opened there',
  ETXTBSY: 'it is a program that runs',
  EBUSY: 'it is in use',
};

/** What is wrong with a machine, whatever place was named. */
const OF_MACHINE: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the share of the disk is used up',
  EFBIG: 'it would be too large',
  EIO: 'the disk does not work',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
};

/** Why a file cannot be used, in words. */
export function whyOf(cause: unknown, verb: 'read' | 'write'): string {
  const code = codeOf(cause);
  if (code === 'ENOENT') return verb === 'read' ? 'there is no such file' : 'there is no such folder';
  return OF_PLACE[code] ?? OF_MACHINE[code] ?? `the system refuses it (${code})`;
}

/** Whether another place may do. */
export function isOfPlace(cause: unknown): boolean {
  const code = codeOf(cause);
  return code === 'ENOENT' || Object.hasOwn(OF_PLACE, code);
}

function codeOf(cause: unknown): string {
  return (cause as { code?: string }).code ?? 'for no known reason';
}
