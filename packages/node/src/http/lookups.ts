/** Of the four threads that Node looks names up with, and reads files with, as many as guests may keep busy. */
const MAX_AT_ONCE = 2;

/** Looks names up as the system does, a few at a time. */
export class Lookups {
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  async resolve(name: string): Promise<readonly string[]> {
    if (this.running >= MAX_AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running++;
    try {
      // Loaded with the first name, as `node:http` with the first request.
      const { lookup } = await import('node:dns/promises');
      const found = await lookup(name, { all: true });
      return found.map(({ address }) => address);
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}
