import type { GuestPart } from '@loophost/host/guest';
import {
  type BackendDirectory,
  type BackendFile,
  type FileBackend,
  FileFailure,
  type FileType,
  type NewTime,
  type NewTimes,
  type OpenWish,
  type Stat,
} from './backend.ts';
import { filesystemPart } from './part.ts';

/** Files by their path, in trees by their name. */
export type MemoryTrees = Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>>;

/** The guest part of a file system in memory. */
export const memoryFilesystemPart: GuestPart = filesystemPart(({ platform }) => memoryBackend(platform as MemoryTrees));

/** What everything that one guest keeps may take, in bytes: the room of files, also of removed ones that are open, and {@link costOf}. */
const MAX_BYTES = 67_108_864;
/** What an entry takes, in bytes: its name of at most 255 units, and what stands behind it. */
const ENTRY_BYTES = 1024;
/** How many times its room a file gets when it grows out of it, so that many small writes do not copy it each time. */
const GROWTH = 2;

/** Keeps files in memory. */
export function memoryBackend(trees: MemoryTrees): FileBackend {
  const volume = new Volume();
  const roots = new Map(Object.entries(trees).map(([name, files]) => [name, volume.tree(files)]));
  return {
    openRoot(host) {
      const root = roots.get(host);
      if (!root) throw new FileFailure('no-entry');
      return new MemoryDirectory(volume, root);
    },
  };
}

interface Common {
  accessedNs: bigint;
  modifiedNs: bigint;
  changedNs: bigint;
  readonly object: bigint;
  /** How many entries lead to it. */
  links: number;
}

interface FileNode extends Common {
  readonly kind: 'file';
  /** How often it is open. */
  opens: number;
  /** May be longer than the file. */
  room: Uint8Array<ArrayBuffer>;
  size: number;
}

interface LinkNode extends Common {
  readonly kind: 'link';
  readonly target: string;
}

interface DirectoryNode extends Common {
  readonly kind: 'directory';
  readonly entries: Map<string, AnyNode>;
  /** Undefined for roots. */
  parent: DirectoryNode | undefined;
}

type AnyNode = FileNode | LinkNode | DirectoryNode;

const TYPE: Readonly<Record<AnyNode['kind'], FileType>> = {
  file: 'regular-file',
  link: 'symbolic-link',
  directory: 'directory',
};

function nowNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

/** What an entry and the node behind it take, in bytes, besides the content of a file. */
function costOf(node: AnyNode): number {
  return ENTRY_BYTES + (node.kind === 'link' ? 2 * node.target.length : 0);
}

/** The files of one guest, and what they take. */
class Volume {
  private bytes = 0;
  private objects = 0n;

  tree(files: Readonly<Record<string, string | Uint8Array>>): DirectoryNode {
    const root = this.directory();
    root.links = 1;
    for (const [path, content] of Object.entries(files)) {
      const names = path.split('/').filter((name) => name !== '');
      const last = names.pop();
      if (last === undefined) continue;
      let at = root;
      for (const name of names) {
        if (!at.entries.has(name)) this.add(at, name, this.directory());
        at = at.entries.get(name) as DirectoryNode;
      }
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      const file = this.file();
      this.add(at, last, file);
      this.resize(file, bytes.length);
      file.room.set(bytes);
    }
    return root;
  }

  directory(): DirectoryNode {
    return { kind: 'directory', ...this.fresh(), entries: new Map(), parent: undefined };
  }

  file(): FileNode {
    return { kind: 'file', ...this.fresh(), opens: 0, room: new Uint8Array(), size: 0 };
  }

  link(target: string): LinkNode {
    return { kind: 'link', ...this.fresh(), target };
  }

  add(directory: DirectoryNode, name: string, node: AnyNode): void {
    if (directory.links === 0) throw new FileFailure('no-entry');
    this.take(costOf(node));
    node.links++;
    if (node.kind === 'directory') node.parent = directory;
    directory.entries.set(name, node);
    directory.modifiedNs = directory.changedNs = nowNs();
  }

