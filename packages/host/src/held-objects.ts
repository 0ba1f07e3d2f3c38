import { ComponentError, type FuncType, isComponentError, type ValueType } from '@loophost/component';
import type { HostContext, Operation, Prepared } from './capability.ts';
import { failureIn, isReadably, resourceGone } from './errors.ts';
import { failureOf } from './events.ts';
import { isHandleRef } from './guest/handle-ref.ts';
import { type AnyClass, type AnyFunction, operationTypes, type ProviderShape } from './provider-shape.ts';
import { swapResources } from './values.ts';

/** Makes what one guest needs of an embedder's functions and classes. */
export function prepareProvider({ settings, functions, classes }: ProviderShape, context: HostContext): Prepared {
  const types = operationTypes(context.imports, settings);
  const held = new HeldObjects(classes, context);
  const operations: Record<string, Operation> = {};
  const add = (name: string, fn: AnyFunction): void => {
    operations[name] = held.operation(name, fn, types.get(name));
  };
  for (const [name, fn] of functions) add(name, fn);
  for (const [Class, id] of classes) {
    const { methods = [], statics = [] } = settings.classes[id] ?? {};
    operations[`${id}#new`] = held.constructing(Class, id, types.get(`${id}#new`));
    operations[`${id}#drop`] = (handle: number) => held.drop(handle);
    for (const key of methods) add(`${id}.${key}`, (self, ...args) => methodOf(Class, self, key).apply(self, args));
    for (const key of statics) add(`${id}:${key}`, (...args) => Class[key]?.(...args));
  }
  return { settings, operations, [Symbol.dispose]: () => held[Symbol.dispose]() };
}

function methodOf(Class: AnyClass, self: unknown, key: string): AnyFunction {
  if (!(self instanceof Class)) throw resourceGone('it is of another class');
  return (self as unknown as Record<string, AnyFunction>)[key] as AnyFunction;
}

/** The objects of an embedder's classes that one guest holds. */
class HeldObjects implements Disposable {
  private readonly classes: ReadonlyMap<unknown, string>;
  private readonly context: HostContext;
  private readonly objects = new Map<number, object>();
  private next = 1;
  private hasEnded = false;

  constructor(classes: ReadonlyMap<AnyClass, string>, context: HostContext) {
    this.classes = classes;
    this.context = context;
  }

  /** An operation that takes and gives objects by their numbers. */
  operation(name: string, fn: AnyFunction, type: FuncType | undefined): Operation {
    const { ok, err } = casesOf(type);
    return async (...args: readonly unknown[]) => {
      try {
        return this.give(await fn(...this.receive(args, type)), ok);
      } catch (thrown) {
        throw this.failure(name, thrown, err);
      }
    };
  }

  /** The number of the new object comes from the guest, which does not wait for it. */
  constructing(Class: AnyClass, id: string, type: FuncType | undefined): Operation {
    return (handle: number, ...args: readonly unknown[]) => {
      const { handles } = this.context;
      handles.take();
      try {
        this.objects.set(handle, new Class(...this.receive(args, type)));
      } catch (thrown) {
        handles.giveBack();
        throw failureIn(id, thrown);
      }
    };
  }

  drop(handle: number): void {
    const object = this.remove(handle);
    if (object) void this.release(object);
  }

  /** What the guest lends stays here; what it gives away is the embedder's from now on. */
  private receive(args: readonly unknown[], type: FuncType | undefined): unknown[] {
    return args.map((arg, i) => {
      const of = type?.params[i]?.type;
      return of ? swapResources(arg, of, (ref, { kind }) => this.find(ref, kind)) : arg;
    });
  }

  private find(ref: unknown, kind: ValueType['kind']): unknown {
    if (!isHandleRef(ref)) return ref;
    const object = kind === 'own' ? this.remove(ref.$handle) : this.objects.get(ref.$handle);
    if (!object) throw resourceGone('the guest does not hold it');
    return object;
  }

  private give(value: unknown, type: ValueType | undefined): unknown {
    return type ? swapResources(value, type, (object) => this.keep(object)) : value;
  }

  /** What is of none of the classes is for the engine to refuse. */
  private keep(object: unknown): unknown {
    const $class = this.idOf(object);
    if ($class === undefined) return object;
    const $handle = this.next++;
    try {
      this.context.handles.take();
    } catch (thrown) {
      void this.release(object as object);
      throw thrown;
    }
    this.objects.set($handle, object as object);
    // The guest ended while the provider worked: nobody else will drop it.
    if (this.hasEnded) this.drop($handle);
    return { $handle, $class };
  }

  /** The closest of the classes that an object is of. */
  private idOf(object: unknown): string | undefined {
    if (typeof object !== 'object' || object === null) return undefined;
    let id: string | undefined;
    for (let at: unknown = object; at && id === undefined; at = Object.getPrototypeOf(at))
      id = this.classes.get((at as { constructor?: unknown }).constructor);
    return id;
  }

  private remove(handle: number): object | undefined {
    const object = this.objects.get(handle);
    if (this.objects.delete(handle)) this.context.handles.giveBack();
    return object;
  }

  private async release(object: object): Promise<void> {
    try {
      // It may be asynchronous, though nobody waits for it.
      await (object as { [Symbol.dispose]?: () => unknown })[Symbol.dispose]?.();
    } catch (thrown) {
      this.context.emit(failureOf(`${this.idOf(object)}[Symbol.dispose]`, thrown));
    }
  }

  private failure(name: string, thrown: unknown, err: ValueType | undefined): unknown {
    if (!isReadably(isComponentError, thrown)) return failureIn(name, thrown);
    const { payload, message } = thrown;
    return new ComponentError(this.give(payload, err), message);
  }

  [Symbol.dispose](): void {
    this.hasEnded = true;
    for (const handle of [...this.objects.keys()]) this.drop(handle);
  }
}

/** The types of what a function returns and throws. */
function casesOf(type: FuncType | undefined): { ok?: ValueType | undefined; err?: ValueType | undefined } {
  const result = type?.result;
  return result?.kind === 'result' ? { ok: result.ok, err: result.err } : { ok: result };
}
