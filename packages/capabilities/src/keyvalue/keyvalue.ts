import { type Capability, type Configured, type Denial, grantInvalid } from '@loophost/host';
import { GrantFields } from '../grant-fields.ts';
import { DEFAULT_STORE_BOUNDS, type StoreBounds } from './bounds.ts';
import { GuestStores } from './guest-stores.ts';
import { CAPABILITY, KEY_VALUE_INTERFACES, type KeyValueSettings } from './interfaces.ts';
import { MemoryStore } from './memory.ts';
import { SharedStore } from './shared-store.ts';
import type { Awaitable, KeyValueStore } from './store.ts';

export interface KeyValueOptions {
  /** Opens the store in a file. Default none: a grant that names a file is not valid. */
  readonly openFile?: (file: string, bounds: StoreBounds) => Awaitable<KeyValueStore>;
}

const SHAPE = "keyValue: { stores: { default: 'memory' } }";

/**
 * Serves `wasi:keyvalue` (`store`, `atomics` and `batch`): the stores that a component is granted, by the names that it
 * opens them with.
 *
 * The grant is `{ stores: { NAME: 'memory' | { file: 'path' } } }`, with bounds for each store beside: `maxKeyBytes`,
 * `maxValueBytes`, `maxKeys`, `maxStoreBytes`, `maxBatchKeys`, `maxBatchBytes` (default {@link DEFAULT_STORE_BOUNDS}). A
 * store in memory belongs to the linked component: its instances share it, and it outlives each of them. A store in a file
 * belongs to everyone who is granted the file. Without a grant, a component that imports it does not link; a store that is
 * not granted answers `access-denied`, and what is beyond a bound `other`, with the bound in its text.
 *
 * A grant that is not of this form fails `host.link` with `E_GRANT_INVALID`.
 *
 * Values live in the host: each call suspends the guest. So start functions cannot call it.
 *
 * @example
 * host.link(component, { grants: { keyValue: { stores: { default: 'memory' } } } })
 */
export function keyValue({ openFile }: KeyValueOptions = {}): Capability {
  return {
    name: CAPABILITY,
    interfaces: KEY_VALUE_INTERFACES,
    configure(grant): Configured {
      const common = { mayWait: true, guestPart: CAPABILITY };
      if (grant === undefined) {
        const settings: KeyValueSettings = { bounds: DEFAULT_STORE_BOUNDS };
        const denial = (): Denial => ({ reason: 'it is not granted', fix: `grant it with \`${SHAPE}\`` });
        return { ...common, denial, prepare: () => ({ settings }) };
      }
      const { bounds, stores } = policyOf(grant, openFile);
      const settings: KeyValueSettings = { bounds };
      return {
        ...common,
        prepare: (context) => {
          const share = new GuestStores({ bounds, stores, context });
          return { settings, operations: share.operations(), [Symbol.dispose]: () => share[Symbol.dispose]() };
        },
      };
    },
  };
}

interface Policy {
  readonly bounds: StoreBounds;
  readonly stores: ReadonlyMap<string, SharedStore>;
}

function policyOf(grant: unknown, openFile: KeyValueOptions['openFile']): Policy {
  const names = Object.keys(DEFAULT_STORE_BOUNDS) as (keyof StoreBounds)[];
  const fields = new GrantFields(CAPABILITY, grant, { known: ['stores', ...names], shape: SHAPE });
  const bounds = Object.fromEntries(
    names.map((name) => [name, fields.count(name, DEFAULT_STORE_BOUNDS[name])]),
  ) as unknown as StoreBounds;
  const stores = new GrantFields(CAPABILITY, fields.raw('stores'), { shape: SHAPE, path: 'stores' });
  return {
    bounds,
    stores: new Map(stores.names.map((name) => [name, storeOf({ name, store: stores.raw(name), bounds, openFile })])),
  };
}

interface StoreGrant {
  readonly openFile: KeyValueOptions['openFile'];
  readonly name: string;
  readonly store: unknown;
  readonly bounds: StoreBounds;
}

function storeOf({ name, store, bounds, openFile }: StoreGrant): SharedStore {
  if (store === 'memory') {
    let kept: MemoryStore | undefined;
    return new SharedStore(() => (kept ??= new MemoryStore(bounds)), 'keep');
  }
  const [shape, path] = [`${name}: 'memory'`, `stores.${name}`];
  const file = new GrantFields(CAPABILITY, store, { known: ['file'], shape, path }).text('file');
  if (!file || file.includes('\0'))
    throw grantInvalid({ capability: CAPABILITY, why: `its ${path} names no file`, fix: `write it as \`${shape}\`` });
  if (!openFile)
    throw grantInvalid({
      capability: CAPABILITY,
      why: `its ${path} is a file, and this host keeps no stores in files`,
      fix: `write it as \`${shape}\``,
    });
  return new SharedStore(() => openFile(file, bounds), 'close');
}
