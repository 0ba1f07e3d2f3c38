import type { ResourceRuntime } from '../abi/handles.ts';
import { importMismatch } from '../errors.ts';
import type { ErrorPlace, LoopError } from '../loop-error.ts';
import type { FuncType } from '../types/extern-type.ts';
import { describeValue, partsOf, type ValueType } from '../types/value-type.ts';

const PROVIDED = Symbol.for('@loophost/provided');
const RESOURCE = Symbol.for('@loophost/resource');

/** What an instance tells about a function that it exports, so that another component can import it. */
export interface Provided {
  readonly type: FuncType;
  /** The instance's resources by the identities that the type has for them. */
  readonly resources: ReadonlyMap<number, ResourceRuntime>;
}

export function markProvided<T extends object>(target: T, provided: Provided): T {
  // A class is marked once for each interface that exports its constructor.
  return Object.defineProperty(target, PROVIDED, { value: provided, configurable: true });
}

/** Tells of the prototype of a class for which resource it stands. */
export function markResource<T extends object>(prototype: T, resource: ResourceRuntime): T {
  return Object.defineProperty(prototype, RESOURCE, { value: resource });
}

/** Checks imports that another component's exports serve. Types of different compilations are compared by structure. */
export class ProvidedTypes {
  /** The actual resource behind each one wanted. */
  private readonly resources: Map<number, ResourceRuntime>;

  /** Starts from what others have found. */
  constructor(known?: ProvidedTypes) {
    this.resources = new Map(known?.resources);
  }

  checkClass(at: ErrorPlace, id: number, Class: { readonly prototype?: unknown }): LoopError | undefined {
    const given = (Class.prototype as Record<symbol, ResourceRuntime | undefined> | undefined)?.[RESOURCE];
    if (!given || this.isSame(id, given)) return undefined;
    return importMismatch(at, `class ${given.name} is not the one that another import has for that resource`);
  }

  checkFunc(at: ErrorPlace, wanted: FuncType, fn: object): LoopError | undefined {
    const provided = (fn as Record<symbol, Provided | undefined>)[PROVIDED];
    const why = provided && this.funcMismatch(wanted, provided);
    return why === undefined ? undefined : importMismatch(at, why);
  }

  /** The first to come decides which resource a wanted one is. */
  private isSame(wanted: number, given: ResourceRuntime): boolean {
    const known = this.resources.get(wanted);
    if (!known) this.resources.set(wanted, given);
    return !known || known === given;
  }

  private funcMismatch(wanted: FuncType, { type: actual, resources }: Provided): string | undefined {
    if (wanted.async !== actual.async) return `expected ${wanted.async ? 'an async' : 'a sync'} function`;
    if (wanted.params.length !== actual.params.length)
      return `expected ${wanted.params.length} parameters, found ${actual.params.length}`;
    for (const [i, param] of wanted.params.entries()) {
      const other = actual.params[i];
      if (!other || !this.sameValue(param.type, other.type, resources, new Map())) {
        return `parameter "${param.name}": expected ${describeValue(param.type)}, found ${other ? describeValue(other.type) : 'none'}`;
      }
    }
    const [a, b] = [wanted.result, actual.result];
    if (!a || !b ? a === b : this.sameValue(a, b, resources, new Map())) return undefined;
    return `result: expected ${a ? describeValue(a) : 'none'}, found ${b ? describeValue(b) : 'none'}`;
  }

  /** Compares by structure, each pair of types once, since types can share parts many times over. */
  private sameValue(a: ValueType, b: ValueType, resources: Provided['resources'], seen: Map<number, number>): boolean {
    if (seen.get(a.shape.key) === b.shape.key) return true;
    seen.set(a.shape.key, b.shape.key);
    if (a.kind !== b.kind || outline(a) !== outline(b)) return false;
    if ((a.kind === 'own' || a.kind === 'borrow') && (b.kind === 'own' || b.kind === 'borrow')) {
      const given = resources.get(b.resource.id);
      return given !== undefined && this.isSame(a.resource.id, given);
    }
    const [x, y] = [partsOf(a), partsOf(b)];
    return x.length === y.length && x.every((part, i) => this.sameValue(part, y[i] as ValueType, resources, seen));
  }
}

/** The names and shape of a type, without what is inside. */
function outline(type: ValueType): string {
  switch (type.kind) {
    case 'record':
      return type.fields.map((field) => field.name).join();
    case 'variant':
      return type.cases.map((c) => c.name + (c.type ? '+' : '')).join();
    case 'flags':
    case 'enum':
      return type.names.join();
    case 'result':
      return `${type.ok ? 'o' : ''}${type.err ? 'e' : ''}`;
    case 'list':
      return String(type.length);
    default:
      return '';
  }
}
