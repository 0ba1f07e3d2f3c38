import { ComponentError } from '@loophost/component';
import { allow, type Decision, deny, type HostContext, type Operation, plain } from '@loophost/host';
import { checkRequest, type StoreBounds } from './bounds.ts';
import { CAPABILITY, type StoreError } from './interfaces.ts';
import type { SharedStore } from './shared-store.ts';
import { type Awaitable, type Entry, type KeyValueStore, type NumberRange, StoreFailure } from './store.ts';

/** The stores of one guest are opened with its grants. One name more tells nothing of what else there is. */
function decide(granted: ReadonlyMap<string, unknown>, name: string): Decision {
  const request = `open ${name}`;
  if (granted.has(name)) return allow(CAPABILITY, request);
  return deny(
    CAPABILITY,
    request,
    'not-granted',
    `grant the store with \`keyValue: { stores: { '${plain(name, 100)}': 'memory' } }\``,
  );
}

/** Keys of one page. */
const PAGE_KEYS = 1_000;
const DENIED: StoreError = { tag: 'access-denied' };

export interface GuestStoresParts {
  readonly bounds: StoreBounds;
  readonly stores: ReadonlyMap<string, SharedStore>;
  readonly context: Pick<HostContext, 'report'>;
}

/** The stores of one guest, in the host's realm: what it may open, and what it has open. */
export class GuestStores implements Disposable {
  private readonly parts: GuestStoresParts;
  private readonly held = new Map<string, Disposable>();

  constructor(parts: GuestStoresParts) {
    this.parts = parts;
  }

  /** What the guest part asks for. Each names its store first, and is refused for one that the guest has not opened. */
  operations(): Readonly<Record<string, Operation>> {
    return {
      open: (name: string) => this.open(name),
      get: (name: string, keys: readonly string[]) => this.run({ name, verb: 'get', keys }, (store) => store.get(keys)),
      has: (name: string, key: string) => this.run({ name, verb: 'exists', keys: [key] }, (store) => store.has(key)),
      set: (name: string, entries: readonly Entry[]) =>
        this.run({ name, verb: 'set', keys: keysOf(entries), values: entries.map(([, value]) => value) }, (store) =>
          store.set(entries),
        ),
      delete: (name: string, keys: readonly string[]) =>
        this.run({ name, verb: 'delete', keys }, (store) => store.delete(keys)),
      list: (name: string, from: number | undefined) =>
        this.run({ name, verb: 'list-keys', keys: [] }, (store) => store.list(from, PAGE_KEYS)),
      increment: (name: string, key: string, { delta, range }: { delta: bigint; range: NumberRange }) =>
        this.run({ name, verb: 'increment', keys: [key] }, (store) => store.increment(key, delta, range)),
      version: (name: string, key: string) =>
        this.run({ name, verb: 'cas', keys: [key] }, async (store) => (await store.read(key)).version),
      read: (name: string, key: string) => this.run({ name, verb: 'cas', keys: [key] }, (store) => store.read(key)),
      swap: (name: string, key: string, { version, value }: { version: string | undefined; value: Uint8Array }) =>
        this.run({ name, verb: 'swap', keys: [key], values: [value] }, (store) => store.swap(key, version, value)),
    };
  }

  private async open(name: string): Promise<void> {
    const { stores, context } = this.parts;
    const decision = decide(stores, name);
    context.report(decision);
    const shared = stores.get(name);
    if (decision.verdict === 'deny' || !shared) throw new ComponentError(DENIED);
    if (!this.held.has(name)) this.held.set(name, shared.hold());
    await this.attempt(`open ${name}`, () => shared.use(() => undefined));
  }

  private run<T>(request: Request, work: (store: KeyValueStore) => Awaitable<T>): Promise<T> {
    const { name, verb, keys, values } = request;
    const shared = this.held.has(name) ? this.parts.stores.get(name) : undefined;
    if (!shared) return Promise.reject(new ComponentError(DENIED));
    return this.attempt(`${verb} ${name}`, () => {
      checkRequest(this.parts.bounds, keys, values);
      return shared.use(work);
    });
  }

  /** Tells the guest what went wrong in its own terms, and listeners how to help. */
  private async attempt<T>(request: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof StoreFailure)) throw thrown;
      this.parts.context.report(deny(CAPABILITY, request, thrown.reason, thrown.fix));
      throw new ComponentError({ tag: 'other', val: thrown.message } satisfies StoreError);
    }
  }

  [Symbol.dispose](): void {
    for (const one of this.held.values()) one[Symbol.dispose]();
    this.held.clear();
  }
}

interface Request {
  readonly name: string;
  /** As the interface names it. */
  readonly verb: string;
  readonly keys: readonly string[];
  readonly values?: readonly Uint8Array[];
}

function keysOf(entries: readonly Entry[]): readonly string[] {
  return entries.map(([key]) => key);
}
