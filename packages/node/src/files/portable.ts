import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  realpathSync,
  unlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  type BackendDirectory,
  type BackendEntries,
  type BackendFile,
  type FileBackend,
  FileFailure,
  type NewTimes,
  type OpenWish,
  type Stat,
} from '@loophost/capabilities/guest';
import { entriesOf, targetOf } from './entries.ts';
import { errnoOf, fail, failing } from './errno.ts';
import { accessOf, OpenFile, statOf, timeOf } from './open-file.ts';
import { PathDirectory } from './path-directory.ts';

const { O_CREAT, O_EXCL, O_APPEND, O_WRONLY, O_TRUNC } = constants;
/** Windows does not have it. */
const { O_NOFOLLOW = 0 } = constants as Partial<typeof constants>;

/**
 * Keeps files in the directories of any system that Node runs on. It promises less than the one for Linux: a directory is a
 * path, checked before each use, so one who can rename directories of the host in the moment between check and use can
 * have the guest reach another place.
 */
export function portableBackend(): FileBackend {
  return {
    openRoot(host) {
      const root = new PortableDirectory(host);
      root.stat();
      return root;
    },
  };
}

class PortableDirectory extends PathDirectory implements BackendDirectory {
  readonly kind = 'directory';
  /** Without links. */
  private readonly place: string;

  constructor(place: string) {
    super();
    this.place = place;
  }

  enter(name: string): BackendDirectory | string {
    const path = this.path(name);
    const stats = failing(() => lstatSync(path));
    if (stats.isSymbolicLink()) return failing(() => targetOf(path));
    if (!stats.isDirectory()) throw new FileFailure('not-directory');
    return new PortableDirectory(path);
  }

  open(name: string, wish: OpenWish): BackendDirectory | BackendFile | string {
    const path = this.path(name);
    const stats = failing(() => lstatSync(path, { bigint: true, throwIfNoEntry: false }));
    if (!stats) {
      if (!wish.create) throw new FileFailure('no-entry');
      if (wish.directory) throw new FileFailure('invalid');
      const fd = failing(() => openSync(path, accessOf(wish) | O_CREAT | O_EXCL | O_NOFOLLOW, 0o666));
      return this.opened(fd, path);
    }
    if (wish.create && wish.exclusive) throw new FileFailure('exist');
    if (stats.isSymbolicLink()) return failing(() => targetOf(path));
    if (stats.isDirectory()) {
      if (wish.write || wish.truncate || wish.create) throw new FileFailure('is-directory');
      return new PortableDirectory(path);
    }
    if (wish.directory) throw new FileFailure('not-directory');
    if (!stats.isFile()) throw new FileFailure('not-permitted', 'device');
    return this.openKnown(path, wish, statOf(stats));
  }

  /** Truncates only what is certain to be the file that was looked at. */
  private openKnown(path: string, wish: OpenWish, known: Stat): BackendFile {
    const access = accessOf({ ...wish, write: wish.write || wish.truncate }) & ~O_TRUNC;
    const fd = failing(() => openSync(path, access | O_NOFOLLOW));
    try {
      const { type, device, object } = statOf(fstatSync(fd, { bigint: true }));
      if (type !== 'regular-file' || device !== known.device || object !== known.object) throw new FileFailure('busy');
      this.check();
      if (wish.truncate) ftruncateSync(fd);
    } catch (thrown) {
      closeSync(fd);
      return fail(thrown);
    }
    return this.opened(fd, path);
  }

  private opened(fd: number, path: string): BackendFile {
    return new OpenFile(fd, () => {
      const { device, object } = statOf(failing(() => fstatSync(fd, { bigint: true })));
      const again = failing(() => openSync(path, O_WRONLY | O_APPEND | O_NOFOLLOW));
      const found = statOf(fstatSync(again, { bigint: true }));
      if (found.device === device && found.object === object) return again;
      closeSync(again);
      throw new FileFailure('busy');
    });
  }

  again(): BackendDirectory {
    return new PortableDirectory(this.place);
  }

  stat(): Stat {
    this.check();
    return failing(() => statOf(lstatSync(this.place, { bigint: true })));
  }

  list(): BackendEntries {
    this.check();
    return entriesOf(this.place);
  }

  unlink(name: string): void {
    const path = this.path(name);
    if (failing(() => lstatSync(path)).isDirectory()) throw new FileFailure('is-directory');
    failing(() => unlinkSync(path));
  }

  setTimes({ accessed, modified }: NewTimes): void {
    this.check();
    failing(() => utimesSync(this.place, timeOf(accessed), timeOf(modified)));
  }

  sync(): void {
    // There is no way to ask for it that all systems have.
    this.check();
  }

  close(): void {
    // Nothing is held open.
  }

  protected path(name: string): string {
    // On Windows these lead to other directories, drives and streams.
    if (process.platform === 'win32' && /[\\:]/.test(name)) throw new FileFailure('invalid');
    this.check();
    return join(this.place, name);
  }

  /** No part of the path may have become a link since it was walked. */
  private check(): void {
    let actual: string | undefined;
    try {
      actual = realpathSync.native(this.place);
    } catch (thrown) {
      if (errnoOf(thrown) === undefined) throw thrown;
      return fail(thrown);
    }
    if (actual !== this.place) throw new FileFailure('not-permitted', 'outside');
  }
}
