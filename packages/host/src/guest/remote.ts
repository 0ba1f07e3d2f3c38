import { ComponentError, isComponentError, suspending } from '@loophost/component';
import type { GuestPart, GuestRealm } from '../capability.ts';
import { isHandleRef } from './handle-ref.ts';

/** What of an embedder's providers the guest's realm must know: names alone. */
export interface RemoteSettings {
  readonly interfaces: Readonly<Record<string, RemoteInterface>>;
  /** The classes of all interfaces, by the names that messages call them by. */
  readonly classes: Readonly<Record<string, RemoteMembers>>;
}

export interface RemoteInterface {
  /** Names of the functions. */
  readonly functions: readonly string[];
  /** The classes among `RemoteSettings.classes` that the interface has, by its own names. */
  readonly classes: Readonly<Record<string, string>>;
  /** The provider is a function itself, which the world imports. */
  readonly isFunction: boolean;
}

interface RemoteMembers {
  readonly methods: readonly string[];
  readonly statics: readonly string[];
}

type AnyFunction = (...args: never[]) => unknown;
type RemoteClass = new (...args: unknown[]) => RemoteObject;

/** Serves the interfaces of an embedder: each call suspends the guest, and runs where the embedder's functions are. */
export const remotePart: GuestPart = {
  link: (settings, realm) => ({ imports: new RemoteProvider(realm, settings as RemoteSettings).imports() }),
};

/** Instances of a class of the host, as guests hold them. */
interface RemoteObject {
  readonly $handle: number;
}

class RemoteProvider {
  private readonly realm: GuestRealm;
  private readonly settings: RemoteSettings;
  private readonly classes: ReadonlyMap<string, RemoteClass>;
  /** Objects of all classes share one range of numbers, so that none passes for another. */
  private constructed = 0;

  constructor(realm: GuestRealm, settings: RemoteSettings) {
    this.realm = realm;
    this.settings = settings;
    this.classes = new Map(
      Object.entries(settings.classes).map(([id, members]) => [id, this.remoteClass(id, members)] as const),
    );
  }

  imports(): Record<string, unknown> {
    const interfaces = Object.entries(this.settings.interfaces);
    return Object.fromEntries(interfaces.map(([name, shape]) => [name, this.interfaceOf(name, shape)]));
  }

  private interfaceOf(name: string, { functions, classes, isFunction }: RemoteInterface): unknown {
    if (isFunction) return this.asking(name);
    const members: Record<string, unknown> = {};
    for (const key of functions) members[key] = this.asking(`${name}.${key}`);
    for (const [key, id] of Object.entries(classes)) members[key] = this.classes.get(id);
    return members;
  }

  /** A function that asks the host and gives its answer, in which resources are objects again. */
  private asking(operation: string, isMethod = false): AnyFunction {
    const { realm } = this;
    const revive = (value: unknown): unknown => this.revive(value);
    const fail = (thrown: unknown): never => {
      throw isComponentError(thrown) ? new ComponentError(this.revive(thrown.payload), thrown.message) : thrown;
    };
    return suspending(function (this: unknown, ...args: unknown[]): unknown {
      const all = isMethod ? [this, ...args] : args;
      return realm.ask(operation, ...all.map(bare)).then(revive, fail);
    });
  }

  private remoteClass(id: string, { methods, statics }: RemoteMembers): RemoteClass {
    const { realm } = this;
    const nextHandle = (): number => -++this.constructed;
    const Remote = class implements RemoteObject {
      readonly $handle: number;

      constructor(...args: unknown[]) {
        const [first] = args;
        if (first instanceof Revived) {
          this.$handle = first.handle;
          return;
        }
        // Constructors cannot wait: the number is chosen here, from the far end, and the host hears of it in order.
        this.$handle = nextHandle();
        realm.tell(`${id}#new`, this.$handle, ...args.map(bare));
      }

      [Symbol.dispose](): void {
        realm.tell(`${id}#drop`, this.$handle);
      }
    };
    for (const key of methods)
      Object.defineProperty(Remote.prototype, key, { value: this.asking(`${id}.${key}`, true) });
    for (const key of statics) Object.defineProperty(Remote, key, { value: this.asking(`${id}:${key}`) });
    return Remote;
  }

  private revive(value: unknown): unknown {
    if (this.classes.size === 0 || typeof value !== 'object' || value === null || ArrayBuffer.isView(value))
      return value;
    if (isHandleRef(value)) {
      const Class = this.classes.get((value as unknown as { $class: string }).$class);
      return Class ? new Class(new Revived(value.$handle)) : value;
    }
    if (Array.isArray(value)) return value.map((one) => this.revive(one));
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.revive(one)]));
  }
}

/** Tells a class that it is made for a resource that the host has already. */
class Revived {
  readonly handle: number;

  constructor(handle: number) {
    this.handle = handle;
  }
}

/** A value without classes, as messages carry it. */
function bare(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (isHandleRef(value)) return { $handle: value.$handle };
  if (Array.isArray(value)) return value.map(bare);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, bare(one)]));
}
