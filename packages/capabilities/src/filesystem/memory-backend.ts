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

/** All files of one guest together. */
const MAX_BYTES = 67_108_864;
const MAX_NODES = 65_536;
/** What a file grows by, at least, so that many small writes do not copy it each time. */
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

interface Times {
  accessedNs: bigint;
  modifiedNs: bigint;
  changedNs: bigint;
}

interface FileNode extends Times {
  readonly kind: 'file';
  readonly object: bigint;
  links: number;
  /** May be longer than the file. */
  room: Uint8Array;
  size: number;
}

interface LinkNode extends Times {
  readonly kind: 'link';
  readonly object: bigint;
  readonly target: string;
}

interface DirectoryNode extends Times {
  readonly kind: 'directory';
  readonly object: bigint;
  readonly entries: Map<string, AnyNode>;
  /** Undefined for roots and for what was removed. */
  parent: DirectoryNode | undefined;
  isRemoved: boolean;
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

/** The files of one guest: what they take, and their numbers. */
class Volume {
  private bytes = 0;
  private nodes = 0n;

  tree(files: Readonly<Record<string, string | Uint8Array>>): DirectoryNode {
    const root = this.directory(undefined);
    for (const [path, content] of Object.entries(files)) {
      const names = path.split('/').filter((name) => name !== '');
      const last = names.pop();
      let at = root;
      for (const name of names) {
        const found = at.entries.get(name) ?? this.directory(at);
        at.entries.set(name, found);
        at = found as DirectoryNode;
      }
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content.slice();
      const file = this.file();
      this.resize(file, bytes.length);
      file.room.set(bytes);
      if (last !== undefined) at.entries.set(last, file);
    }
    return root;
  }

  directory(parent: DirectoryNode | undefined): DirectoryNode {
    return { kind: 'directory', ...this.fresh(), entries: new Map(), parent, isRemoved: false };
  }

  file(): FileNode {
    return { kind: 'file', ...this.fresh(), links: 1, room: new Uint8Array(), size: 0 };
  }

  link(target: string): LinkNode {
    return { kind: 'link', ...this.fresh(), target };
  }

  resize(file: FileNode, size: number): void {
    if (size > file.room.length) {
      const length = Math.max(size, Math.min(file.room.length * GROWTH, file.room.length + MAX_BYTES / 8));
      if (this.bytes + length - file.room.length > MAX_BYTES) throw new FileFailure('insufficient-space');
      const room = new Uint8Array(length);
      room.set(file.room.subarray(0, file.size));
      this.bytes += length - file.room.length;
      file.room = room;
    }
    if (size < file.size) file.room.fill(0, size, file.size);
    file.size = size;
    file.modifiedNs = file.changedNs = nowNs();
  }

  /** An entry is gone. The bytes of a file that is still open are counted no more: it cannot be opened again. */
  forget(node: AnyNode): void {
    if (node.kind === 'file' && --node.links === 0) this.bytes -= node.room.length;
    if (node.kind === 'directory') node.isRemoved = true;
  }

  private fresh(): Times & { object: bigint } {
    if (this.nodes >= MAX_NODES) throw new FileFailure('insufficient-space');
    const now = nowNs();
    return { object: ++this.nodes, accessedNs: now, modifiedNs: now, changedNs: now };
  }
}

function statOf(node: AnyNode): Stat {
  const { object, accessedNs, modifiedNs, changedNs } = node;
  const size = BigInt(node.kind === 'file' ? node.size : node.kind === 'link' ? node.target.length : 0);
  const linkCount = BigInt(node.kind === 'file' ? node.links : 1);
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

  constructor(volume: Volume, node: FileNode) {
    this.volume = volume;
    this.node = node;
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
    return { append: (bytes) => this.write(bytes, this.node.size), close: () => undefined };
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

  close(): void {
    // The garbage collector does it.
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
      this.add(name, (node = this.volume.file()));
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
    this.add(name, this.volume.directory(this.node));
  }

  removeDirectory(name: string): void {
    const node = this.entry(name);
    if (node.kind !== 'directory') throw new FileFailure('not-directory');
    if (node.entries.size > 0) throw new FileFailure('not-empty');
    this.remove(name);
  }

  unlink(name: string): void {
    if (this.entry(name).kind === 'directory') throw new FileFailure('is-directory');
    this.remove(name);
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
    if (old) to.remove(newName);
    this.node.entries.delete(name);
    if (node.kind === 'directory') node.parent = to.node;
    to.add(newName, node);
  }

  link(name: string, to: MemoryDirectory, newName: string): void {
    const node = this.entry(name);
    if (node.kind !== 'file') throw new FileFailure('not-permitted');
    to.checkFree(newName);
    node.links++;
    to.add(newName, node);
  }

  symlink(target: string, name: string): void {
    this.checkFree(name);
    this.add(name, this.volume.link(target));
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
    if (this.node.isRemoved) throw new FileFailure('no-entry');
  }

  private add(name: string, node: AnyNode): void {
    this.checkKept();
    this.node.entries.set(name, node);
    this.node.modifiedNs = this.node.changedNs = nowNs();
  }

  private remove(name: string): void {
    this.volume.forget(this.entry(name));
    this.node.entries.delete(name);
    this.node.modifiedNs = this.node.changedNs = nowNs();
  }
}
