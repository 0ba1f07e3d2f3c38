/** `wasi:filesystem/types.error-code`. */
export type ErrorCode =
  | 'access'
  | 'would-block'
  | 'already'
  | 'bad-descriptor'
  | 'busy'
  | 'deadlock'
  | 'quota'
  | 'exist'
  | 'file-too-large'
  | 'illegal-byte-sequence'
  | 'in-progress'
  | 'interrupted'
  | 'invalid'
  | 'io'
  | 'is-directory'
  | 'loop'
  | 'too-many-links'
  | 'message-size'
  | 'name-too-long'
  | 'no-device'
  | 'no-entry'
  | 'no-lock'
  | 'insufficient-memory'
  | 'insufficient-space'
  | 'not-directory'
  | 'not-empty'
  | 'not-recoverable'
  | 'unsupported'
  | 'no-tty'
  | 'no-such-device'
  | 'overflow'
  | 'not-permitted'
  | 'pipe'
  | 'read-only'
  | 'invalid-seek'
  | 'text-file-busy'
  | 'cross-device';

/** `wasi:filesystem/types.descriptor-type`. */
export type FileType =
  | 'unknown'
  | 'block-device'
  | 'character-device'
  | 'directory'
  | 'fifo'
  | 'symbolic-link'
  | 'regular-file'
  | 'socket';

/** What a path led to that no grant gives: something outside of the directory, a device, or the host's own process. */
export type Trespass = 'outside' | 'device' | 'process-files' | 'too-many-open';

/** An operation that failed. The guest gets the code. */
export class FileFailure extends Error {
  readonly code: ErrorCode;
  /** Set when it was refused rather than impossible. */
  readonly trespass: Trespass | undefined;

  constructor(code: ErrorCode, trespass?: Trespass) {
    super(trespass ?? code);
    this.name = 'FileFailure';
    this.code = code;
    this.trespass = trespass;
  }
}

export interface Stat {
  readonly type: FileType;
  readonly linkCount: bigint;
  readonly size: bigint;
  /** In nanoseconds since 1970; undefined where it is not known. */
  readonly accessedNs?: bigint;
  readonly modifiedNs?: bigint;
  readonly changedNs?: bigint;
  /** Which file system, and which object in it: equal for two names of one object. */
  readonly device: bigint;
  readonly object: bigint;
}

/** A time to set, in nanoseconds since 1970. */
export type NewTime = bigint | 'now' | 'keep';

export interface NewTimes {
  readonly accessed: NewTime;
  readonly modified: NewTime;
}

/** How to open what a name stands for. */
export interface OpenWish {
  readonly read: boolean;
  readonly write: boolean;
  readonly create: boolean;
  /** With `create`: fail if there is something of that name already. */
  readonly exclusive: boolean;
  readonly truncate: boolean;
  /** Fail if it is no directory. */
  readonly directory: boolean;
  readonly sync: 'none' | 'data' | 'all';
}

/** Where files are kept. Everything throws {@link FileFailure} alone. */
export interface FileBackend {
  /** Opens a directory of the host, by the place that `FilePlatform.locate` gave, and refuses if that has changed. */
  openRoot(host: string): BackendDirectory;
}

/**
 * An open directory. It is reached by what it is, not by its path. Methods take one name of an entry, which is never empty,
 * `.` or `..` and holds no `/`; none of them follows a symbolic link.
 */
export interface BackendDirectory {
  readonly kind: 'directory';
  /** Opens a directory in this one; gives the target when the name is of a symbolic link. */
  enter(name: string): BackendDirectory | string;
  /** Opens a directory or regular file, and nothing else; gives the target when the name is of a symbolic link. */
  open(name: string, wish: OpenWish): BackendDirectory | BackendFile | string;
  /** Opens this directory again. */
  again(): BackendDirectory;
  stat(): Stat;
  statAt(name: string): Stat;
  readLink(name: string): string;
  list(): BackendEntries;
  makeDirectory(name: string): void;
  removeDirectory(name: string): void;
  unlink(name: string): void;
  rename(name: string, to: BackendDirectory, newName: string): void;
  /** Makes a second name for a regular file. */
  link(name: string, to: BackendDirectory, newName: string): void;
  symlink(target: string, name: string): void;
  setTimes(times: NewTimes): void;
  setTimesAt(name: string, times: NewTimes): void;
  sync(dataOnly: boolean): void;
  close(): void;
}

/** An open regular file. */
export interface BackendFile {
  readonly kind: 'file';
  /** Gives at most `length` bytes; none at the end. */
  read(length: number, offset: number): Uint8Array;
  /** Writes some of the bytes, and gives how many. */
  write(bytes: Uint8Array, offset: number): number;
  /** Makes what writes at the end of the file, wherever that is by then. */
  appender(): Appender;
  resize(size: number): void;
  stat(): Stat;
  setTimes(times: NewTimes): void;
  sync(dataOnly: boolean): void;
  close(): void;
}

export interface Appender {
  /** Writes some of the bytes, and gives how many. */
  append(bytes: Uint8Array): number;
  close(): void;
}

export interface BackendEntry {
  readonly type: FileType;
  readonly name: string;
}

/** The entries of a directory, without `.` and `..`. */
export interface BackendEntries {
  next(): BackendEntry | undefined;
  close(): void;
}
