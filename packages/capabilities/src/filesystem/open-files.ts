import { type BackendDirectory, type BackendFile, FileFailure } from './backend.ts';

/** What must be closed. */
interface Closable {
  close(): void;
}

/** Something open, and how many of the guest's resources use it. */
export class Shared<T extends Closable> {
  readonly value: T;
  private users = 1;
  private readonly onClose: () => void;

  constructor(value: T, onClose: () => void) {
    this.value = value;
    this.onClose = onClose;
  }

  share(): this {
    this.users++;
    return this;
  }

  release(): void {
    if (--this.users === 0) this.onClose();
  }
}

/** Everything that one guest has open. */
export class OpenFiles implements Disposable {
  private readonly open = new Set<Closable>();
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** @throws {FileFailure} when the guest has as much open as it may. */
  keep<T extends Closable>(make: () => T): Shared<T> {
    if (this.open.size >= this.limit) throw new FileFailure('quota', 'too-many-open');
    const value = make();
    this.open.add(value);
    return new Shared(value, () => {
      if (this.open.delete(value)) value.close();
    });
  }

  [Symbol.dispose](): void {
    for (const one of this.open) one.close();
    this.open.clear();
  }
}

/** What a descriptor stands for. */
export type OpenNode = BackendDirectory | BackendFile;
