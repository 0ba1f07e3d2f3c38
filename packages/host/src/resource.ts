import { resourceGone } from './errors.ts';
import type { Guest } from './executor.ts';
import type { HandleRef } from './guest/handle-ref.ts';
import type { LiveCounter } from './live.ts';

/** A resource of a guest, held by the host: pass it to the functions of its instance. Dispose of it when done. */
export class GuestResource implements Disposable {
  readonly #guest: Guest;
  readonly #handle: number;
  readonly #live: LiveCounter;
  #isHeld = true;

  constructor(guest: Guest, handle: number, live: LiveCounter) {
    this.#guest = guest;
    this.#handle = handle;
    this.#live = live;
    live.handles++;
    // Whatever ends the guest ends its resources.
    void guest.ended.then(() => this.#release());
  }

  isOf(guest: Guest): boolean {
    return this.#guest === guest;
  }

  /** The number that the guest's realm knows it by, while it stays here. */
  ref(): HandleRef {
    if (!this.#isHeld) throw resourceGone('it is disposed of, was passed on as owned, or its guest has ended');
    return { $handle: this.#handle };
  }

  /** The same, for the last time: the guest takes it back. */
  move(): HandleRef {
    const ref = this.ref();
    this.#release();
    return ref;
  }

  #release(): boolean {
    if (!this.#isHeld) return false;
    this.#isHeld = false;
    this.#live.handles--;
    return true;
  }

  [Symbol.dispose](): void {
    if (this.#release()) this.#guest.drop(this.#handle);
  }
}
