import { ComponentError, type FuncType, isComponentError, type ValueType } from '@loophost/component';
import type { HostContext, Operation, Prepared } from './capability.ts';
import { isReadably, providerFailed, resourceGone } from './errors.ts';
import { isHandleRef } from './guest/handle-ref.ts';
import { casesOf, operationTypes } from './guest/operation-types.ts';
import type { HeldObjects } from './held-objects.ts';
import type { AnyClass, AnyFunction, ProviderShape } from './provider-shape.ts';
import { swapArguments, swapResources } from './values.ts';

/** Finds the embedder's code that an operation runs with these arguments. What it throws itself is the host's. */
type Choose = (args: readonly unknown[]) => () => unknown;

/** Makes what one guest needs of an embedder's functions and classes. */
export function prepareProvider({ settings, functions, classes }: ProviderShape, context: HostContext): Prepared {
  const types = operationTypes(context.imports, settings);
  const { objects } = context;
  const provider = new PreparedProvider(classes, objects);
  const operations: Record<string, Operation> = {};
  const add = (name: string, choose: Choose): void => {
    operations[name] = provider.operation(name, choose, types.get(name));
  };
  for (const [name, fn] of functions) add(name, (args) => () => fn(...args));
  for (const [Class, id] of classes) {
    const { methods = [], statics = [] } = settings.classes[id] ?? {};
    operations[`${id}#new`] = provider.constructing(Class, id, types.get(`${id}#new`));
    operations[`${id}#drop`] = (handle: number) => objects.drop(handle);
    for (const key of methods) add(`${id}.${key}`, ([self, ...args]) => methodOf(Class, self, key, args));
    for (const key of statics) add(`${id}:${key}`, (args) => () => Class[key]?.(...args));
  }
  return { settings, operations };
}

function methodOf(Class: AnyClass, self: unknown, key: string, args: readonly unknown[]): () => unknown {
  if (!(self instanceof Class)) throw resourceGone('it is of another class');
  return () => (self as unknown as Record<string, AnyFunction>)[key]?.(...args);
}

/** An embedder's functions and classes as one guest calls them. */
class PreparedProvider {
  private readonly classes: ReadonlyMap<unknown, string>;
  private readonly objects: HeldObjects;

  constructor(classes: ReadonlyMap<AnyClass, string>, objects: HeldObjects) {
    this.classes = classes;
    this.objects = objects;
  }

  /** An operation that takes and gives objects by their numbers. */
  operation(name: string, choose: Choose, type: FuncType | undefined): Operation {
    const { ok, err } = casesOf(type);
    return async (...args: readonly unknown[]) => {
      const run = choose(this.receive(args, type));
      let value: unknown;
      try {
        value = await run();
      } catch (thrown) {
        // Another component that the provider calls may have failed: what it says of that one is not for this one.
        if (!isReadably(isComponentError, thrown)) throw providerFailed(name, thrown);
        const { payload, message } = thrown;
        throw new ComponentError(this.give(payload, err), message);
      }
      return this.give(value, ok);
    };
  }

  /** The number of the new object comes from the guest, which does not wait for it. */
  constructing(Class: AnyClass, id: string, type: FuncType | undefined): Operation {
    return (handle: number, ...args: readonly unknown[]) => {
      const received = this.receive(args, type);
      this.objects.construct(handle, id, () => {
        try {
          return new Class(...received);
        } catch (thrown) {
          throw providerFailed(id, thrown);
        }
      });
    };
  }

  /** What the guest lends stays with it; what it gives away is the embedder's from now on. */
  private receive(args: readonly unknown[], type: FuncType | undefined): unknown[] {
    return swapArguments(args, type, (ref, { kind }) => this.find(ref, kind));
  }

  private find(ref: unknown, kind: ValueType['kind']): unknown {
    if (!isHandleRef(ref)) return ref;
    const object = this.objects.get(ref.$handle);
    if (!object) throw resourceGone('the guest does not hold it');
    if (this.idOf(object) === undefined)
      throw resourceGone(
        'it is of a class that the provider that it is passed to does not know',
        'give that provider the class too',
      );
    if (kind === 'own') this.objects.forget(ref.$handle);
    return object;
  }

  private give(value: unknown, type: ValueType | undefined): unknown {
    return type ? swapResources(value, type, (object) => this.keep(object)) : value;
  }

  /** What is of none of the classes is for the engine to refuse. */
  private keep(object: unknown): unknown {
    const $class = this.idOf(object);
    return $class === undefined ? object : { $handle: this.objects.keep(object as object, $class), $class };
  }

  /** The closest of the classes that an object is of. */
  private idOf(object: unknown): string | undefined {
    if (typeof object !== 'object' || object === null) return undefined;
    let id: string | undefined;
    for (let at: unknown = object; at && id === undefined; at = Object.getPrototypeOf(at))
      id = this.classes.get((at as { constructor?: unknown }).constructor);
    return id;
  }
}
