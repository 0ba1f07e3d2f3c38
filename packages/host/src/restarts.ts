import type { HostLimits } from './limits.ts';

/** How often an instance may still start again. */
export class RestartBudget {
  private readonly limits: HostLimits;
  /** When it was restarted, within the window. */
  private readonly times: number[] = [];

  constructor(limits: HostLimits) {
    this.limits = limits;
  }

  get isSpent(): boolean {
    const { maxRestarts, restartWindowMs } = this.limits;
    const from = performance.now() - restartWindowMs;
    while (this.times[0] !== undefined && this.times[0] < from) this.times.shift();
    return this.times.length >= maxRestarts;
  }

  spend(): void {
    this.times.push(performance.now());
  }
}
