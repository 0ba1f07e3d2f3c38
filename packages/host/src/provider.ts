import { isComponentError, isLoopError } from '@loophost/component';
import type { Capability, Operation, Prepared, TrustClass } from './capability.ts';
import { grantInvalid, handlesExceeded, providerFailed, resourceGone } from './errors.ts';
import { isHandleRef } from './guest/handle-ref.ts';
import type { RemoteInterface, RemoteSettings } from './guest/remote.ts';
import { DEFAULT_HOST_LIMITS } from './limits.ts';

/** Functions by name in camelCase, and classes of resources by name in PascalCase; or one function. */
export type Provider = Readonly<Record<string, unknown>> | ((...args: never[]) => unknown);

export interface ProviderOptions {
  /** As grants name it. */
  readonly name: string;
  /** What serves each import, by its exact name: `acme:kv/store@1.0.0`. */
  readonly interfaces: Readonly<Record<string, Provider>>;
  /** Whether only components with a grant of this name (any value but undefined) are served. Default true. */
  readonly needsGrant?: boolean;
  /** Default `untrusted`. */
  readonly trust?: TrustClass;
}

type AnyFunction = (...args: unknown[]) => unknown;
type AnyClass = (new (...args: unknown[]) => object) & Record<string, AnyFunction>;

/**
 * Makes a capability from functions of your app. They run in your thread, whatever the executor, and may be asynchronous:
 * the guest is suspended meanwhile. Throw a `ComponentError` for the error case of a `result`.
 *
 * @example
 * provide({ name: 'notes', interfaces: { 'acme:notes/store@1.0.0': { save: async (text) => db.save(text) } } })
 */
export function provide(options: ProviderOptions): Capability {
  const { name, interfaces, needsGrant = true, trust = 'untrusted' } = options;
  const settings: RemoteSettings = {
    interfaces: Object.fromEntries(Object.entries(interfaces).map(([key, provider]) => [key, shapeOf(provider)])),
  };
  return {
    name,
    interfaces: Object.keys(interfaces),
    trust,
    configure: (grant) => {
      if (grant !== undefined && grant !== true)
        throw grantInvalid({ capability: name, why: 'it takes no options', fix: `grant it with \`${name}: true\`` });
      return {
        mayWait: true,
        guestPart: 'remote',
        prepare: (): Prepared => prepare(interfaces, settings),
        ...(needsGrant &&
          grant === undefined && {
            denial: () => ({ reason: 'it is not granted', fix: `grant it with \`${name}: true\`` }),
          }),
      };
    },
  };
}

function isClass(value: unknown): value is AnyClass {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}

function shapeOf(provider: Provider): RemoteInterface {
  if (typeof provider === 'function') return { functions: [], classes: {}, isFunction: true };
  const members = Object.entries(provider);
  const classes = members.filter((member): member is [string, AnyClass] => isClass(member[1]));
  return {
    functions: members.filter(([, value]) => typeof value === 'function' && !isClass(value)).map(([key]) => key),
    classes: Object.fromEntries(
      classes.map(([key, Class]) => [
        key,
        { methods: functionsOf(Class.prototype as object, 'constructor'), statics: functionsOf(Class, 'prototype') },
      ]),
    ),
    isFunction: false,
  };
}

function functionsOf(owner: object, except: string): string[] {
  return Object.getOwnPropertyNames(owner).filter(
    (key) => key !== except && typeof (owner as Record<string, unknown>)[key] === 'function',
  );
}

function prepare(interfaces: ProviderOptions['interfaces'], settings: RemoteSettings): Prepared {
  const held = new HeldObjects();
  const operations: Record<string, Operation> = {};
  for (const [name, provider] of Object.entries(interfaces)) {
    if (typeof provider === 'function') {
      operations[name] = held.operation(name, provider as AnyFunction);
      continue;
    }
    const shape = settings.interfaces[name] as RemoteInterface;
    for (const key of shape.functions)
      operations[`${name}.${key}`] = held.operation(`${name}.${key}`, (provider[key] as AnyFunction).bind(provider));
    for (const key of Object.keys(shape.classes))
      Object.assign(operations, held.operationsOf(`${name}.${key}`, key, provider[key] as AnyClass, shape));
  }
  return { settings, operations, [Symbol.dispose]: () => held[Symbol.dispose]() };
}

/** The objects of an embedder's classes that one guest holds. */
class HeldObjects {
  private readonly objects = new Map<number, object>();
  private readonly classes = new Map<AnyClass, string>();
  private next = 1;

  /** An operation that takes and gives objects by their numbers. */
  operation(name: string, fn: AnyFunction): Operation {
    return async (...args: readonly unknown[]) => {
      try {
        return this.bare(await fn(...args.map((arg) => this.revive(arg))));
      } catch (thrown) {
        if (isComponentError(thrown) || isLoopError(thrown)) throw thrown;
        throw providerFailed(name, thrown instanceof Error ? thrown.message : String(thrown));
      }
    };
  }

  operationsOf(prefix: string, name: string, Class: AnyClass, { classes }: RemoteInterface): Record<string, Operation> {
    this.classes.set(Class, name);
    const { methods = [], statics = [] } = classes[name] ?? {};
    const operations: Record<string, Operation> = {
      [`${prefix}#new`]: (handle: number, ...args: readonly unknown[]) =>
        void this.keep(handle, new Class(...args.map((arg) => this.revive(arg)))),
      [`${prefix}#drop`]: (handle: number) => this.drop(handle),
    };
    for (const key of methods)
      operations[`${prefix}.${key}`] = this.operation(`${prefix}.${key}`, (self, ...args) =>
        ((self as Record<string, AnyFunction>)[key] as AnyFunction).apply(self, args),
      );
    for (const key of statics)
      operations[`${prefix}:${key}`] = this.operation(`${prefix}.${key}`, (Class[key] as AnyFunction).bind(Class));
    return operations;
  }

  private keep(handle: number, object: object): number {
    const { maxHandles } = DEFAULT_HOST_LIMITS;
    if (this.objects.size >= maxHandles) throw handlesExceeded(maxHandles);
    this.objects.set(handle, object);
    return handle;
  }

  private drop(handle: number): void {
    const object = this.objects.get(handle);
    this.objects.delete(handle);
    (object as Partial<Disposable> | undefined)?.[Symbol.dispose]?.();
  }

  private revive(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
    if (isHandleRef(value)) {
      const object = this.objects.get(value.$handle);
      if (!object) throw resourceGone('the guest has dropped it');
      return object;
    }
    if (this.classes.size === 0) return value;
    if (Array.isArray(value)) return value.map((one) => this.revive(one));
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.revive(one)]));
  }

  private bare(value: unknown): unknown {
    if (this.classes.size === 0 || typeof value !== 'object' || value === null || ArrayBuffer.isView(value))
      return value;
    for (const [Class, $class] of this.classes)
      if (value instanceof Class) return { $handle: this.keep(this.next++, value), $class };
    if (Array.isArray(value)) return value.map((one) => this.bare(one));
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.bare(one)]));
  }

  [Symbol.dispose](): void {
    for (const handle of [...this.objects.keys()]) this.drop(handle);
  }
}