  remove(directory: DirectoryNode, name: string, node: AnyNode): void {
    directory.entries.delete(name);
    node.links--;
    this.bytes -= costOf(node);
    if (node.kind === 'file') this.dropUnused(node);
    directory.modifiedNs = directory.changedNs = nowNs();
  }

  /** Keeps a file, whether it has a name or not, until what this gives is called. */
  hold(file: FileNode): () => void {
    file.opens++;
    return () => {
      file.opens--;
      this.dropUnused(file);
    };
  }

  resize(file: FileNode, size: number): void {
    const { length } = file.room;
    if (size > length) this.setRoom(file, Math.max(size, Math.min(length * GROWTH, length + this.left)));
    else if (size < length / GROWTH) this.setRoom(file, size);
    else if (size < file.size) file.room.fill(0, size, file.size);
    file.size = size;
    file.modifiedNs = file.changedNs = nowNs();
  }

  private get left(): number {
    return MAX_BYTES - this.bytes;
  }

  private dropUnused(file: FileNode): void {
    if (file.links === 0 && file.opens === 0) this.setRoom(file, 0);
  }

  /** A transfer gives the memory back at once, where the garbage collector would come when it likes. */
  private setRoom(file: FileNode, length: number): void {
    this.take(length - file.room.length);
    file.room = new Uint8Array(file.room.buffer.transfer(length));
  }

  private take(bytes: number): void {
    if (bytes > this.left) throw new FileFailure('insufficient-space');
    this.bytes += bytes;
  }

  private fresh(): Common {
    const now = nowNs();
    return { object: ++this.objects, links: 0, accessedNs: now, modifiedNs: now, changedNs: now };
  }
}

function statOf(node: AnyNode): Stat {
  const { object, accessedNs, modifiedNs, changedNs } = node;
  const size = BigInt(node.kind === 'file' ? node.size : node.kind === 'link' ? node.target.length : 0);
  const linkCount = BigInt(node.links);
  return { type: TYPE[node.kind], size, linkCount, accessedNs, modifiedNs, changedNs, device: 0n, object };
}

function setTimes(node: AnyNode, { accessed, modified }: NewTimes): void {
  const pick = (time: NewTime, kept: bigint): bigint => (time === 'keep' ? kept : time === 'now' ? nowNs() : time);
  node.accessedNs = pick(accessed, node.accessedNs);
  node.modifiedNs = pick(modified, node.modifiedNs);
  node.changedNs = nowNs();
}

class MemoryFile implements BackendFile {
  readonly kind = 'file';
  private readonly volume: Volume;
  private readonly node: FileNode;
  readonly close: () => void;

  constructor(volume: Volume, node: FileNode) {
    this.volume = volume;
    this.node = node;
    this.close = volume.hold(node);
  }

  read(length: number, offset: number): Uint8Array {
    const { room, size } = this.node;
    return room.slice(Math.min(offset, size), Math.min(offset + length, size));
  }

  write(bytes: Uint8Array, offset: number): number {
    const end = offset + bytes.length;
    if (bytes.length > 0 && end > this.node.size) this.volume.resize(this.node, end);
    if (bytes.length > 0) this.node.room.set(bytes, offset);
    this.node.modifiedNs = nowNs();
    return bytes.length;
  }

  appender(): { append(bytes: Uint8Array): number; close(): void } {
    return { append: (bytes) => this.write(bytes, this.node.size), close: this.volume.hold(this.node) };
  }

  resize(size: number): void {
    this.volume.resize(this.node, size);
  }

  stat(): Stat {
    return statOf(this.node);
  }

  setTimes(times: NewTimes): void {
    setTimes(this.node, times);
  }

  sync(): void {
    // Nothing outlives the guest.
  }
}

class MemoryDirectory implements BackendDirectory {
  readonly kind = 'directory';
  private readonly volume: Volume;
  private readonly node: DirectoryNode;

  constructor(volume: Volume, node: DirectoryNode) {
    this.volume = volume;
    this.node = node;
  }

  enter(name: string): BackendDirectory | string {
    const node = this.entry(name);
    if (node.kind === 'link') return node.target;
    if (node.kind === 'file') throw new FileFailure('not-directory');
    return new MemoryDirectory(this.volume, node);
  }

