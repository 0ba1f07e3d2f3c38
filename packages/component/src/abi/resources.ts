import { handleGone, importThrew } from '../errors.ts';
import { isObject, misfit, type Misfit } from './codec.ts';
import type { HostClass, ResourceRuntime } from './handles.ts';
import { type CoreFunction } from './calls.ts';
import type { InstanceState } from './store.ts';

/** What an object stands for that the host holds for a guest's resource. */
interface GuestHandle {
  readonly resource: ResourceRuntime;
  readonly rep: number;
  readonly isOwn: boolean;
  isGone: boolean;
  /** The check that found it last among a call's values, and whether the call moves it. */
  checkedIn: number;
  isMoving: boolean;
}

/** Where an object keeps its handle. A symbol, since the resource's own methods may have any name. */
const HANDLE = Symbol('loophost.handle');

function handleOf(value: unknown): GuestHandle | undefined {
  return value instanceof GuestResource ? (value as { [HANDLE]?: GuestHandle })[HANDLE] : undefined;
}

/** An instance of a guest's resource as the host sees it. Its class gets the resource's methods. */
export class GuestResource {
  /** Gives an owned handle back to the guest, which destroys the resource. Does nothing the second time. */
  [Symbol.dispose](): void {
    const handle = handleOf(this);
    if (!handle || handle.isGone) return;
    handle.isGone = true;
    if (handle.isOwn) handle.resource.destroy(handle.rep, undefined);
  }
}

/** A resource type that a guest defined (`resource` in a component). */
export function guestResource(
  name: string,
  owner: InstanceState,
  destructor: CoreFunction | undefined,
): ResourceRuntime {
  const resource: ResourceRuntime = {
    name,
    owner,
    prototype: GuestResource.prototype as object,
    destroy: (rep, caller) => destroyGuest(owner, destructor, rep, caller),
    toObject: (rep, lease) => {
      const handle: GuestHandle = { resource, rep, isOwn: !lease, isGone: false, checkedIn: -1, isMoving: false };
      lease?.onEnd.push(() => (handle.isGone = true));
      return Object.defineProperty(Object.create(resource.prototype ?? null) as object, HANDLE, { value: handle });
    },
    refuse: (value, isOwn) => {
      const handle = handleOf(value);
      const what = `resource ${resource.name}`;
      if (handle?.resource !== resource) return misfit(what, value);
      const { checks } = owner.store;
      const gone = (why: string): Misfit => ({ path: '', why: `${what} ${why}`, isGone: true });
      if (handle.isGone) return gone('was disposed, moved or has ended');
      if (isOwn && !handle.isOwn) return { path: '', why: `expected an owned ${what}, got a borrowed one` };
      if (handle.checkedIn === checks && (isOwn || handle.isMoving)) return gone('is moved by the same call');
      handle.checkedIn = checks;
      handle.isMoving = isOwn;
      return undefined;
    },
    take: (value, isOwn) => {
      const handle = handleOf(value);
      if (!handle || handle.isGone) throw handleGone({ function: resource.name }, 'the handle is gone');
      handle.isGone = isOwn;
      return handle.rep;
    },
  };
  return resource;
}

/**
 * Runs a destructor as a call into its instance (definitions.py, `canon_resource_drop`). From the host it waits until
 * the instance can be entered; what a dead instance owned is gone already.
 */
function destroyGuest(
  owner: InstanceState,
  destructor: CoreFunction | undefined,
  rep: number,
  caller: InstanceState | undefined,
): void {
  const { store } = owner;
  const entered = owner.enteredFrom(caller);
  if (!caller && (store.trapped || store.isDisposed)) return;
  if (entered.some((instance) => !instance.mayEnter)) {
    if (caller) store.trap('E_TRAP_CANNOT_ENTER');
    else store.defer(() => destroyGuest(owner, destructor, rep, undefined));
    return;
  }
  if (!destructor) return;
  for (const instance of entered) instance.mayEnter = false;
  const { canSuspend } = store;
  store.canSuspend = false;
  try {
    destructor(rep);
  } catch (thrown) {
    if (caller) store.rethrow(thrown);
    throw store.fail(thrown);
  }
  if (store.trapped && !caller) throw store.fail(store.trapped);
  store.canSuspend = canSuspend;
  for (const instance of entered) instance.mayEnter = true;
}

/** A resource type that the host implements, with a class of its own. */
export function hostResource(name: string, Class: HostClass | undefined): ResourceRuntime {
  const live = new Map<number, object>();
  let nextRep = 1;
  return {
    name,
    owner: undefined,
    Class,
    destroy: (rep) => {
      const object = live.get(rep) as Partial<Disposable> | undefined;
      live.delete(rep);
      object?.[Symbol.dispose]?.();
    },
    toObject: (rep, lease) => {
      const object = live.get(rep) as object;
      if (!lease) live.delete(rep);
      return object;
    },
    refuse: (value) => {
      if ((isObject(value) || typeof value === 'function') && (!Class || value instanceof Class)) return undefined;
      return misfit(`resource ${name}${Class ? ` (an instance of ${Class.name})` : ''}`, value);
    },
    take: (value, isOwn, lease) => {
      const rep = nextRep++;
      live.set(rep, value);
      if (!isOwn) lease?.onEnd.push(() => live.delete(rep));
      return rep;
    },
  };
}

/** `canon resource.new`, `resource.drop` and `resource.rep` as core functions. */
export function resourceBuiltin(
  op: 'resource.new' | 'resource.drop' | 'resource.rep',
  instance: InstanceState,
  resource: ResourceRuntime,
): CoreFunction {
  const { handles } = instance;
  switch (op) {
    case 'resource.new':
      return (rep) => {
        instance.checkLeave();
        return handles.add({ type: resource, rep: (rep as number) | 0, isOwn: true, lease: undefined, lends: 0 });
      };
    case 'resource.drop':
      return (index) => {
        instance.checkLeave();
        const handle = handles.remove(index as number, resource);
        if (handle.isOwn) destroyFor(instance, resource, handle.rep);
        else if (handle.lease) handle.lease.borrows--;
      };
    case 'resource.rep':
      return (index) => handles.typed(index as number, resource).rep;
  }
}

/** Destroys a resource that a guest dropped. A host's disposer that throws is the host's fault. */
function destroyFor(instance: InstanceState, resource: ResourceRuntime, rep: number): void {
  const { store } = instance;
  try {
    resource.destroy(rep, instance);
  } catch (thrown) {
    if (resource.owner) throw thrown;
    store.raise(importThrew(`[resource-drop]${resource.name}`, thrown));
  }
  // The host may have disposed of the instance meanwhile.
  if (store.trapped) store.raise(store.trapped);
}
