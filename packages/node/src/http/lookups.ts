import { type Asker, httpFailure } from '@loophost/capabilities';

/** Of the four threads that Node looks names up with, and reads files with, as many as guests may keep busy. */
const MAX_AT_ONCE = 2;

type LookUp = (name: string) => Promise<readonly string[]>;

async function bySystem(name: string): Promise<readonly string[]> {
  // Loaded with the first name, as `node:http` with the first request.
  const { lookup } = await import('node:dns/promises');
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => address);
}

interface Waiting {
  readonly guest: object;
  begin(): void;
}

/**
 * Looks names up as the system does: a few at a time, and one at a time for each guest, since the names that a guest asks
 * for may be of servers that take their time.
 */
export class Lookups {
  private readonly waiting = new Set<Waiting>();
  private readonly busy = new Set<object>();
  private readonly lookUp: LookUp;

  constructor(lookUp: LookUp = bySystem) {
    this.lookUp = lookUp;
  }

  async resolve(name: string, asker: Asker): Promise<readonly string[]> {
    await this.turnOf(asker);
    try {
      return await this.lookUp(name);
    } finally {
      this.busy.delete(asker.guest);
      this.admit();
    }
  }

  /** @throws {HttpFailure} when nobody waits any more. */
  private turnOf({ guest, signal }: Asker): Promise<void> {
    return new Promise((begin, reject) => {
      const one: Waiting = { guest, begin };
      const leave = (): void => {
        this.waiting.delete(one);
        reject(httpFailure('DNS-timeout'));
      };
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      this.waiting.add(one);
      this.admit();
    });
  }

  private admit(): void {
    for (const one of this.waiting) {
      if (this.busy.size >= MAX_AT_ONCE) return;
      if (this.busy.has(one.guest)) continue;
      this.waiting.delete(one);
      this.busy.add(one.guest);
      one.begin();
    }
  }
}
