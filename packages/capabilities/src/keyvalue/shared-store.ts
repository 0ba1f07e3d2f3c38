import type { Awaitable, KeyValueStore } from './store.ts';

/** A store that is opened for the first who uses it, and closed after the last. */
export class SharedStore {
  private readonly open: () => Awaitable<KeyValueStore>;
  private readonly afterLast: 'close' | 'keep';
  private store: Promise<KeyValueStore> | undefined;
  private users = 0;

  constructor(open: () => Awaitable<KeyValueStore>, afterLast: 'close' | 'keep') {
    this.open = open;
    this.afterLast = afterLast;
  }

  /** Does something with the store, which stays open until it is done. */
  async use<T>(work: (store: KeyValueStore) => Awaitable<T>): Promise<T> {
    using _held = this.hold();
    return await work(await this.opened());
  }

  /** Keeps the store open, once it is, until this is disposed of. */
  hold(): Disposable {
    this.users++;
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (isHeld) this.release();
        isHeld = false;
      },
    };
  }

  private opened(): Promise<KeyValueStore> {
    if (!this.store) {
      const opening = Promise.try(this.open);
      this.store = opening;
      // The next user tries again.
      opening.catch(() => {
        if (this.store === opening) this.store = undefined;
      });
    }
    return this.store;
  }

  private release(): void {
    if (--this.users > 0 || this.afterLast === 'keep') return;
    const { store } = this;
    this.store = undefined;
    void store?.then(
      (one) => one[Symbol.dispose](),
      () => undefined,
    );
  }
}
