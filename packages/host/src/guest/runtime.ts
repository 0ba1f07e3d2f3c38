import {
  camelCase,
  type Component,
  ComponentError,
  type Instance,
  isComponentError,
  isLoopError,
  pascalCase,
  staticName,
  type ValueType,
} from '@loophost/component';
import type { GuestParts, Provided } from '../capability.ts';
import { Catalog, type ExportedFunction } from '../catalog.ts';
import type { Decision } from '../decision.ts';
import { handlesExceeded, hostCallsExceeded, resourceGone } from '../errors.ts';
import type { GuestSpec } from '../executor.ts';
import { swapResources } from '../values.ts';
import { type HandleRef, isHandleRef } from './handle-ref.ts';
import { mergedImports } from './merged-imports.ts';

/** What the place where a guest runs can reach of the host. */
export interface RealmPort {
  ask(capability: string, operation: string, args: readonly unknown[]): Promise<unknown>;
  tell(capability: string, operation: string, args: readonly unknown[]): void;
  report(decision: Decision): void;
  /** Whether work may begin whose turn has come: it may have been withdrawn. */
  begin(turn: number): boolean;
}

interface Callable {
  readonly func: ExportedFunction;
  readonly takesResources: boolean;
  invoke(args: readonly unknown[]): unknown;
}

interface RuntimeParts {
  readonly component: Component;
  readonly instance: Instance;
  readonly provided: readonly Provided[];
  readonly budget: HostCallBudget;
  readonly limits: GuestSpec['limits'];
  readonly begin: RealmPort['begin'];
}

