import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from '@bytecodealliance/jco';

/** A folder of files for one test file, gone with it. Transcripts call it TMP. */
export class TemporaryFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), 'loop-test-'));

  write(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  /** Assembles a component (or a core module) from its text. */
  async assemble(name: string, text: string): Promise<string> {
    return this.write(name, await parse(text));
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
