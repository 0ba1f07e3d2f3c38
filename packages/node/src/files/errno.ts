import { type ErrorCode, FileFailure } from '@loophost/capabilities/guest';

/** The codes of Node's errors, and what guests are told for them. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  EACCES: 'access',
  EAGAIN: 'would-block',
  EALREADY: 'already',
  EBADF: 'bad-descriptor',
  EBUSY: 'busy',
  EDEADLK: 'deadlock',
  EDQUOT: 'quota',
  EEXIST: 'exist',
  EFBIG: 'file-too-large',
  EILSEQ: 'illegal-byte-sequence',
  EINPROGRESS: 'in-progress',
  EINTR: 'interrupted',
  EINVAL: 'invalid',
  EISDIR: 'is-directory',
  ELOOP: 'loop',
  EMFILE: 'quota',
  EMLINK: 'too-many-links',
  ENAMETOOLONG: 'name-too-long',
  ENFILE: 'quota',
  ENODEV: 'no-device',
  ENOENT: 'no-entry',
  ENOLCK: 'no-lock',
  ENOMEM: 'insufficient-memory',
  ENOSPC: 'insufficient-space',
  ENOTDIR: 'not-directory',
  ENOTEMPTY: 'not-empty',
  ENOTSUP: 'unsupported',
  EOPNOTSUPP: 'unsupported',
  ENXIO: 'no-such-device',
  EOVERFLOW: 'overflow',
  EPERM: 'not-permitted',
  EPIPE: 'pipe',
  EROFS: 'read-only',
  ESPIPE: 'invalid-seek',
  ETXTBSY: 'text-file-busy',
  EXDEV: 'cross-device',
};

/** The code of an error of the operating system; undefined for any other. */
export function errnoOf(thrown: unknown): string | undefined {
  const { code, syscall } = thrown as { readonly code?: unknown; readonly syscall?: unknown };
  return typeof code === 'string' && typeof syscall === 'string' ? code : undefined;
}

/** What guests are told for an error of the operating system; undefined for any other. */
export function codeOf(thrown: unknown): ErrorCode | undefined {
  const errno = errnoOf(thrown);
  return errno === undefined ? undefined : (CODES[errno] ?? 'io');
}

/** Throws what guests are told for an error of the operating system. It names no path of the host. */
export function fail(thrown: unknown): never {
  const code = codeOf(thrown);
  if (code === undefined) throw thrown;
  throw new FileFailure(code);
}

/** Runs a call of `node:fs`, and fails as guests understand it. */
export function failing<T>(call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    return fail(thrown);
  }
}
