import type { InputStream, OutputStream } from '../io/io.ts';
import {
  type BackendDirectory,
  type BackendFile,
  FileFailure,
  type FileType,
  type NewTimes,
  type OpenWish,
  type Stat,
} from './backend.ts';
import { EntryStream } from './entry-stream.ts';
import type { OpenNode, Shared } from './open-files.ts';
import type { FileRequest, Mount } from './policy.ts';
import type { Session } from './session.ts';
import { appendSink, fileSink, fileSource } from './streams.ts';
import * as tree from './tree.ts';
import * as values from './values.ts';

/** What a descriptor stands for. */
export interface DescriptorParts {
  readonly session: Session;
  readonly node: Shared<OpenNode>;
  readonly mount: Mount;
  /** The path by which the guest came to it, for messages. */
  readonly path: string;
  readonly flags: values.DescriptorFlags;
}

/** As much as one call reads or writes. */
const MAX_TRANSFER = 1_048_576;
const MAX_SHOWN_UNITS = 1000;

/** `wasi:filesystem/types.descriptor`: an open file or directory. */
export class Descriptor {
  private readonly parts: DescriptorParts;

  constructor(parts: DescriptorParts) {
    this.parts = parts;
  }

  readViaStream(offset: bigint): InputStream {
    return this.look('read', () => {
      const at = values.offsetOf(offset);
      return this.parts.session.streams.inputStream(fileSource(this.file('read').share(), at));
    });
  }

  writeViaStream(offset: bigint): OutputStream {
    return this.look('write', () => {
      const at = values.offsetOf(offset);
      return this.parts.session.streams.outputStream(fileSink(this.file('write').share(), at));
    });
  }

  appendViaStream(): OutputStream {
    const { session } = this.parts;
    return this.look('write', () => {
      const { value } = this.file('write');
      return session.streams.outputStream(appendSink(session.open.keep(() => value.appender())));
    });
  }

  /** Reading ahead is left to the kernel. */
  advise(_offset: bigint, _length: bigint, _advice: string): void {
    this.look('advise', () => void this.file());
  }

  syncData(): void {
    this.look('sync', () => this.node.sync(true));
  }

  sync(): void {
    this.look('sync', () => this.node.sync(false));
  }

  getFlags(): values.DescriptorFlags {
    return this.parts.flags;
  }

  getType(): FileType {
    return this.node.kind === 'file' ? 'regular-file' : 'directory';
  }

  setSize(size: bigint): void {
    this.act('resize', () => this.file('write').value.resize(values.offsetOf(size)));
  }

  setTimes(accessed: values.NewTimestamp, modified: values.NewTimestamp): void {
    this.act('set-times', () => this.node.setTimes(timesOf(accessed, modified)));
  }

  read(length: bigint, offset: bigint): [Uint8Array, boolean] {
    return this.look('read', () => {
      const max = length > MAX_TRANSFER ? MAX_TRANSFER : Number(length);
      const bytes = this.file('read').value.read(max, values.offsetOf(offset));
      return [bytes, bytes.length === 0 && max > 0];
    });
  }

  write(buffer: Uint8Array, offset: bigint): bigint {
    return this.look('write', () => {
      const { value } = this.file('write');
      return BigInt(value.write(buffer.subarray(0, MAX_TRANSFER), values.offsetOf(offset)));
    });
  }

  readDirectory(): EntryStream {
    const { session } = this.parts;
    return this.act('list', () => new EntryStream(session.open.keep(() => this.directory.list())), { mutates: false });
  }

  createDirectoryAt(path: string): void {
    this.act('create-directory', () => tree.makeDirectoryAt(this.at(path)), { path });
  }

  stat(): values.DescriptorStat {
    return this.look('stat', () => values.statOf(this.node.stat()));
  }

  statAt({ symlinkFollow }: values.PathFlags, path: string): values.DescriptorStat {
    return this.look('stat', () => values.statOf(tree.statAt(this.at(path), symlinkFollow)), path);
  }

  setTimesAt(
    { symlinkFollow }: values.PathFlags,
    path: string,
    accessed: values.NewTimestamp,
    modified: values.NewTimestamp,
  ): void {
    const run = (): void => tree.setTimesAt(this.at(path), timesOf(accessed, modified), symlinkFollow);
    this.act('set-times', run, { path });
  }

  linkAt({ symlinkFollow }: values.PathFlags, oldPath: string, to: Descriptor, newPath: string): void {
    this.between('link', { oldPath, to, newPath }, () => tree.linkAt(this.at(oldPath), to.at(newPath), symlinkFollow));
  }

  openAt(
    { symlinkFollow }: values.PathFlags,
    path: string,
    open: values.OpenFlags,
    flags: values.DescriptorFlags,
  ): Descriptor {
    const { session, mount } = this.parts;
    const isWriting = flags.write || open.truncate;
    const verb = open.create ? 'create' : isWriting ? 'open-for-writing' : 'open';
    const run = (): Descriptor => {
      const at = this.at(path);
      const node = session.open.keep(() => tree.openAt(at, wishOf(open, flags), symlinkFollow));
      return new Descriptor({ session, mount, node, path: this.shown(path), flags: flagsOf(node.value, flags, mount) });
    };
    return this.act(verb, run, { path, mutates: open.create || isWriting || flags.mutateDirectory });
  }