/** Counts the calls of imports that one call of an export, or one destructor, makes. */
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
  private readonly begin: RealmPort['begin'];
  private isBusy = false;
  /** Work that waits for its turn. */
  private readonly waiting: (() => void)[] = [];

  private constructor({ component, instance, provided, budget, limits, begin }: RuntimeParts) {
    this.catalog = new Catalog(component);
    this.instance = instance;
    this.provided = provided;
    this.budget = budget;
    this.maxHandles = limits.maxHandles;
    this.begin = begin;
  }

  /** Instantiates a component with what its capabilities provide. Runs its start functions. */
  static async start(spec: GuestSpec, parts: GuestParts, port: RealmPort): Promise<GuestRuntime> {
    const { component, limits } = spec;
    const provided = await provide(spec, parts, port);
    const imports = mergedImports(provided.map((one) => one.imports));
    const budget = new HostCallBudget(limits.maxHostCalls);
    const begin = (turn: number): boolean => port.begin(turn);
    // A host waits for every call anyway.
    const linked = component.link(imports, { onHostCall: () => budget.spend(), allMaySuspend: true });
    try {
      const instance = await linked.instantiate();
      return new GuestRuntime({ component, instance, provided, budget, limits, begin });
    } catch (thrown) {
      for (const one of provided) one[Symbol.dispose]?.();
      throw limitOf(thrown);
    }
  }

  /** Calls an export in its turn. Gives its value, or a promise of it; throws as the engine does. */
  call(turn: number, path: readonly string[], args: readonly unknown[]): unknown {
    return this.inTurn(turn, () => this.run(path, args));
  }

  /**
   * The guest does one work at a time, in the order in which it is given: each has its own budget of host calls, and the
   * rest wait here, as much as the host lets. Work that is withdrawn is skipped.
   */
  private inTurn(turn: number, work: () => unknown): unknown {
    if (!this.isBusy) return this.enter(turn, work);
    const ahead = Promise.withResolvers<void>();
    this.waiting.push(ahead.resolve);
    return ahead.promise.then(() => this.enter(turn, work));
  }

  private enter(turn: number, work: () => unknown): unknown {
    this.isBusy = true;
    this.budget.reset();
    let result: unknown;
    try {
      result = this.begin(turn) ? work() : undefined;
    } catch (thrown) {
      this.leave();
      throw thrown;
    }
    // The caller hears of this before it can of the next.
    if (result instanceof Promise)
      void result.then(
        () => this.leave(),
        () => this.leave(),
      );
    else this.leave();
    return result;
  }

  /** Lets the next in. After a trap there is none: whoever ends the guest refuses those that wait. */
  private leave(): void {
    if (this.instance.hasTrapped) return;
    const next = this.waiting.shift();
    if (next) next();
    else this.isBusy = false;
  }

  private run(path: readonly string[], args: readonly unknown[]): unknown {
    const callable = this.callable(path);
    const { type } = callable.func;
    const moving: number[] = [];
    const taken = callable.takesResources ? this.take(args, type, moving) : args;
    const give = (value: unknown): unknown => {
      this.forget(moving);
      const { result } = type;
      return this.give(value, result?.kind === 'result' ? result.ok : result);
    };
    const fail = (thrown: unknown): never => {
      // The engine refuses before the guest runs, or ends it.
      if (!isLoopError(thrown) || this.hasTrapped) this.forget(moving);
      throw this.thrown(thrown, type);
    };
    let result: unknown;
    try {
      result = callable.invoke(taken);
    } catch (thrown) {
      return fail(thrown);
    }
    return result instanceof Promise ? result.then(give, fail) : give(result);
  }

  /** The guest cannot be called any more. */
  get hasTrapped(): boolean {
    return this.instance.hasTrapped;
  }

  /**
   * Drops a resource of the guest that the host held, after the calls that it was passed to. Throws what its destructor
   * does, which ends the guest.
   */
  drop(turn: number, handle: number): unknown {
    return this.inTurn(turn, () => {
      const resource = this.handles.get(handle);
      this.handles.delete(handle);
      try {
        (resource as Partial<Disposable> | undefined)?.[Symbol.dispose]?.();
      } catch (thrown) {
        throw limitOf(thrown);
      }
    });
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
      const takesResources = func.type.params.some(({ type }) => type.shape.hasResource);
      callable = { func, takesResources, invoke: functionOf(this.instance.exports, func.path) };
      this.callables.set(name, callable);
    }
    return callable;
  }

  private thrown(thrown: unknown, { result }: ExportedFunction['type']): unknown {
    if (isLoopError(thrown)) return limitOf(thrown);
    if (!isComponentError(thrown) || result?.kind !== 'result' || !result.err?.shape.hasResource) return thrown;
    return new ComponentError(this.give(thrown.payload, result.err), thrown.message);
  }

  /** A value as the host gets it. It gets all resources in it or none: those that are too many go back at once. */
  private give(value: unknown, type: ValueType | undefined): unknown {
    if (!type?.shape.hasResource) return value;
    const given: object[] = [];
    const numbered = swapResources(value, type, (resource): HandleRef => {
      given.push(resource as object);
      return { $handle: this.nextHandle + given.length - 1 };
    });
    if (this.handles.size + given.length > this.maxHandles) {
      for (const resource of given) (resource as Disposable)[Symbol.dispose]();
      throw handlesExceeded(this.maxHandles);
    }
    for (const resource of given) this.handles.set(this.nextHandle++, resource);
    return numbered;
  }

  /** Puts resources in the place of their numbers. What is no number is for the engine to refuse, by its place. */
  private take(args: readonly unknown[], { params }: ExportedFunction['type'], moving: number[]): readonly unknown[] {
    const resourceOf = (ref: unknown, { kind }: ValueType): unknown => {
      if (!isHandleRef(ref)) return ref;
      const resource = this.handles.get(ref.$handle);
      if (!resource) throw resourceGone('it is disposed of, or was passed on as owned');
      if (kind === 'own') moving.push(ref.$handle);
      return resource;
    };
    return args.map((arg, i) => (params[i] ? swapResources(arg, params[i].type, resourceOf) : arg));
  }

  private forget(handles: readonly number[]): void {
    for (const handle of handles) this.handles.delete(handle);
  }
}

/** A limit that a host function ran into is what the caller needs to know, not that the function threw. */
function limitOf(thrown: unknown): unknown {
  return isLoopError(thrown) && thrown.code === 'E_IMPORT_THREW' && isLoopError(thrown.cause) ? thrown.cause : thrown;
}

async function provide(spec: GuestSpec, parts: GuestParts, port: RealmPort): Promise<Provided[]> {
  const { parts: specs, component, waiting } = spec;
  const loaded = await Promise.all(specs.map(async (spec) => ({ ...spec, part: await parts(spec.guestPart) })));
  return loaded.map(({ part, capability, settings }) =>
    part.link(settings, {
      capability,
      imports: component.imports,
      waiting,
      ask: (operation, ...args) => port.ask(capability, operation, args),
      tell: (operation, ...args) => port.tell(capability, operation, args),
      report: (decision) => port.report(decision),
    }),
  );
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
  if (kind === 'static') return (args) => (Class[staticName(label)] as AnyFunction)(...args);
  const method = (Class.prototype as Record<string, AnyFunction>)[camelCase(label)] as AnyFunction;
  return ([self, ...args]) => method.apply(self, args);
}
