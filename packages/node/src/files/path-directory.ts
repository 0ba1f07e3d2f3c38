import { linkSync, lstatSync, lutimesSync, mkdirSync, renameSync, rmdirSync, symlinkSync } from 'node:fs';
import type { BackendDirectory, NewTimes, Stat } from '@loophost/capabilities/guest';
import { targetOf } from './entries.ts';
import { failing } from './errno.ts';
import { statOf, timeOf } from './open-file.ts';

/** A directory whose entries have paths. What is done to an entry by its path alone; none of it follows a link there. */
export abstract class PathDirectory {
  /**
   * The path of an entry, for one call.
   *
   * @throws {FileFailure} when the directory is not where it was.
   */
  protected abstract path(name: string): string;

  statAt(name: string): Stat {
    const path = this.path(name);
    return failing(() => statOf(lstatSync(path, { bigint: true })));
  }

  readLink(name: string): string {
    const path = this.path(name);
    return failing(() => targetOf(path));
  }

  makeDirectory(name: string): void {
    const path = this.path(name);
    failing(() => mkdirSync(path));
  }

  removeDirectory(name: string): void {
    const path = this.path(name);
    failing(() => rmdirSync(path));
  }

  rename(name: string, to: BackendDirectory & PathDirectory, newName: string): void {
    const [from, target] = [this.path(name), to.path(newName)];
    failing(() => renameSync(from, target));
  }

  link(name: string, to: BackendDirectory & PathDirectory, newName: string): void {
    const [from, target] = [this.path(name), to.path(newName)];
    failing(() => linkSync(from, target));
  }

  symlink(target: string, name: string): void {
    const path = this.path(name);
    failing(() => symlinkSync(target, path));
  }

  setTimesAt(name: string, { accessed, modified }: NewTimes): void {
    const path = this.path(name);
    failing(() => lutimesSync(path, timeOf(accessed), timeOf(modified)));
  }
}
