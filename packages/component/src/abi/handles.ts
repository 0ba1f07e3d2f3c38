import { importThrew } from '../errors.ts';
import type { LoopError } from '../loop-error.ts';
import type { Misfit } from './codec.ts';
import type { InstanceState, Store } from './store.ts';

/** A resource type at run time, made by one instance or by the host (definitions.py, `ResourceType`). */
export interface ResourceRuntime {
  /** The name it is exported or imported by, or a number. */
  name: string;
  /** The instance that defined it, or undefined when it is the host's. */
  readonly owner: InstanceState | undefined;
  /** The host's class, when the host implements the resource and has one. */
  readonly Class?: HostClass | undefined;
  /** What host objects of a guest's resource inherit from. */
  prototype?: object;
  /** Destroys what the representation stands for, once the last owned handle is dropped. */
  destroy(rep: number, caller: InstanceState | undefined): void;
  /** Gives the host an object for a handle. `lease` ends when the call ends that lent the handle. */
  toObject(rep: number, lease: Lease | undefined): object;
  /** Says why a value of the host cannot be used as a handle of this type, or gives undefined when it can. */
  refuse(value: unknown, isOwn: boolean): Misfit | undefined;
  /** Takes the representation out of an object; an owned one cannot be used by the host afterwards. */
  take(value: object, isOwn: boolean, lease: Lease | undefined): number;
}

export type HostClass = new (...args: never[]) => object;

/** What is borrowed for the duration of one call, and ends with it. */
export interface Lease {
  /** Borrowed handles in the callee's table that are not dropped yet (definitions.py, `Task.num_borrows`). */
  borrows: number;
  /** Run when the call has ended. */
  readonly onEnd: (() => void)[];
}

export interface Handle {
  readonly type: ResourceRuntime;
  readonly rep: number;
  readonly isOwn: boolean;
  readonly lease: Lease | undefined;
  lends: number;
}

/** definitions.py, `Table.MAX_LENGTH`. */
const MAX_HANDLES = 2 ** 28 - 1;

/** A component instance's handle table. Freed indices are used again, last freed first; index 0 is never valid. */
export class HandleTable {
  private readonly entries: (Handle | undefined)[] = [undefined];
  private readonly free: number[] = [];
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  add(handle: Handle): number {
    const { store } = this;
    const index = this.free.pop() ?? this.entries.length;
    const { maxHandles } = store.limits;
    if (store.handles++ >= maxHandles || index > MAX_HANDLES)
      store.trap('E_TRAP_HANDLE_LIMIT', `maxHandles is ${maxHandles}`);
    this.entries[index] = handle;
    return index;
  }

  /** Looks a handle up as one of a given type. */
  typed(core: number, type: ResourceRuntime): Handle {
    const { store } = this;
    const index = core >>> 0;
    const handle = this.entries[index] ?? store.trap('E_TRAP_UNKNOWN_HANDLE', `${index}`);
    if (handle.type === type) return handle;
    return store.trap(
      'E_TRAP_HANDLE_TYPE',
      `handle index ${index} is a "${handle.type.name}", expected a "${type.name}"`,
    );
  }

  /** Takes a handle out of the table. It must not be lent to a call that still runs. */
  remove(core: number, type: ResourceRuntime): Handle {
    const handle = this.typed(core, type);
    const index = core >>> 0;
    if (handle.lends > 0) this.store.trap('E_TRAP_HANDLE_LENT', `handle index ${index}`);
    this.entries[index] = undefined;
    this.free.push(index);
    this.store.handles--;
    return handle;
  }

  /** Destroys what the host owns behind this table's handles, and empties the table. Adds what the destructors throw. */
  releaseHostOwned(problems: LoopError[]): void {
    for (const handle of this.entries.splice(1)) {
      if (!handle?.isOwn || handle.type.owner) continue;
      try {
        handle.type.destroy(handle.rep, undefined);
      } catch (thrown) {
        problems.push(importThrew(`[resource-drop]${handle.type.name}`, thrown));
      }
    }
    this.free.length = 0;
  }
}
