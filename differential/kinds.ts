import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One kind of disagreement and why the specification allows it, or who it says is wrong. */
export interface Explained {
  readonly kind: string;
  /** Patterns of what each side said: `accepted`, or why not. */
  readonly ours: string;
  readonly jco: string;
  readonly right: 'ours' | 'jco' | 'both';
  readonly rule: string;
}

const FILE = join(import.meta.dirname, 'explained.json');

/** Puts names on disagreements. */
export class Kinds {
  readonly all: readonly (Explained & { readonly test: (ours: string, jco: string) => boolean })[];

  constructor(explained: readonly Explained[] = JSON.parse(readFileSync(FILE, 'utf8')) as Explained[]) {
    this.all = explained.map((each) => {
      const [ours, jco] = [new RegExp(each.ours, 's'), new RegExp(each.jco, 's')];
      return { ...each, test: (a, b) => ours.test(a) && jco.test(b) };
    });
  }

  explain(ours: string, jco: string): Explained | undefined {
    return this.all.find(({ test }) => test(ours, jco));
  }
}

/** What two refusals have in common when they say the same of other names, numbers and offsets. */
export function patternOf(reason: string): string {
  return reason
    .replace(/"[^"]*"|`[^`]*`/g, '"…"')
    .replace(/0x[0-9a-f]+|\d+/g, '#')
    .slice(0, 200);
}
