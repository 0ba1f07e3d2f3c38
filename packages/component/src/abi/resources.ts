import { handleGone, importThrew } from '../errors.ts';
import { type Misfit, misfit } from './codec.ts';
import type { HandleObjects, Lease, ResourceRuntime } from './handles.ts';
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

function gone(why: string): Misfit {
  return { path: '', why, isGone: true };
}

/** Where an object keeps its handle. A symbol, since the resource's own methods may have any name. */
const HANDLE = Symbol('loophost.handle');

interface WithHandle {
  [HANDLE]?: GuestHandle;
}

/** An instance of a guest's resource as the host sees it. Its class gets the resource's methods. */
export class GuestResource {
  /** Gives an owned handle back to the guest, which destroys the resource. Does nothing the second time. */
  [Symbol.dispose](): void {
    const handle = GuestResource.handleOf(this);
    if (!handle || handle.isGone) return;
    handle.isGone = true;
    if (handle.isOwn) handle.resource.destroy(handle.rep, undefined);
  }

  static adopt(object: GuestResource, handle: GuestHandle): void {
    Object.defineProperty(object, HANDLE, { value: handle });
  }

  static handleOf(value: unknown): GuestHandle | undefined {
    return value instanceof GuestResource ? (value as WithHandle)[HANDLE] : undefined;
  }
}

/** A resource type that a guest defined (`resource` in a component). */
export function guestResource(
  name: string,
  owner: InstanceState,
  destructor: CoreFunction | undefined,
): ResourceRuntime {
  const objects = new GuestObjects();
  const resource: ResourceRuntime = {
    name,
    owner,
    objects,
    destroy: (rep: number, caller: InstanceState | undefined) => destroyGuest(owner, destructor, rep, caller),
  };
  objects.resource = resource;
  return resource;
}

class GuestObjects implements HandleObjects {
  prototype: object = GuestResource.prototype;
  resource: ResourceRuntime | undefined;

  private get name(): string {
    return this.resource?.name ?? '';
  }

  toObject(rep: number, lease: Lease | undefined): object {
    const object = Object.create(this.prototype) as GuestResource;
    const handle = {
      resource: this.resource as ResourceRuntime,
      rep,
      isOwn: lease === undefined,
      isGone: false,
      checkedIn: -1,
      isMoving: false,
    };
    GuestResource.adopt(object, handle);
    lease?.onEnd.push(() => (handle.isGone = true));
    return object;
  }

  refuse(value: unknown, isOwn: boolean): Misfit | undefined {
    const handle = GuestResource.handleOf(value);
    const { name, resource } = this;
    if (!handle || handle.resource !== resource) return misfit(`resource ${name}`, value);
    if (handle.isGone) return gone(`resource ${name} was disposed, moved or has ended`);
    if (isOwn && !handle.isOwn) return { path: '', why: `expected an owned resource ${name}, got a borrowed one` };
    const checks = resource.owner?.store.checks ?? 0;
    if (handle.checkedIn === checks && (isOwn || handle.isMoving))
      return gone(`resource ${name} is moved by the same call`);
    handle.checkedIn = checks;
    handle.isMoving = isOwn;
    return undefined;
  }

  take(value: object, isOwn: boolean): number {
    const handle = GuestResource.handleOf(value);
    if (!handle || handle.isGone) throw handleGone({ function: this.name }, 'the handle is gone');
    if (isOwn) handle.isGone = true;
    return handle.rep;
  }
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
export function hostResource(name: string, Class: (new (...args: never[]) => object) | undefined): ResourceRuntime {
  const objects = new HostObjects(name, Class);
  return { name, owner: undefined, objects, destroy: (rep) => objects.destroy(rep) };
}

class HostObjects implements HandleObjects {
  private readonly name: string;
  readonly Class: (new (...args: never[]) => object) | undefined;
  private readonly live = new Map<number, object>();
  private nextRep = 1;

  constructor(name: string, Class: (new (...args: never[]) => object) | undefined) {
    this.name = name;
    this.Class = Class;
  }

  toObject(rep: number, lease: Lease | undefined): object {
    const object = this.live.get(rep) as object;
    if (!lease) this.live.delete(rep);
    return object;
  }

  refuse(value: unknown): Misfit | undefined {
    const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
    if (isObject && (!this.Class || value instanceof this.Class)) return undefined;
    return misfit(`resource ${this.name}${this.Class ? ` (an instance of ${this.Class.name})` : ''}`, value);
  }

  take(value: object, isOwn: boolean, lease: Lease | undefined): number {
    const rep = this.nextRep++;
    this.live.set(rep, value);
    if (!isOwn) lease?.onEnd.push(() => this.live.delete(rep));
    return rep;
  }

  destroy(rep: number): void {
    const object = this.live.get(rep) as { [Symbol.dispose]?(): void } | undefined;
    this.live.delete(rep);
    object?.[Symbol.dispose]?.();
  }
}

/** `canon resource.new`, `resource.drop` and `resource.rep` as core functions. */
export function resourceBuiltin(
  op: 'resource.new' | 'resource.drop' | 'resource.rep',
  instance: InstanceState,
  resource: ResourceRuntime,
): CoreFunction {
  const { store, handles } = instance;
  switch (op) {
    case 'resource.new':
      return (rep) => {
        instance.checkLeave();
        return handles.add(store, {
          type: resource,
          rep: (rep as number) | 0,
          isOwn: true,
          lease: undefined,
          lends: 0,
        });
      };
    case 'resource.drop':
      return (index) => {
        instance.checkLeave();
        const handle = handles.remove(store, index as number, resource);
        if (handle.isOwn) destroyFor(instance, resource, handle.rep);
        else if (handle.lease) handle.lease.borrows--;
      };
    case 'resource.rep':
      return (index) => handles.typed(store, index as number, resource).rep;
  }
}

/** Destroys a resource that a guest dropped. A host's disposer that throws is the host's fault. */
function destroyFor(instance: InstanceState, resource: ResourceRuntime, rep: number): void {
  if (resource.owner) return resource.destroy(rep, instance);
  const { store } = instance;
  try {
    resource.destroy(rep, instance);
  } catch (thrown) {
    store.raise(importThrew(`[resource-drop]${resource.name}`, thrown));
  }
  // The host may have disposed of the instance meanwhile.
  if (store.trapped) store.raise(store.trapped);
}
