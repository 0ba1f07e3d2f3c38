import type { HandleCount } from './capability.ts';
import { handlesExceeded } from './errors.ts';
import type { LiveCounter } from './live.ts';

/** Counts for one guest, whichever capabilities the resources are of. */
export class HandleCounter implements HandleCount {
  private readonly limit: number;
  private readonly live: LiveCounter;
  private held = 0;

  constructor(limit: number, live: LiveCounter) {
    this.limit = limit;
    this.live = live;
  }

  take(): void {
    if (this.held >= this.limit) throw handlesExceeded(this.limit);
    this.held++;
    this.live.handles++;
  }

  giveBack(): void {
    this.held--;
    this.live.handles--;
  }
}
