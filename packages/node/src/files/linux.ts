import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  openSync,
  statfsSync,
  unlinkSync,
  utimesSync,
} from 'node:fs';
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

const { O_DIRECTORY, O_NOFOLLOW, O_CREAT, O_EXCL, O_APPEND, O_WRONLY, O_RDONLY } = constants;
/**
 * Opens a place without what is there: no FIFO waits and no device starts, and nothing can be read. Node does not name it;
 * the number is that of all processors that Node runs on.
 */
const O_PATH = 0o10000000;
const PLACE = O_PATH | O_NOFOLLOW;
const DIRECTORY = PLACE | O_DIRECTORY;
const PROC_MAGIC = 0x9fa0;
/** How often a name may come and go between two looks at it. */
const MAX_TRIES = 16;

/**
 * Keeps files in the directories of a Linux system. A directory is held open, and everything in it is reached by
 * `/proc/self/fd/N/name`: the kernel goes from N, whatever path that has by then, and follows no link at `name`. What is
 * opened is looked at before it is read from: a place is opened first, and then the file at that very place.
 */
export function linuxBackend(): FileBackend {
  const guard = new ProcessGuard();
  return {
    openRoot(host) {
      // From the top, so that no part of the path leads elsewhere than it did when it was granted.
      let at = new LinuxDirectory(
        failing(() => openSync('/', DIRECTORY)),
        guard,
      );
      for (const name of host.split('/').filter((part) => part !== '')) {
        using left = at;
        const next = left.enter(name);
        if (typeof next === 'string') throw new FileFailure('not-permitted');
        at = next;
      }
      return at;
    },
  };
}

/** Refuses what is in file systems that are windows to processes, and remembers which are. */
class ProcessGuard {
  private readonly known = new Map<bigint, boolean>();

  check(fd: number, { dev }: { readonly dev: bigint }): void {
    let isProc = this.known.get(dev);
    if (isProc === undefined) {
      isProc = failing(() => statfsSync(pathOf(fd))).type === PROC_MAGIC;
      this.known.set(dev, isProc);
    }
    if (isProc) throw new FileFailure('not-permitted', 'process-files');
  }
}

/** What is open under a number, by a path that is of this process alone. */
function pathOf(fd: number): string {
  return `/proc/self/fd/${fd}`;
}

class LinuxDirectory extends PathDirectory implements BackendDirectory, Disposable {
  readonly kind = 'directory';
  private readonly fd: number;
  private readonly guard: ProcessGuard;

  constructor(fd: number, guard: ProcessGuard) {
    super();
    this.fd = fd;
    this.guard = guard;
  }

  enter(name: string): LinuxDirectory | string {
    const path = this.path(name);
    try {
      return new LinuxDirectory(openSync(path, DIRECTORY), this.guard);
    } catch (thrown) {
      const errno = errnoOf(thrown);
      if (errno !== 'ENOTDIR' && errno !== 'ELOOP') return fail(thrown);
    }
    try {
      return targetOf(path);
    } catch (thrown) {
      if (errnoOf(thrown) === 'EINVAL') throw new FileFailure('not-directory');
      return fail(thrown);
    }
  }

  open(name: string, wish: OpenWish): BackendDirectory | BackendFile | string {
    for (let i = 0; i < MAX_TRIES; i++) {
      const found = this.tryOpen(name, wish);
      if (found !== undefined) return found;
    }
    throw new FileFailure('busy');
  }

  /** Gives undefined when the name was changed meanwhile. */
  private tryOpen(name: string, wish: OpenWish): BackendDirectory | BackendFile | string | undefined {
    let place: number;
    try {
      place = openSync(this.path(name), PLACE);
    } catch (thrown) {
      if (!wish.create || errnoOf(thrown) !== 'ENOENT') return fail(thrown);
      return this.create(name, wish);
    }
    let isKept = false;
    try {
      if (wish.create && wish.exclusive) throw new FileFailure('exist');
      const stats = failing(() => fstatSync(place, { bigint: true }));
      if (stats.isSymbolicLink()) return this.linkAt(name);
      this.guard.check(place, stats);
      if (stats.isDirectory()) {
        if (wish.write || wish.truncate || wish.create) throw new FileFailure('is-directory');
        isKept = true;
        return new LinuxDirectory(place, this.guard);
      }
      if (wish.directory) throw new FileFailure('not-directory');
      if (!stats.isFile()) throw new FileFailure('not-permitted', 'device');
      return opened(failing(() => openSync(pathOf(place), accessOf(wish))));
    } finally {
      if (!isKept) closeSync(place);
    }
  }

  private create(name: string, wish: OpenWish): BackendFile | undefined {
    if (wish.directory) throw new FileFailure('invalid');
    try {
      // Alone of all ways to create, this follows no link at the name.
      return opened(openSync(this.path(name), accessOf(wish) | O_CREAT | O_EXCL | O_NOFOLLOW, 0o666));
    } catch (thrown) {
      if (errnoOf(thrown) === 'EEXIST' && !wish.exclusive) return undefined;
      return fail(thrown);
    }
  }

  private linkAt(name: string): string | undefined {
    try {
      return targetOf(this.path(name));
    } catch (thrown) {
      if (errnoOf(thrown) === 'EINVAL' || errnoOf(thrown) === 'ENOENT') return undefined;
      return fail(thrown);
    }
  }

  again(): BackendDirectory {
    const fd = failing(() => openSync(`${pathOf(this.fd)}/.`, DIRECTORY));
    return new LinuxDirectory(fd, this.guard);
  }

  stat(): Stat {
    return failing(() => statOf(fstatSync(this.fd, { bigint: true })));
  }

  list(): BackendEntries {
    this.guard.check(
      this.fd,
      failing(() => fstatSync(this.fd, { bigint: true })),
    );
    return entriesOf(pathOf(this.fd));
  }

  unlink(name: string): void {
    failing(() => unlinkSync(this.path(name)));
  }

  setTimes({ accessed, modified }: NewTimes): void {
    failing(() => utimesSync(pathOf(this.fd), timeOf(accessed), timeOf(modified)));
  }

  sync(dataOnly: boolean): void {
    const fd = failing(() => openSync(pathOf(this.fd), O_RDONLY | O_DIRECTORY));
    try {
      failing(() => (dataOnly ? fdatasyncSync(fd) : fsyncSync(fd)));
    } finally {
      closeSync(fd);
    }
  }

  close(): void {
    closeSync(this.fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  protected path(name: string): string {
    return `${pathOf(this.fd)}/${name}`;
  }
}

function opened(fd: number): OpenFile {
  return new OpenFile(fd, () => failing(() => openSync(pathOf(fd), O_WRONLY | O_APPEND)));
}
