/** What a host holds at the moment. All zero once everything is disposed of. */
export interface Live {
  /** Guests that run. */
  readonly instances: number;
  /** Threads, spare ones included. */
  readonly threads: number;
  /** Resources on one side that the other side holds. */
  readonly handles: number;
  /** Calls of exports that have not returned. */
  readonly calls: number;
}

/** Counts what is alive. */
export class LiveCounter {
  instances = 0;
  threads = 0;
  handles = 0;
  calls = 0;

  get now(): Live {
    const { instances, threads, handles, calls } = this;
    return { instances, threads, handles, calls };
  }
}
