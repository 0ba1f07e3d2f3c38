import { ComponentError, type FuncType, isComponentError, suspending, type ValueType } from '@loophost/component';
import type { GuestPart, GuestRealm } from '../capability.ts';
import { resourceGone } from '../errors.ts';
import { swapArguments, swapResources } from '../values.ts';
import { type HandleRef, isHandleRef } from './handle-ref.ts';
import { casesOf, operationTypes } from './operation-types.ts';

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
type RemoteObject = HandleRef;

/** How many objects guests constructed here: one range of numbers, so that none passes for another of its guest. */
let constructed = 0;

class RemoteProvider {
  private readonly realm: GuestRealm;
  private readonly settings: RemoteSettings;
  private readonly classes: ReadonlyMap<string, RemoteClass>;
  private readonly types: ReadonlyMap<string, FuncType>;

  constructor(realm: GuestRealm, settings: RemoteSettings) {
    this.realm = realm;
    this.settings = settings;
    this.types = operationTypes(realm.imports, settings);
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
    const type = this.types.get(operation);
    const { ok, err } = casesOf(type);
    const revive = (value: unknown): unknown => this.revive(value, ok);
    const fail = (thrown: unknown): never => {
      throw isComponentError(thrown) ? new ComponentError(this.revive(thrown.payload, err), thrown.message) : thrown;
    };
    return suspending(function (this: unknown, ...args: unknown[]): unknown {
      const all = isMethod ? [this, ...args] : args;
      return realm.ask(operation, ...bare(all, type)).then(revive, fail);
    });
  }

  private remoteClass(id: string, { methods, statics }: RemoteMembers): RemoteClass {
    const { realm } = this;
    const type = this.types.get(`${id}#new`);
    const Remote = class implements RemoteObject {
      readonly $handle: number;

      constructor(...args: unknown[]) {
        const [first] = args;
        if (first instanceof Revived) {
          this.$handle = first.handle;
          return;
        }
        // Constructors cannot wait: the number is chosen here, from the far end, and the host hears of it in order.
        this.$handle = -++constructed;
        realm.tell(`${id}#new`, this.$handle, ...bare(args, type));
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

  /** Puts objects in the place of their numbers. */
  private revive(value: unknown, type: ValueType | undefined): unknown {
    if (!type) return value;
    return swapResources(value, type, (ref) => {
      const Class = isHandleRef(ref) && this.classes.get((ref as { $class?: string }).$class ?? '');
      return Class ? new Class(new Revived(ref.$handle)) : ref;
    });
  }
}

/** Tells a class that it is made for a resource that the host has already. */
class Revived {
  readonly handle: number;

  constructor(handle: number) {
    this.handle = handle;
  }
}

/** Arguments with numbers in the place of objects, as messages carry them. */
function bare(args: readonly unknown[], type: FuncType | undefined): unknown[] {
  return swapArguments(args, type, (object) => {
    if (!isHandleRef(object)) throw resourceGone('it is of a capability whose resources stay where the guest runs');
    return { $handle: object.$handle };
  });
}
