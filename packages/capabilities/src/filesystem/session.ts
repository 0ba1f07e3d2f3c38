import { ComponentError } from '@loophost/component';
import type { GuestRealm } from '@loophost/host/guest';
import { FileFailure } from './backend.ts';
import { type Io, io } from '../io/io.ts';
import { OpenFiles } from './open-files.ts';
import { decide, type FileRequest } from './policy.ts';

/** What the descriptors of one guest share: what is open, its streams, and who is told of decisions. */
export class Session implements Disposable {
  readonly open: OpenFiles;
  readonly streams: Io;
  private readonly report: GuestRealm['report'];

  constructor(realm: GuestRealm, maxOpenFiles: number) {
    this.open = new OpenFiles(maxOpenFiles);
    this.streams = io(realm.waiting);
    this.report = realm.report;
  }

  /**
   * Does what a guest asked for, if it may. Of what only looks, just the refusals are reported.
   *
   * @throws {ComponentError} with an `error-code`.
   */
  act<T>(request: FileRequest & { readonly isLook?: boolean }, work: () => T): T {
    const decision = decide(request);
    if (decision.verdict === 'deny') {
      this.report(decision);
      throw new ComponentError('read-only');
    }
    let trespass: FileFailure['trespass'];
    try {
      return work();
    } catch (thrown) {
      if (!(thrown instanceof FileFailure)) throw thrown;
      ({ trespass } = thrown);
      throw new ComponentError(thrown.code);
    } finally {
      if (trespass) this.report(decide({ ...request, trespass }));
      else if (!request.isLook) this.report(decision);
    }
  }

  [Symbol.dispose](): void {
    this.open[Symbol.dispose]();
  }
}
