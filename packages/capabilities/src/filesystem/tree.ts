import {
  type BackendDirectory,
  type BackendFile,
  FileFailure,
  type NewTimes,
  type OpenWish,
  type Stat,
} from './backend.ts';
import { checkLinkTarget, Walk } from './walk.ts';

/** A path, from an open directory. */
export interface At {
  readonly directory: BackendDirectory;
  readonly path: string;
}

/** Opens what a path leads to. */
export function openAt({ directory, path }: At, wish: OpenWish, follow: boolean): BackendDirectory | BackendFile {
  using walk = new Walk(directory, path);
  for (;;) {
    const { name, here, mustBeDirectory } = walk;
    if (name === undefined) {
      if (wish.create && wish.exclusive) throw new FileFailure('exist');
      if (wish.create || wish.truncate || wish.write) throw new FileFailure('is-directory');
      return here.again();
    }
    if (mustBeDirectory && wish.create) throw new FileFailure('is-directory');
    const found = here.open(name, { ...wish, directory: wish.directory || mustBeDirectory });
    if (typeof found !== 'string') return found;
    if (!follow && !mustBeDirectory) throw new FileFailure('loop');
    walk.follow(found);
  }
}

export function statAt(at: At, follow: boolean): Stat {
  using walk = settled(at, follow);
  const { name, here } = walk;
  return name === undefined ? here.stat() : here.statAt(name);
}

export function setTimesAt(at: At, times: NewTimes, follow: boolean): void {
  using walk = settled(at, follow);
  const { name, here } = walk;
  if (name === undefined) here.setTimes(times);
  else here.setTimesAt(name, times);
}

/** Walks until the last name is no link, or one that is not to be followed. */
function settled({ directory, path }: At, follow: boolean): Walk {
  const walk = new Walk(directory, path);
  try {
    for (;;) {
      const { name, here, mustBeDirectory } = walk;
      if (name === undefined || (!follow && !mustBeDirectory)) return walk;
      const { type } = here.statAt(name);
      if (type === 'symbolic-link') {
        walk.follow(here.readLink(name));
        continue;
      }
      if (mustBeDirectory && type !== 'directory') throw new FileFailure('not-directory');
      return walk;
    }
  } catch (thrown) {
    walk[Symbol.dispose]();
    throw thrown;
  }
}

export function readLinkAt({ directory, path }: At): string {
  using walk = new Walk(directory, path);
  const { name, here, mustBeDirectory } = walk;
  if (name === undefined || mustBeDirectory) throw new FileFailure('invalid');
  const target = here.readLink(name);
  // It would tell the guest of a place outside.
  if (target.startsWith('/')) throw new FileFailure('not-permitted', 'outside');
  return target;
}

export function makeDirectoryAt({ directory, path }: At): void {
  using walk = new Walk(directory, path);
  if (walk.name === undefined) throw new FileFailure('exist');
  walk.here.makeDirectory(walk.name);
}

export function removeDirectoryAt({ directory, path }: At): void {
  using walk = new Walk(directory, path);
  if (walk.name === undefined) throw new FileFailure('invalid');
  walk.here.removeDirectory(walk.name);
}

export function unlinkAt({ directory, path }: At): void {
  using walk = new Walk(directory, path);
  const { name, here, mustBeDirectory } = walk;
  if (name === undefined) throw new FileFailure('is-directory');
  if (mustBeDirectory) throw new FileFailure(here.statAt(name).type === 'directory' ? 'is-directory' : 'not-directory');
  here.unlink(name);
}

export function renameAt(from: At, to: At): void {
  using source = new Walk(from.directory, from.path);
  using target = new Walk(to.directory, to.path);
  if (source.name === undefined || target.name === undefined) throw new FileFailure('busy');
  const mustBeDirectory = source.mustBeDirectory || target.mustBeDirectory;
  if (mustBeDirectory && source.here.statAt(source.name).type !== 'directory') throw new FileFailure('not-directory');
  source.here.rename(source.name, target.here, target.name);
}

export function linkAt(from: At, to: At, follow: boolean): void {
  using source = settled(from, follow);
  using target = new Walk(to.directory, to.path);
  if (source.name === undefined || source.mustBeDirectory) throw new FileFailure('not-permitted');
  if (target.name === undefined) throw new FileFailure('exist');
  if (target.mustBeDirectory) throw new FileFailure('no-entry');
  const { type } = source.here.statAt(source.name);
  // Systems differ on hard links to symbolic ones.
  if (type === 'symbolic-link') throw new FileFailure('unsupported');
  if (type !== 'regular-file') throw new FileFailure('not-permitted');
  source.here.link(source.name, target.here, target.name);
}

export function symlinkAt({ directory, path }: At, target: string): void {
  using walk = new Walk(directory, path);
  const { name, here, mustBeDirectory } = walk;
  if (name === undefined) throw new FileFailure('exist');
  checkLinkTarget(target);
  if (mustBeDirectory) throw new FileFailure(here.statAt(name).type === 'directory' ? 'exist' : 'not-directory');
  here.symlink(target, name);
}
