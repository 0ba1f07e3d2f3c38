import type { CapabilityEvent, HandleCount } from './capability.ts';
import { providerFailed } from './errors.ts';
import { failureOf } from './events.ts';

interface Held {
  readonly object: Partial<Disposable>;
  /** What messages call its class. */
  readonly name: string;
}

/**
 * The objects of an embedder's classes that one guest holds, whichever capabilities they are of: they share one range of
 * numbers, so that none passes for another. Each counts as a handle until it is disposed of.
 */
export class HeldObjects implements Disposable {
  private readonly handles: HandleCount;
  private readonly emit: (event: CapabilityEvent) => void;
  private readonly held = new Map<number, Held>();
  private next = 1;
  private hasEnded = false;

  constructor(handles: HandleCount, emit: (event: CapabilityEvent) => void) {
    this.handles = handles;
    this.emit = emit;
  }

  /** Keeps an object under a number that the guest chose, which is below zero. None is made that would be too many. */
  construct(handle: number, name: string, make: () => object): void {
    this.handles.take();
    try {
      this.held.set(handle, { object: make(), name });
    } catch (thrown) {
      this.handles.giveBack();
      throw thrown;
    }
    // The guest ended while the provider worked: nobody else will drop it.
    if (this.hasEnded) void this.drop(handle);
  }

  /** Keeps an object, and gives its number. One that is too many is disposed of. */
  keep(object: object, name: string): number {
    const handle = this.next++;
    try {
      this.construct(handle, name, () => object);
    } catch (thrown) {
      void this.release({ object, name });
      throw thrown;
    }
    return handle;
  }

  get(handle: number): object | undefined {
    return this.held.get(handle)?.object;
  }

  /** The guest gave the object away: it is its new owner's to dispose of. */
  forget(handle: number): void {
    if (this.held.delete(handle)) this.handles.giveBack();
  }

  /** Disposes of an object. Gives a promise when that takes its time: it takes up room meanwhile. */
  drop(handle: number): Promise<void> | undefined {
    const held = this.held.get(handle);
    if (!held) return undefined;
    this.held.delete(handle);
    return this.release(held, () => this.handles.giveBack());
  }

  private release({ object, name }: Held, onEnd?: () => void): Promise<void> | undefined {
    const failed = (thrown: unknown): void => {
      const what = `${name}[Symbol.dispose]`;
      this.emit(failureOf(what, providerFailed(what, thrown)));
    };
    let ending: unknown;
    try {
      ending = object[Symbol.dispose]?.();
    } catch (thrown) {
      failed(thrown);
    }
    // What ends at once gives its room back at once, since the guest may go on in the same turn.
    if (ending !== undefined)
      return Promise.resolve(ending)
        .then(() => undefined, failed)
        .finally(onEnd);
    onEnd?.();
    return undefined;
  }

  [Symbol.dispose](): void {
    this.hasEnded = true;
    for (const handle of this.held.keys()) void this.drop(handle);
  }
}
