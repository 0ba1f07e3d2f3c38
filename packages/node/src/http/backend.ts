import type { AllowedRequest, Asker, HttpBackend, Transfer } from '@loophost/capabilities';
import { failureOf } from './failures.ts';
import { Lookups } from './lookups.ts';
import { NodeTransfer } from './transfer.ts';

export interface NodeHttpOptions {
  /** Looks a name up; every address that it gives is checked. Default the system's resolver. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
  /** Certificates of authorities, in PEM, which are trusted instead of Node's own list. */
  readonly ca?: string | readonly string[];
}

/** Sends requests by `node:http` and `node:https`. */
export class NodeBackend implements HttpBackend {
  private readonly lookup: (name: string, asker: Asker) => Promise<readonly string[]>;
  private readonly ca: readonly string[] | undefined;

  constructor({ resolve, ca }: NodeHttpOptions = {}) {
    const lookups = new Lookups();
    this.lookup = resolve ?? ((name, asker) => lookups.resolve(name, asker));
    this.ca = typeof ca === 'string' ? [ca] : ca;
  }

  async resolve(name: string, asker: Asker): Promise<readonly string[]> {
    try {
      return await this.lookup(name, asker);
    } catch (thrown) {
      throw failureOf(thrown);
    }
  }

  open(request: AllowedRequest): Transfer {
    return new NodeTransfer(request, this.ca);
  }
}
