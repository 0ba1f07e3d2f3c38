import { suspending } from '@loophost/component';
import type { GuestPart, GuestRealm } from '../capability.ts';
import { isHandleRef } from './handle-ref.ts';

/** What of an embedder's providers the guest's realm must know: names alone. */
export interface RemoteSettings {
  readonly interfaces: Readonly<Record<string, RemoteInterface>>;
}

export interface RemoteInterface {
  /** Names of the functions. */
  readonly functions: readonly string[];
  readonly classes: Readonly<
    Record<string, { readonly methods: readonly string[]; readonly statics: readonly string[] }>
  >;
  /** The provider is a function itself, which the world imports. */
  readonly isFunction: boolean;
}

type AnyFunction = (...args: never[]) => unknown;

/** Serves the interfaces of an embedder: each call suspends the guest, and runs where the embedder's functions are. */
export const remotePart: GuestPart = {
  link(settings, realm) {
    const { interfaces } = settings as RemoteSettings;
    const imports = Object.entries(interfaces).map(([name, shape]) => [
      name,
      new RemoteProvider(realm, name, shape).imports(),
    ]);
    return { imports: Object.fromEntries(imports) as Record<string, unknown> };
  },
};

/** Instances of a class of the host, as guests hold them. */
interface RemoteObject {
  readonly $handle: number;
}

class RemoteProvider {
  private readonly realm: GuestRealm;
  private readonly name: string;
  private readonly shape: RemoteInterface;
  private readonly classes = new Map<string, new (...args: unknown[]) => RemoteObject>();

  constructor(realm: GuestRealm, name: string, shape: RemoteInterface) {
    this.realm = realm;
    this.name = name;
    this.shape = shape;
  }

  imports(): unknown {
    const { functions, classes, isFunction } = this.shape;
    if (isFunction) return this.asking(this.name);
    const members: Record<string, unknown> = {};
    for (const name of functions) members[name] = this.asking(`${this.name}.${name}`);
    for (const name of Object.keys(classes)) members[name] = this.remoteClass(name);
    return members;
  }

  /** A function that asks the host and gives its answer, in which resources are objects again. */
  private asking(operation: string, isMethod = false): AnyFunction {
    const { realm } = this;
    const revive = (value: unknown): unknown => this.revive(value);
    return suspending(function (this: unknown, ...args: unknown[]): unknown {
      const all = isMethod ? [this, ...args] : args;
      return realm.ask(operation, ...all.map(bare)).then(revive);
    });
  }

  private remoteClass(name: string): new (...args: unknown[]) => RemoteObject {
    const { realm } = this;
    const prefix = `${this.name}.${name}`;
    const Remote = class implements RemoteObject {
      readonly $handle: number;

      constructor(...args: unknown[]) {
        const [first] = args;
        if (first instanceof Revived) {
          this.$handle = first.handle;
          return;
        }
        // Constructors cannot wait: the number is chosen here, from the far end, and the host hears of it in order.
        this.$handle = -++constructed.count;
        realm.tell(`${prefix}#new`, this.$handle, ...args.map(bare));
      }

      [Symbol.dispose](): void {
        realm.tell(`${prefix}#drop`, this.$handle);
      }
    };
    const constructed = { count: 0 };
    const { methods = [], statics = [] } = this.shape.classes[name] ?? {};
    for (const method of methods)
      Object.defineProperty(Remote.prototype, method, { value: this.asking(`${prefix}.${method}`, true) });
    for (const method of statics) Object.defineProperty(Remote, method, { value: this.asking(`${prefix}:${method}`) });
    this.classes.set(name, Remote);
    return Remote;
  }

  private revive(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
    if (isHandleRef(value)) {
      const Class = this.classes.get((value as unknown as { $class: string }).$class);
      return Class ? new Class(new Revived(value.$handle)) : value;
    }
    if (this.classes.size === 0) return value;
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