  readlinkAt(path: string): string {
    return this.look('read-link', () => tree.readLinkAt(this.at(path)), path);
  }

  removeDirectoryAt(path: string): void {
    this.act('remove-directory', () => tree.removeDirectoryAt(this.at(path)), { path });
  }

  renameAt(oldPath: string, to: Descriptor, newPath: string): void {
    this.between('rename', { oldPath, to, newPath }, () => tree.renameAt(this.at(oldPath), to.at(newPath)));
  }

  symlinkAt(target: string, path: string): void {
    this.act('create-link', () => tree.symlinkAt(this.at(path), target), { path });
  }

  unlinkFileAt(path: string): void {
    this.act('remove', () => tree.unlinkAt(this.at(path)), { path });
  }

  isSameObject(other: Descriptor): boolean {
    const [a, b] = [this.identity(), other.identity()];
    return a !== undefined && b !== undefined && a.device === b.device && a.object === b.object;
  }

  metadataHash(): values.MetadataHash {
    return this.look('stat', () => values.hashOf(this.node.stat()));
  }

  metadataHashAt({ symlinkFollow }: values.PathFlags, path: string): values.MetadataHash {
    return this.look('stat', () => values.hashOf(tree.statAt(this.at(path), symlinkFollow)), path);
  }

  [Symbol.dispose](): void {
    this.parts.node.release();
  }

  private get node(): OpenNode {
    return this.parts.node.value;
  }

  private get directory(): BackendDirectory {
    const { node } = this;
    if (node.kind !== 'directory') throw new FileFailure('not-directory');
    return node;
  }

  private file(wanted?: 'read' | 'write'): Shared<BackendFile> {
    const { node, flags } = this.parts;
    if (node.value.kind !== 'file' || (wanted && !flags[wanted])) throw new FileFailure('bad-descriptor');
    return node as Shared<BackendFile>;
  }

  private identity(): Stat | undefined {
    try {
      return this.node.stat();
    } catch (thrown) {
      if (!(thrown instanceof FileFailure)) throw thrown;
      return undefined;
    }
  }

  private at(path: string): tree.At {
    return { directory: this.directory, path };
  }

  private shown(path: string): string {
    const base = this.parts.path;
    return (path === '' ? base : base.endsWith('/') ? base + path : `${base}/${path}`).slice(0, MAX_SHOWN_UNITS);
  }

  /** What is reported, whether it is done or refused. It changes something unless told otherwise. */
  private act<T>(verb: string, work: () => T, options: ActOptions = {}): T {
    const { path = '', isLook, mutates = isLook === undefined } = options;
    const { session, mount } = this.parts;
    return session.act({ mount, verb, path: this.shown(path), mutates, ...(isLook && { isLook }) }, work);
  }

  /** What is reported only when it is refused, since it changes nothing, or was decided when the descriptor was opened. */
  private look<T>(verb: string, work: () => T, path: string = ''): T {
    return this.act(verb, work, { path, isLook: true });
  }

  /** What changes two places: both must be writable, or a file that may only be read would be writable by its new name. */
  private between(verb: string, { oldPath, to, newPath }: Between, work: () => void): void {
    const path = `${this.shown(oldPath)} to ${to.shown(newPath)}`;
    const { session } = this.parts;
    const mount = this.parts.mount.mode === 'ro' ? this.parts.mount : to.parts.mount;
    const request: FileRequest = { mount, verb, path, mutates: true };
    session.act(request, work);
  }
}

interface ActOptions {
  readonly path?: string;
  readonly mutates?: boolean;
  readonly isLook?: boolean;
}

interface Between {
  readonly oldPath: string;
  readonly to: Descriptor;
  readonly newPath: string;
}

function timesOf(accessed: values.NewTimestamp, modified: values.NewTimestamp): NewTimes {
  return { accessed: values.newTimeOf(accessed), modified: values.newTimeOf(modified) };
}

function wishOf(open: values.OpenFlags, flags: values.DescriptorFlags): OpenWish {
  const { read, write } = flags;
  const isWhole = flags.fileIntegritySync || flags.requestedWriteSync;
  return { ...open, read, write, sync: isWhole ? 'all' : flags.dataIntegritySync ? 'data' : 'none' };
}

/** The flags that a new descriptor has. Directories can be changed as far as the grant goes. */
function flagsOf({ kind }: OpenNode, asked: values.DescriptorFlags, { mode }: Mount): values.DescriptorFlags {
  if (kind === 'file') return { ...asked, mutateDirectory: false };
  return directoryFlags(mode);
}

export function directoryFlags(mode: Mount['mode']): values.DescriptorFlags {
  const none = { write: false, fileIntegritySync: false, dataIntegritySync: false, requestedWriteSync: false };
  return { ...none, read: true, mutateDirectory: mode === 'rw' };
}
