import { type BackendDirectory, FileFailure } from './backend.ts';

/** As many as Linux follows. */
const MAX_LINKS = 40;
/** As long as Linux takes. */
const MAX_PATH_UNITS = 4096;
const MAX_NAME_UNITS = 255;
/** Directories that one path may have open at once. */
const MAX_DEPTH = 256;

/**
 * A way down from an open directory, which it cannot leave: it opens one directory at a time, reads symbolic links itself,
 * and goes up by closing the one that it is in. So it holds whatever others do to the directories meanwhile.
 */
export class Walk implements Disposable {
  /** The last name of the path, in the directory `here`; undefined when the path ends in `here` itself. */
  name: string | undefined;
  /** Whether the path ends in a slash, and so means a directory. */
  mustBeDirectory = false;
  private readonly root: BackendDirectory;
  private readonly below: BackendDirectory[] = [];
  /** Names to go, the next one last. */
  private readonly ahead: string[] = [];
  private links = 0;

  constructor(root: BackendDirectory, path: string) {
    this.root = root;
    this.add(path);
    try {
      this.go();
    } catch (thrown) {
      this[Symbol.dispose]();
      throw thrown;
    }
  }

  get here(): BackendDirectory {
    return this.below.at(-1) ?? this.root;
  }

  /** Goes on from the last name, which was found to be a symbolic link. */
  follow(target: string): void {
    this.count();
    this.name = undefined;
    this.add(target);
    this.go();
  }

  private count(): void {
    if (++this.links > MAX_LINKS) throw new FileFailure('loop');
  }

  private add(path: string): void {
    checkPath(path);
    const parts = path.split('/');
    const last = parts.at(-1);
    if (this.ahead.length === 0 && (last === '' || last === '.')) this.mustBeDirectory = true;
    for (let i = parts.length - 1; i >= 0; i--) {
      const part = parts[i] as string;
      if (part === '' || part === '.') continue;
      if (part.length > MAX_NAME_UNITS) throw new FileFailure('name-too-long');
      this.ahead.push(part);
    }
  }

  private go(): void {
    for (let part = this.ahead.pop(); part !== undefined; part = this.ahead.pop()) {
      if (part === '..') this.up();
      else if (this.ahead.length === 0) this.name = part;
      else this.down(part);
    }
  }

  private up(): void {
    const left = this.below.pop();
    if (!left) throw new FileFailure('not-permitted', 'outside');
    left.close();
  }

  private down(name: string): void {
    if (this.below.length >= MAX_DEPTH) throw new FileFailure('name-too-long');
    const found = this.here.enter(name);
    if (typeof found !== 'string') {
      this.below.push(found);
      return;
    }
    this.count();
    this.add(found);
  }

  [Symbol.dispose](): void {
    for (const one of this.below.splice(0)) one.close();
  }
}

function checkPath(path: string): void {
  if (path === '') throw new FileFailure('no-entry');
  if (path.length > MAX_PATH_UNITS) throw new FileFailure('name-too-long');
  if (path.includes('\0')) throw new FileFailure('invalid');
  if (path.startsWith('/')) throw new FileFailure('not-permitted', 'outside');
}

/**
 * Checks what a new symbolic link is to hold. Guests are led by no link out of their directories, but other programs of the
 * host are: so a link leads down only. One with a `..` that stays inside where it is made could be moved, or a directory on
 * its way could, until it does not.
 */
export function checkLinkTarget(target: string): void {
  checkPath(target);
  if (target.split('/').includes('..')) throw new FileFailure('not-permitted', 'outside');
}
