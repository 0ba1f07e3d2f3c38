import type { AllowedRequest, HttpBackend, Transfer } from '@loophost/capabilities';
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
  private readonly lookup: (name: string) => Promise<readonly string[]>;
  private readonly ca: readonly string[] | undefined;

  constructor({ resolve, ca }: NodeHttpOptions = {}) {
    const lookups = new Lookups();
    this.lookup = resolve ?? ((name) => lookups.resolve(name));
    this.ca = typeof ca === 'string' ? [ca] : ca;
  }

  async resolve(name: string): Promise<readonly string[]> {
    try {
      return await this.lookup(name);
    } catch (thrown) {
      throw failureOf(thrown);
    }
  }

  open(request: AllowedRequest): Transfer {
    return new NodeTransfer(request, this.ca);
  }
}