  open(name: string, wish: OpenWish): BackendDirectory | BackendFile | string {
    let node = this.node.entries.get(name);
    if (!node) {
      if (!wish.create) throw new FileFailure('no-entry');
      if (wish.directory) throw new FileFailure('invalid');
      this.volume.add(this.node, name, (node = this.volume.file()));
    } else if (wish.create && wish.exclusive) throw new FileFailure('exist');
    if (node.kind === 'link') return node.target;
    if (node.kind === 'directory') {
      if (wish.write || wish.truncate || wish.create) throw new FileFailure('is-directory');
      return new MemoryDirectory(this.volume, node);
    }
    if (wish.directory) throw new FileFailure('not-directory');
    if (wish.truncate) this.volume.resize(node, 0);
    return new MemoryFile(this.volume, node);
  }

  again(): BackendDirectory {
    return new MemoryDirectory(this.volume, this.node);
  }

  stat(): Stat {
    return statOf(this.node);
  }

  statAt(name: string): Stat {
    return statOf(this.entry(name));
  }

  readLink(name: string): string {
    const node = this.entry(name);
    if (node.kind !== 'link') throw new FileFailure('invalid');
    return node.target;
  }

  list(): { next(): { type: FileType; name: string } | undefined; close(): void } {
    const entries = this.node.entries.entries();
    return {
      next() {
        const { value } = entries.next();
        return value && { name: value[0], type: TYPE[value[1].kind] };
      },
      close: () => undefined,
    };
  }

  makeDirectory(name: string): void {
    this.checkFree(name);
    this.volume.add(this.node, name, this.volume.directory());
  }

  removeDirectory(name: string): void {
    const node = this.entry(name);
    if (node.kind !== 'directory') throw new FileFailure('not-directory');
    if (node.entries.size > 0) throw new FileFailure('not-empty');
    this.volume.remove(this.node, name, node);
  }

  unlink(name: string): void {
    const node = this.entry(name);
    if (node.kind === 'directory') throw new FileFailure('is-directory');
    this.volume.remove(this.node, name, node);
  }

  rename(name: string, to: MemoryDirectory, newName: string): void {
    const node = this.entry(name);
    const old = to.node.entries.get(newName);
    if (old === node) return;
    for (let at: DirectoryNode | undefined = to.node; at; at = at.parent)
      if (at === node) throw new FileFailure('invalid');
    if (old) {
      if (node.kind === 'directory' && old.kind !== 'directory') throw new FileFailure('not-directory');
      if (old.kind === 'directory' && node.kind !== 'directory') throw new FileFailure('is-directory');
      if (old.kind === 'directory' && old.entries.size > 0) throw new FileFailure('not-empty');
    }
    to.checkKept();
    // For a moment it has no name, which would be its end.
    const release = node.kind === 'file' ? this.volume.hold(node) : undefined;
    if (old) this.volume.remove(to.node, newName, old);
    this.volume.remove(this.node, name, node);
    this.volume.add(to.node, newName, node);
    release?.();
  }

  link(name: string, to: MemoryDirectory, newName: string): void {
    const node = this.entry(name);
    if (node.kind !== 'file') throw new FileFailure('not-permitted');
    to.checkFree(newName);
    this.volume.add(to.node, newName, node);
  }

  symlink(target: string, name: string): void {
    this.checkFree(name);
    this.volume.add(this.node, name, this.volume.link(target));
  }

  setTimes(times: NewTimes): void {
    setTimes(this.node, times);
  }

  setTimesAt(name: string, times: NewTimes): void {
    setTimes(this.entry(name), times);
  }

  sync(): void {
    // Nothing outlives the guest.
  }

  close(): void {
    // The garbage collector does it.
  }

  private entry(name: string): AnyNode {
    const node = this.node.entries.get(name);
    if (!node) throw new FileFailure('no-entry');
    return node;
  }

  private checkFree(name: string): void {
    if (this.node.entries.has(name)) throw new FileFailure('exist');
    this.checkKept();
  }

  private checkKept(): void {
    if (this.node.links === 0) throw new FileFailure('no-entry');
  }
}
