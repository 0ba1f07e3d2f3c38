import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Disk, Given } from './file-desk.ts';

/** One way in which a guest tries to leave its directory. */
export interface Escape {
  readonly title: string;
  /** What lies on the disk beforehand. */
  readonly before?: (disk: Disk) => unknown;
  readonly given?: readonly Given[];
  /** What the guest does; gets the path of the secret. */
  readonly attempt: (secret: string) => readonly string[];
  /** The last answer. */
  readonly answer: string;
  /** The reason of a denial that is reported, unless there was nothing to deny. */
  readonly reason?: string;
}

const REFUSED = 'error not-permitted';
const OUTSIDE = 'outside-directory';
const RW: readonly Given[] = [{ mode: 'rw' }];

/** Links that the host has made. Guests make those that lead down, and can move these. */
function link(target: string, name: string): (disk: Disk) => void {
  return (disk) => symlinkSync(target.replace('TOP', disk.top), disk.path(name));
}

const out = link('../outside', 'inside/out');

function outside(title: string, ...attempt: readonly string[]): Escape {
  return { title, attempt: () => attempt, answer: REFUSED, reason: OUTSIDE, given: RW };
}

function byLink(title: string, before: Escape['before'], ...attempt: readonly string[]): Escape {
  return { ...outside(title, ...attempt), ...(before && { before }) };
}

const BY_PATH: readonly Escape[] = [
  outside('opens a file by ..', 'open 0 ../secret.txt r'),
  outside('opens a file by .. after a directory', 'open 0 sub/../../secret.txt r'),
  outside('opens a file by .. after a dot', 'open 0 ./../secret.txt r'),
  outside('opens a file by .. with doubled slashes', 'open 0 sub//..//..//secret.txt r'),
  outside('opens the directory above', 'open 0 .. dr'),
  outside('opens the directory above by a path that ends in ..', 'open 0 sub/../.. dr'),
  outside('goes up and comes down again by its own name', 'open 0 ../inside/notes.txt r'),
  outside('goes up from a directory that it opened', 'open 0 sub dr', 'open 1 ../notes.txt r'),
  outside(
    'goes up from a directory that it removed',
    'mkdir 0 gone',
    'open 0 gone dr',
    'rmdir 0 gone',
    'open 1 ../../secret.txt r',
  ),
  outside(
    'goes up from a directory that it moved up while it was open',
    'mkdir 0 sub/low',
    'open 0 sub/low dr',
    'rename 0 sub/low 0 high',
    'open 1 ../../secret.txt r',
  ),
  { ...outside('opens an absolute path'), attempt: (secret) => [`open 0 ${secret} r`] },
  { ...outside('opens an absolute path that begins with two slashes'), attempt: (secret) => [`open 0 /${secret} r`] },
  outside('opens the absolute path of its own directory', 'open 0 /data/notes.txt r'),
  outside('opens the root of the system', 'open 0 / dr'),
  { ...outside('separates names by backslashes', 'open 0 ..\\secret.txt r'), answer: 'error no-entry', reason: '' },
  { ...outside('spells the dots in another script', 'open 0 ．．/secret.txt r'), answer: 'error no-entry', reason: '' },
  {
    ...outside('hides the rest of a path behind a zero byte', 'open 0 notes.txt%00/../../secret.txt r'),
    answer: 'error invalid',
    reason: '',
  },
  {
    ...outside('hides a path in one that is too long', `open 0 ${'./'.repeat(3000)}../secret.txt r`),
    answer: 'error name-too-long',
    reason: '',
  },
  { ...outside('opens the empty path', 'open 0 % r'), answer: 'error no-entry', reason: '' },
];

const BY_CHANGE: readonly Escape[] = [
  outside('creates a file above', 'open 0 ../new.txt cw'),
  outside('truncates a file above', 'open 0 ../secret.txt tw'),
  outside('makes a directory above', 'mkdir 0 ../new'),
  outside('removes a directory above', 'rmdir 0 ../empty'),
  outside('removes a file above', 'unlink 0 ../secret.txt'),
  outside('sets the times of a file above', 'touch 0 ../secret.txt 5 f'),
  outside('renames a file of its own to a place above', 'rename 0 notes.txt 0 ../notes.txt'),
  outside('renames a file of its own over a file above', 'rename 0 notes.txt 0 ../secret.txt'),
  outside('renames a file above to a place of its own', 'rename 0 ../secret.txt 0 mine.txt'),
  outside('renames the directory above into its own', 'rename 0 ../outside 0 mine'),
  outside('makes a hard link to a file above', 'link 0 ../secret.txt 0 mine.txt'),
  outside('makes a hard link above to a file of its own', 'link 0 notes.txt 0 ../notes.txt'),
  outside('makes a symbolic link above', 'symlink 0 notes.txt ../link'),
  outside('asks for the size of a file above', 'stat 0 ../secret.txt'),
  outside('asks for the identity of a file above', 'hash 0 ../secret.txt'),
  outside('reads a link above', 'readlink 0 ../link'),
];

