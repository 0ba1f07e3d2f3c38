import type { FuncType, ValueType } from '@loophost/component';
import { resourceGone } from './errors.ts';
import type { Guest } from './executor.ts';
import { type HandleRef, isHandleRef } from './guest/handle-ref.ts';
import type { LiveCounter } from './live.ts';
import { swapResources } from './values.ts';

/** What the host holds of one resource. */
class Hold {
  readonly owner: HeldResources;
  private readonly handle: number;
  /** `moving`: a call passes it to the guest as owned, and the guest may still refuse the call. */
  private state: 'held' | 'moving' | 'gone' = 'held';
  private isUnwanted = false;

  constructor(owner: HeldResources, handle: number) {
    this.owner = owner;
    this.handle = handle;
  }

  lend(): HandleRef {
    if (this.state === 'moving') throw resourceGone('another call, or the same one, passes it on as owned');
    if (this.state === 'gone') throw resourceGone('it is disposed of, was passed on as owned, or its guest has ended');
    return { $handle: this.handle };
  }

  beginMove(): HandleRef {
    const ref = this.lend();
    this.state = 'moving';
    return ref;
  }

  endMove(isTaken: boolean): void {
    if (this.state !== 'moving') return;
    this.state = 'held';
    if (isTaken) this.release();
    else if (this.isUnwanted) this.dispose();
  }

  dispose(): void {
    this.isUnwanted = true;
    if (this.state === 'held' && this.release()) this.owner.drop(this.handle);
  }

  release(): boolean {
    if (this.state === 'gone') return false;
    this.state = 'gone';
    this.owner.forget(this);
    return true;
  }
}

let wrap: (hold: Hold) => GuestResource;
let holdOf: (resource: GuestResource) => Hold;

/** A resource of a guest, held by the host: pass it to the functions of its instance. Dispose of it when done. */
export class GuestResource implements Disposable {
  readonly #hold: Hold;

  private constructor(hold: Hold) {
    this.#hold = hold;
  }

  static {
    wrap = (hold) => new GuestResource(hold);
    holdOf = (resource) => resource.#hold;
  }

  /**
   * Gives it back to its guest, after the calls of an instance that it was passed to. The destructor has the instance's
   * `limits.timeoutMs` to run.
   */
  [Symbol.dispose](): void {
    this.#hold.dispose();
  }
}

/** Arguments of a call as its guest takes them. */
interface Passed {
  readonly args: readonly unknown[];
  /** To be told when the call has ended, whether the guest took what was passed as owned. Else it stays with the host. */
  settle(isTaken: boolean): void;
}

/** The resources of one guest that the host holds. */
export class HeldResources {
  private readonly holds = new Set<Hold>();
  private readonly guest: Guest;
  private readonly live: LiveCounter;
  readonly drop: (handle: number) => void;

  constructor(guest: Guest, live: LiveCounter, drop: (handle: number) => void) {
    this.guest = guest;
    this.live = live;
    this.drop = drop;
  }

  /** Turns resources among arguments into the numbers that the guest's realm knows them by. */
  pass({ params }: FuncType, args: readonly unknown[]): Passed {
    if (!params.some(({ type }) => type.shape.hasResource)) return { args, settle: () => undefined };
    const moving: Hold[] = [];
    const settle = (isTaken: boolean): void => {
      for (const hold of moving) hold.endMove(isTaken);
    };
    const refOf = (value: unknown, { kind }: ValueType): unknown => {
      // What is no resource is for the engine to refuse, by its place in the arguments.
      if (!(value instanceof GuestResource)) return isHandleRef(value) ? {} : value;
      const hold = holdOf(value);
      if (hold.owner !== this) throw resourceGone('its guest has ended, or it belongs to another instance');
      if (kind === 'borrow') return hold.lend();
      const ref = hold.beginMove();
      moving.push(hold);
      return ref;
    };
    try {
      return { args: args.map((arg, i) => (params[i] ? swapResources(arg, params[i].type, refOf) : arg)), settle };
    } catch (thrown) {
      settle(false);
      throw thrown;
    }
  }

  /** Turns the numbers in a value of the guest into resources. */
  adopt(value: unknown, type: ValueType | undefined): unknown {
    return type?.shape.hasResource ? swapResources(value, type, (ref) => this.hold(ref)) : value;
  }

  private hold(ref: unknown): unknown {
    if (!isHandleRef(ref)) return ref;
    const hold = new Hold(this, ref.$handle);
    this.holds.add(hold);
    this.live.handles++;
    if (this.guest.hasEnded) hold.release();
    return wrap(hold);
  }

  forget(hold: Hold): void {
    if (this.holds.delete(hold)) this.live.handles--;
  }

  /** Whatever ends the guest ends its resources. */
  end(): void {
    for (const hold of this.holds) hold.release();
  }
}
