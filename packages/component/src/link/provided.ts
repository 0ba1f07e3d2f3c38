import type { ResourceRuntime } from '../abi/handles.ts';
import { importMismatch } from '../errors.ts';
import type { ErrorPlace, LoopError } from '../loop-error.ts';
import type { FuncType } from '../types/extern-type.ts';
import { isValueType } from '../types/extern-type.ts';
import { difference, type Equality } from '../types/subtype.ts';

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
    if (!provided) return undefined;
    // Names of parameters may differ.
    const params = provided.type.params.map((param, i) => ({ ...param, name: wanted.params[i]?.name ?? param.name }));
    const why = difference({ ...provided.type, params }, wanted, this.equality(provided.resources));
    return why === undefined ? undefined : importMismatch(at, why);
  }

  /** Compares by structure, each pair of types once, since types can share parts many times over. */
  private equality(resources: Provided['resources']): Equality {
    const seen = new Map<number, number>();
    return {
      isSame: (a, b) => {
        if (!isValueType(a) || !isValueType(b)) return false;
        const isSeen = seen.get(a.shape.key) === b.shape.key;
        seen.set(a.shape.key, b.shape.key);
        return isSeen;
      },
      isAlike: (a, b) => {
        if (a.kind === 'func' && b.kind === 'func') return a.async === b.async;
        if (a.kind === 'list' && b.kind === 'list') return a.length === b.length;
        if (!('resource' in a) || !('resource' in b)) return true;
        const given = resources.get(a.resource.id);
        return given !== undefined && this.isSame(b.resource.id, given);
      },
    };
  }

  /** The first to come decides which resource a wanted one is. */
  private isSame(wanted: number, given: ResourceRuntime): boolean {
    const known = this.resources.get(wanted);
    if (!known) this.resources.set(wanted, given);
    return !known || known === given;
  }
}