const BY_OWN_LINK: readonly Escape[] = [
  { ...outside('makes a link to an absolute path'), attempt: (secret) => [`symlink 0 ${secret} link`] },
  outside('makes a link to a file above', 'symlink 0 ../secret.txt link'),
  outside('makes a link that goes down and then further up', 'symlink 0 sub/../../secret.txt link'),
  outside('makes a link to the root of the process', 'symlink 0 /proc/self/root link'),
  outside('makes a link deep down that would lead out once it has moved up', 'symlink 0 ../notes.txt sub/link'),
  outside('makes a link that goes up after a link of its own', 'symlink 0 . here', 'symlink 0 here/../notes.txt link'),
  {
    ...outside('goes round in links', 'symlink 0 b a', 'symlink 0 a b', 'open 0 a fr'),
    answer: 'error loop',
    reason: '',
  },
  {
    ...outside('opens a link without following it', 'symlink 0 notes.txt link', 'open 0 link r'),
    answer: 'error loop',
    reason: '',
  },
];

const BY_FOUND_LINK: readonly Escape[] = [
  byLink('follows a link to an absolute path', link('TOP/secret.txt', 'inside/link'), 'open 0 link fr'),
  byLink('follows a link to a file above', link('../secret.txt', 'inside/link'), 'open 0 link fr'),
  byLink(
    'follows a link with an absolute path back into its directory',
    link('TOP/inside/notes.txt', 'inside/link'),
    'open 0 link fr',
  ),
  byLink(
    'moves a link to where it leads out',
    link('../secret.txt', 'inside/sub/link'),
    'rename 0 sub/link 0 link',
    'open 0 link fr',
  ),
  byLink(
    'moves the directory of a link to where it leads out',
    (disk) => {
      mkdirSync(disk.path('inside/sub/low'));
      link('../../secret.txt', 'inside/sub/low/link')(disk);
    },
    'rename 0 sub/low 0 low',
    'open 0 low/link fr',
  ),
  byLink(
    'opens a link from the directory that it leaves',
    link('../notes.txt', 'inside/sub/link'),
    'open 0 sub dr',
    'open 1 link fr',
  ),
  byLink(
    'puts a link in place of a file that it has opened before',
    link('../secret.txt', 'inside/sub/x'),
    'mkdir 0 a',
    'open 0 a/x cw',
    'unlink 0 a/x',
    'rename 0 sub/x 0 a/x',
    'rename 0 a/x 0 x',
    'open 0 x fr',
  ),
  byLink('goes through a link to a directory', out, 'open 0 out/secret.txt r'),
  byLink('goes up behind a link', link('sub', 'inside/down'), 'open 0 down/../../secret.txt r'),
  byLink(
    'goes through a link that is two directories up',
    link('../..', 'inside/sub/up'),
    'open 0 sub/up/secret.txt r',
  ),
  byLink('opens a link to a directory by a trailing slash', out, 'open 0 out/ dr'),
  byLink('opens a link to a directory by a trailing dot', out, 'open 0 out/. dr'),
  byLink('lists the directory that a link leads to', out, 'open 0 out fdr'),
  byLink('asks for the size of what a link leads to', link('../secret.txt', 'inside/link'), 'stat 0 link f'),
  byLink('sets the times of what a link leads to', link('../secret.txt', 'inside/link'), 'touch 0 link 5 f'),
  byLink('truncates what a link leads to', link('../secret.txt', 'inside/link'), 'open 0 link ftw'),
  byLink('creates the file that a dangling link names', link('../outside/new.txt', 'inside/link'), 'open 0 link fcw'),
  byLink('creates a file behind a link', out, 'open 0 out/new.txt cw'),
  byLink('makes a directory behind a link', out, 'mkdir 0 out/new'),
  byLink('removes a file behind a link', out, 'unlink 0 out/secret.txt'),
  byLink('renames a file to a place behind a link', out, 'rename 0 notes.txt 0 out/notes.txt'),
  byLink('makes a hard link to what a link leads to', link('../secret.txt', 'inside/link'), 'link 0 link 0 mine.txt f'),
  byLink('reads a link that tells of a place on the host', link('TOP/secret.txt', 'inside/link'), 'readlink 0 link'),
  byLink(
    'follows a chain of links',
    (disk) => [
      link('b', 'inside/a')(disk),
      link('sub/c', 'inside/b')(disk),
      link('../../secret.txt', 'inside/sub/c')(disk),
    ],
    'open 0 a fr',
  ),
  byLink(
    'follows a link to the root of the process',
    link('/proc/self/root', 'inside/link'),
    'open 0 link/etc/passwd r',
  ),
  byLink('follows a link to an open file of the process', link('/proc/self/fd/0', 'inside/link'), 'open 0 link fr'),
];

