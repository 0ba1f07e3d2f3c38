import {
  type Component,
  ComponentError,
  type Imports,
  type Instance,
  isComponentError,
  isLoopError,
} from '@loophost/component';
import type { GuestParts, Provided } from '../capability.ts';
import { Catalog, type ExportedFunction } from '../catalog.ts';
import type { Decision } from '../decision.ts';
import { handlesExceeded, hostCallsExceeded, resourceGone } from '../errors.ts';
import type { GuestSpec } from '../executor.ts';
import { camelCase, pascalCase, swapResources } from '../values.ts';
import { type HandleRef, isHandleRef } from './handle-ref.ts';

/** What the place where a guest runs can reach of the host. */
export interface RealmPort {
  ask(capability: string, operation: string, args: readonly unknown[]): Promise<unknown>;
  tell(capability: string, operation: string, args: readonly unknown[]): void;
  report(decision: Decision): void;
}

interface Callable {
  readonly func: ExportedFunction;
  invoke(args: readonly unknown[]): unknown;
}

interface RuntimeParts {
  readonly component: Component;
  readonly instance: Instance;
  readonly provided: readonly Provided[];
  readonly budget: HostCallBudget;
  readonly limits: GuestSpec['limits'];
}

/** Counts the calls of imports that one call of an export makes. */
class HostCallBudget {
  private readonly limit: number;
  private left: number;

  constructor(limit: number) {
    this.limit = limit;
    this.left = limit;
  }

  reset(): void {
    this.left = this.limit;
  }

  spend(): void {
    if (--this.left < 0) throw hostCallsExceeded(this.limit);
  }
}

/** One guest, in the realm where it runs. What goes in and out is plain data: resources are numbered. */
export class GuestRuntime {
  private readonly instance: Instance;
  private readonly provided: readonly Provided[];
  private readonly catalog: Catalog;
  private readonly callables = new Map<string, Callable>();
  private readonly maxHandles: number;
  private readonly budget: HostCallBudget;
  private readonly handles = new Map<number, object>();
  private nextHandle = 1;

  private constructor({ component, instance, provided, budget, limits }: RuntimeParts) {
    this.catalog = new Catalog(component);
    this.instance = instance;
    this.provided = provided;
    this.budget = budget;
    this.maxHandles = limits.maxHandles;
  }

  /** Instantiates a component with what its capabilities provide. Runs its start functions. */
  static async start(spec: GuestSpec, parts: GuestParts, port: RealmPort): Promise<GuestRuntime> {
    const { component, limits } = spec;
    const provided = await provide(spec, parts, port);
    const imports: Imports = Object.assign({}, ...provided.map((one) => one.imports));
    const budget = new HostCallBudget(limits.maxHostCalls);
    const linked = component.link(imports, { onHostCall: () => budget.spend() });
    try {
      return new GuestRuntime({ component, instance: await linked.instantiate(), provided, budget, limits });
    } catch (thrown) {
      for (const one of provided) one[Symbol.dispose]?.();
      throw limitOf(thrown);
    }
  }

  /** Calls an export. Gives its value, or a promise of it; throws as the engine does. */
  call(path: readonly string[], args: readonly unknown[]): unknown {
    const callable = this.callable(path);
    const { type } = callable.func;
    const taken = args.map((arg, i) => {
      const param = type.params[i];
      return param?.type.shape.hasResource
        ? swapResources(arg, param.type, (ref, { kind }) => this.take(ref, kind))
        : arg;
    });
    const give = (value: unknown): unknown => {
      this.flush();
      return this.give(value, type);
    };
    let result: unknown;
    this.budget.reset();
    try {
      result = callable.invoke(taken);
    } catch (thrown) {
      throw this.thrown(thrown, type);
    }
    if (!(result instanceof Promise)) return give(result);
    return result.then(give, (thrown: unknown) => {
      throw this.thrown(thrown, type);
    });
  }

  /** The guest cannot be called any more. */
  get hasTrapped(): boolean {
    return this.instance.hasTrapped;
  }

  /** Drops a resource of the guest that the host held. Throws what its destructor does, which ends the guest. */
  drop(handle: number): void {
    const resource = this.handles.get(handle);
    this.handles.delete(handle);
    (resource as Partial<Disposable> | undefined)?.[Symbol.dispose]?.();
  }

