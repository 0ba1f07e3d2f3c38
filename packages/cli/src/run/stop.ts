import { EXIT } from '../exit-codes.ts';

const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;

/** The end of a run that somebody else wants: whoever presses Ctrl-C, or a supervisor. */
export class Stop implements Disposable {
  /** The exit code to end with, once the process is told to end. */
  readonly asked: Promise<number>;
  private readonly listeners: (readonly [NodeJS.Signals, () => void])[] = [];

  /**
   * @param isDeaf - Leaves signals to the system, which ends the process at once: a guest in this thread may never let it
   *   hear of one.
   */
  constructor(isDeaf: boolean) {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.asked = promise;
    if (isDeaf) return;
    for (const [signal, exitCode] of Object.entries(SIGNALS)) {
      const listener = (): void => resolve(exitCode);
      // Once: whoever presses Ctrl-C again does not want to wait.
      process.once(signal, listener);
      this.listeners.push([signal as NodeJS.Signals, listener]);
    }
  }

  [Symbol.dispose](): void {
    for (const [signal, listener] of this.listeners) process.removeListener(signal, listener);
  }
}
