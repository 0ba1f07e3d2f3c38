import { ComponentError, type Imports, isComponentError, suspending } from '@loophost/component';
import { deny, type GuestPart, type GuestRealm } from '@loophost/host/guest';
import { checkRequest, type StoreBounds } from './bounds.ts';
import { type Draft, DRAFTS, type KeyValueSettings, type StoreError } from './interfaces.ts';
import { type Entry, type KeyPage, StoreFailure, type Versioned } from './store.ts';

/** Serves `wasi:keyvalue`: every call suspends the guest, and is answered where the stores are. */
export const keyValuePart: GuestPart = {
  link(settings, realm) {
    const remote = new RemoteStores(realm, (settings as KeyValueSettings).bounds);
    return { imports: Object.assign({}, ...DRAFTS.map((draft) => importsOf(draft, remote))) as Imports };
  },
};

/** Asks the host, after a look at the sizes: what is too large is not copied first. */
class RemoteStores {
  private readonly realm: GuestRealm;
  private readonly bounds: StoreBounds;

  constructor(realm: GuestRealm, bounds: StoreBounds) {
    this.realm = realm;
    this.bounds = bounds;
  }

  ask(operation: string, store: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.realm.ask(operation, store, ...args);
  }

  check({ store }: Bucket, operation: string, keys: readonly string[], values?: readonly Uint8Array[]): void {
    try {
      checkRequest(this.bounds, keys, values);
    } catch (thrown) {
      if (!(thrown instanceof StoreFailure)) throw thrown;
      this.realm.report(deny(this.realm.capability, `${operation} ${store}`, thrown.reason, thrown.fix));
      throw new ComponentError({ tag: 'other', val: thrown.message } satisfies StoreError);
    }
  }

  async get(bucket: Bucket, keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    this.check(bucket, 'get', keys);
    return (await this.ask('get', bucket.store, keys)) as (Uint8Array | undefined)[];
  }

  async set(bucket: Bucket, entries: readonly Entry[]): Promise<void> {
    const keys = entries.map(([key]) => key);
    const values = entries.map(([, value]) => value);
    this.check(bucket, 'set', keys, values);
    await this.ask('set', bucket.store, entries);
  }

  async delete(bucket: Bucket, keys: readonly string[]): Promise<void> {
    this.check(bucket, 'delete', keys);
    await this.ask('delete', bucket.store, keys);
  }
}

/** `wasi:keyvalue/store.bucket`, as the guest holds it: a name that the host let it open. */
class Bucket {
  readonly store: string;

  constructor(store: string) {
    this.store = store;
  }
}

function importsOf(draft: Draft, remote: RemoteStores): Imports {
  // A class of its own for each draft: their buckets are different types.
  class DraftBucket extends Bucket {}
  const { version, range } = draft;
  const increment = async (bucket: Bucket, key: string, delta: bigint): Promise<unknown> => {
    remote.check(bucket, 'increment', [key]);
    return remote.ask('increment', bucket.store, key, { delta, range });
  };
  addBucketMethods(DraftBucket, draft, remote);
  return {
    [`wasi:keyvalue/store@${version}`]: {
      Bucket: DraftBucket,
      open: suspending(async (name: string) => {
        await remote.ask('open', name);
        return new DraftBucket(name);
      }),
    },
    [`wasi:keyvalue/atomics@${version}`]: { increment: suspending(increment), ...(draft.hasCas && casOf(remote)) },
    [`wasi:keyvalue/batch@${version}`]: {
      getMany: suspending(async (bucket: Bucket, keys: readonly string[]) => {
        const values = await remote.get(bucket, keys);
        return values.map((value, i) => (value === undefined ? undefined : [keys[i], value]));
      }),
      setMany: suspending((bucket: Bucket, entries: readonly Entry[]) => remote.set(bucket, entries)),
      deleteMany: suspending((bucket: Bucket, keys: readonly string[]) => remote.delete(bucket, keys)),
    },
  };
}

function addBucketMethods(Class: typeof Bucket, { cursor }: Draft, remote: RemoteStores): void {
  addMethod(Class.prototype, 'get', async (self: Bucket, key: string) => (await remote.get(self, [key]))[0]);
  addMethod(Class.prototype, 'set', (self: Bucket, key: string, value: Uint8Array) => remote.set(self, [[key, value]]));
  addMethod(Class.prototype, 'delete', (self: Bucket, key: string) => remote.delete(self, [key]));
  addMethod(Class.prototype, 'exists', async (self: Bucket, key: string) => {
    remote.check(self, 'exists', [key]);
    return remote.ask('has', self.store, key);
  });
  addMethod(Class.prototype, 'listKeys', async (self: Bucket, from: string | bigint | undefined) => {
    const { keys, next } = (await remote.ask('list', self.store, placeOf(from))) as KeyPage;
    if (next === undefined) return { keys, cursor: undefined };
    return { keys, cursor: cursor === 'text' ? String(next) : BigInt(next) };
  });
}

/** Where a page begins. Guests may make up cursors: each is a place, or none. */
function placeOf(cursor: string | bigint | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const place = typeof cursor === 'bigint' || /^\d{1,16}$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (Number.isSafeInteger(place)) return place;
  throw new ComponentError({ tag: 'other', val: 'the cursor is not one that list-keys gave' } satisfies StoreError);
}

/** A method that suspends the guest. It takes the object first. */
function addMethod(owner: object, name: string, run: (self: never, ...args: never[]) => Promise<unknown>): void {
  const value = suspending(function (this: unknown, ...args: never[]) {
    return run(this as never, ...args);
  });
  Object.defineProperty(owner, name, { value });
}

/** `cas` and `swap`: a swap holds when the key has not been written since the guest last looked. */
function casOf(remote: RemoteStores): Imports {
  class Cas {
    readonly bucket: Bucket;
    readonly key: string;
    version: string | undefined;

    constructor(bucket: Bucket, key: string, version: string | undefined) {
      this.bucket = bucket;
      this.key = key;
      this.version = version;
    }
  }
  const look = async (bucket: Bucket, key: string): Promise<Cas> => {
    remote.check(bucket, 'cas', [key]);
    return new Cas(bucket, key, (await remote.ask('version', bucket.store, key)) as string | undefined);
  };
  Object.defineProperty(Cas, 'new', { value: suspending(look) });
  addMethod(Cas.prototype, 'current', async (self: Cas) => {
    const { value, version } = (await remote.ask('read', self.bucket.store, self.key)) as Versioned;
    self.version = version;
    return value;
  });
  const swap = async ({ bucket, key, version }: Cas, value: Uint8Array): Promise<void> => {
    const again = await asCasErrors(async () => {
      remote.check(bucket, 'swap', [key], [value]);
      const isDone = await remote.ask('swap', bucket.store, key, { version, value });
      return isDone ? undefined : await look(bucket, key);
    });
    if (again) throw new ComponentError({ tag: 'cas-failed', val: again });
  };
  return { Cas, swap: suspending(swap) };
}

/** An error of the store, as a case of `cas-error`. */
async function asCasErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!isComponentError(thrown)) throw thrown;
    throw new ComponentError({ tag: 'store-error', val: thrown.payload });
  }
}