function fifo(disk: Disk): void {
  execFileSync('mkfifo', [disk.path('inside/fifo')]);
}

const PROC = [{ host: '/proc', mode: 'rw' }] as const;

const BY_KIND: readonly Escape[] = [
  {
    title: 'opens a FIFO that nobody writes to',
    before: fifo,
    given: RW,
    attempt: () => ['open 0 fifo r'],
    answer: REFUSED,
    reason: 'not-a-file',
  },
  {
    title: 'opens a FIFO that nobody reads',
    before: fifo,
    given: RW,
    attempt: () => ['open 0 fifo w'],
    answer: REFUSED,
    reason: 'not-a-file',
  },
  {
    title: 'opens a socket',
    before: (disk) =>
      new Promise<void>((resolve) => {
        const server = createServer().listen(disk.path('inside/socket'), resolve);
        server.unref();
      }),
    attempt: () => ['open 0 socket r'],
    answer: REFUSED,
    reason: 'not-a-file',
  },
  {
    title: 'opens a device',
    given: [{ host: '/dev' }],
    attempt: () => ['open 0 zero r'],
    answer: REFUSED,
    reason: 'not-a-file',
  },
  {
    title: 'opens the memory of the host',
    given: PROC,
    attempt: () => ['open 0 1/mem rw'],
    answer: REFUSED,
    reason: 'process-files',
  },
  {
    title: 'opens the environment of the host',
    given: [{ host: '/' }],
    attempt: () => ['open 0 proc/self/environ r'],
    answer: REFUSED,
    reason: 'process-files',
  },
  {
    title: 'opens the environment of a process',
    given: [{ host: '/' }],
    attempt: () => ['open 0 proc/1/environ r'],
    answer: REFUSED,
    reason: 'process-files',
  },
  {
    title: 'lists what the host has open',
    given: PROC,
    attempt: () => ['open 0 1/fd dr'],
    answer: REFUSED,
    reason: 'process-files',
  },
  {
    title: 'goes through the root of a process',
    given: PROC,
    attempt: () => ['open 0 self/root/etc/passwd r'],
    answer: REFUSED,
    reason: OUTSIDE,
  },
];

const BY_MODE: readonly Escape[] = [
  {
    title: 'makes a hard link of a file that it may only read where it may write',
    before: (disk) => disk.write('writable/x', ''),
    given: [{}, { host: 'writable', guest: '/writable', mode: 'rw' }],
    attempt: () => ['link 0 notes.txt 1 notes.txt'],
    answer: 'error read-only',
    reason: 'read-only',
  },
  {
    title: 'renames a file that it may only read to where it may write',
    before: (disk) => disk.write('writable/x', ''),
    given: [{}, { host: 'writable', guest: '/writable', mode: 'rw' }],
    attempt: () => ['rename 0 notes.txt 1 notes.txt'],
    answer: 'error read-only',
    reason: 'read-only',
  },
  {
    title: 'writes by a stream to a file that it opened for reading',
    given: RW,
    attempt: () => ['open 0 notes.txt r', 'put 1 0 x'],
    answer: 'error bad-descriptor',
  },
];

/** By what the guest relies on. */
export const ESCAPES: Readonly<Record<string, readonly Escape[]>> = {
  'by a path': BY_PATH,
  'by a change above': BY_CHANGE,
  'by links of its own': BY_OWN_LINK,
  'by links that it found': BY_FOUND_LINK,
  'by what is no file': BY_KIND,
  'by a mode that it was not given': BY_MODE,
};