  [Symbol.dispose](): void {
    this.instance[Symbol.dispose]();
    this.handles.clear();
    for (const one of this.provided) one[Symbol.dispose]?.();
  }

  private callable(path: readonly string[]): Callable {
    const name = path.join('.');
    let callable = this.callables.get(name);
    if (!callable) {
      const func = this.catalog.find(name);
      callable = { func, invoke: functionOf(this.instance.exports, func.path) };
      this.callables.set(name, callable);
    }
    return callable;
  }

  /** What the guest told goes to the host before the result of its call. */
  private flush(): void {
    for (const one of this.provided) one.flush?.();
  }

  private give(value: unknown, type: ExportedFunction['type']): unknown {
    const { result } = type;
    if (!result?.shape.hasResource) return value;
    const of = result.kind === 'result' ? result.ok : result;
    return of ? swapResources(value, of, (resource) => this.hold(resource as object)) : value;
  }

  private thrown(thrown: unknown, { result }: ExportedFunction['type']): unknown {
    this.flush();
    if (isLoopError(thrown)) return limitOf(thrown);
    if (!isComponentError(thrown) || result?.kind !== 'result' || !result.err?.shape.hasResource) return thrown;
    const payload = swapResources(thrown.payload, result.err, (resource) => this.hold(resource as object));
    return new ComponentError(payload, thrown.message);
  }

  private hold(resource: object): HandleRef {
    if (this.handles.size >= this.maxHandles) throw handlesExceeded(this.maxHandles);
    const $handle = this.nextHandle++;
    this.handles.set($handle, resource);
    return { $handle };
  }

  private take(ref: unknown, kind: 'own' | 'borrow'): unknown {
    const resource = isHandleRef(ref) ? this.handles.get(ref.$handle) : undefined;
    if (!isHandleRef(ref) || !resource) throw resourceGone('it is disposed of, or was passed on as owned');
    if (kind === 'own') this.handles.delete(ref.$handle);
    return resource;
  }
}

/** A limit that a host function ran into is what the caller needs to know, not that the function threw. */
function limitOf(thrown: unknown): unknown {
  return isLoopError(thrown) && thrown.code === 'E_IMPORT_THREW' && isLoopError(thrown.cause) ? thrown.cause : thrown;
}

async function provide({ parts: specs, waiting }: GuestSpec, parts: GuestParts, port: RealmPort): Promise<Provided[]> {
  const loaded = await Promise.all(specs.map(({ guestPart }) => parts(guestPart)));
  return specs.map(({ capability, settings }, i) => {
    const part = loaded[i];
    if (!part) return { imports: {} };
    return part.link(settings, {
      capability,
      waiting,
      ask: (operation, ...args) => port.ask(capability, operation, args),
      tell: (operation, ...args) => port.tell(capability, operation, args),
      report: (decision) => port.report(decision),
    });
  });
}

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** The JavaScript function of an export: of the world, an interface, or one of its resources. */
function functionOf(exports: object, path: readonly string[]): (args: readonly unknown[]) => unknown {
  const name = path.at(-1) as string;
  const [owner] = path
    .slice(0, -1)
    .reduce<[Record<string, unknown>]>(
      ([at], part) => [at[part] as Record<string, unknown>],
      [exports as Record<string, unknown>],
    );
  const member = /^\[(constructor|method|static)\]([^.]+)(?:\.(.+))?$/.exec(name);
  if (!member) {
    const fn = owner[camelCase(name)] as AnyFunction;
    return (args) => fn(...args);
  }
  const [, kind, resource = '', label = ''] = member;
  const Class = owner[pascalCase(resource)] as (new (...args: readonly unknown[]) => object) &
    Record<string, AnyFunction>;
  if (kind === 'constructor') return (args) => new Class(...args);
  const key = camelCase(label);
  if (kind === 'static') return (args) => (Class[key === 'prototype' ? 'prototype_' : key] as AnyFunction)(...args);
  const method = (Class.prototype as Record<string, AnyFunction>)[key] as AnyFunction;
  return ([self, ...args]) => method.apply(self, args);
}
