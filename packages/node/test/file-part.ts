import { ComponentError } from '@loophost/component';
import { type FileBackend, filesystemPart, type InputStream, type OutputStream } from '@loophost/capabilities/guest';
import type { Decision } from '@loophost/host';

/** What of a descriptor tests use. Guests see it in the same way. */
export interface TestDescriptor extends Disposable {
  readViaStream(offset: bigint): InputStream & { blockingRead(length: bigint): Uint8Array };
  writeViaStream(offset: bigint): OutputStream & { blockingWriteAndFlush(contents: Uint8Array): void };
  appendViaStream(): OutputStream & { blockingWriteAndFlush(contents: Uint8Array): void };
  read(length: bigint, offset: bigint): [Uint8Array, boolean];
  write(bytes: Uint8Array, offset: bigint): bigint;
  setSize(size: bigint): void;
  setTimes(accessed: object, modified: object): void;
  setTimesAt(flags: object, path: string, accessed: object, modified: object): void;
  getType(): string;
  getFlags(): Record<string, boolean>;
  stat(): Record<string, unknown>;
  statAt(flags: object, path: string): Record<string, unknown>;
  openAt(pathFlags: object, path: string, openFlags: object, flags: object): TestDescriptor;
  readDirectory(): Disposable & { readDirectoryEntry(): { type: string; name: string } | undefined };
  createDirectoryAt(path: string): void;
  removeDirectoryAt(path: string): void;
  unlinkFileAt(path: string): void;
  renameAt(path: string, to: TestDescriptor, newPath: string): void;
  linkAt(flags: object, path: string, to: TestDescriptor, newPath: string): void;
  symlinkAt(target: string, path: string): void;
  readlinkAt(path: string): string;
  isSameObject(other: TestDescriptor): boolean;
  metadataHash(): { lower: bigint; upper: bigint };
  metadataHashAt(flags: object, path: string): { lower: bigint; upper: bigint };
  sync(): void;
  syncData(): void;
  advise(offset: bigint, length: bigint, advice: string): void;
}

interface Imports {
  readonly 'wasi:filesystem/types@0.2.12': { filesystemErrorCode(error: unknown): string | undefined };
  readonly 'wasi:filesystem/preopens@0.2.12': { getDirectories(): [TestDescriptor, string][] };
}

/** The interfaces on a backend, as a guest gets them. */
export class TestFiles implements Disposable {
  readonly root: TestDescriptor;
  readonly decisions: Decision[] = [];
  readonly errorCode: (error: unknown) => string | undefined;
  readonly dispose: () => void;

  constructor(backend: FileBackend, host: string, mode: 'ro' | 'rw' = 'rw') {
    const provided = filesystemPart(() => backend).link(
      { mounts: [{ host, guest: '/data', mode }], maxOpenFiles: 1_000 },
      {
        imports: [],
        capability: 'filesystem',
        waiting: 'block',
        ask: () => Promise.reject(new Error('not needed')),
        tell: () => undefined,
        report: (decision) => this.decisions.push(decision),
      },
    );
    const imports = provided.imports as unknown as Imports;
    const [directory] = imports['wasi:filesystem/preopens@0.2.12'].getDirectories();
    if (!directory) throw new Error('there is no directory');
    [this.root] = directory;
    this.errorCode = imports['wasi:filesystem/types@0.2.12'].filesystemErrorCode;
    this.dispose = () => provided[Symbol.dispose]?.();
  }

  open(path: string, flags: string = 'r'): TestDescriptor {
    const has = (letter: string): boolean => flags.includes(letter);
    return this.root.openAt(
      { symlinkFollow: has('f') },
      path,
      { create: has('c'), directory: has('d'), exclusive: has('x'), truncate: has('t') },
      {
        read: has('r'),
        write: has('w'),
        fileIntegritySync: has('S'),
        dataIntegritySync: has('D'),
        requestedWriteSync: false,
        mutateDirectory: false,
      },
    );
  }

  text(path: string): string {
    using file = this.open(path, 'fr');
    return new TextDecoder().decode(file.read(1_000_000n, 0n)[0]);
  }

  write(path: string, text: string): void {
    using file = this.open(path, 'ctw');
    file.write(new TextEncoder().encode(text), 0n);
  }

  names(directory: TestDescriptor = this.root): string[] {
    using entries = directory.readDirectory();
    const names: string[] = [];
    for (let entry = entries.readDirectoryEntry(); entry; entry = entries.readDirectoryEntry())
      names.push(`${entry.type} ${entry.name}`);
    return names.sort();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** What a function gave, or the code that it failed with. */
export function outcome(work: () => unknown): unknown {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof ComponentError) return thrown.payload;
    throw thrown;
  }
}
