import { ComponentError } from '@loophost/component';
import { type BackendEntries, type BackendEntry, FileFailure } from './backend.ts';
import type { Shared } from './open-files.ts';

/** `wasi:filesystem/types.directory-entry-stream`. */
export class EntryStream {
  private readonly entries: Shared<BackendEntries>;

  constructor(entries: Shared<BackendEntries>) {
    this.entries = entries;
  }

  readDirectoryEntry(): BackendEntry | undefined {
    try {
      return this.entries.value.next();
    } catch (thrown) {
      if (thrown instanceof FileFailure) throw new ComponentError(thrown.code);
      throw thrown;
    }
  }

  [Symbol.dispose](): void {
    this.entries.release();
  }
}
