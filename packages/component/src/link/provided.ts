import { importMismatch } from '../errors.ts';
import type { ErrorPlace, LoopError } from '../loop-error.ts';
import type { ExternItem, FuncType, InstanceType } from '../types/extern-type.ts';
import { describeValue, partsOf, type ValueType } from '../types/value-type.ts';
import type { Item } from './execute.ts';
import type { RealKinds } from './instantiation.ts';

const PROVIDED = Symbol.for('@loophost/provided');

/** What an instance tells about the functions and interfaces that it exports, so that another component can import them. */
export interface Provided {
  /** Tells resource identities of one instance from those of others. */
  readonly origin: object;
  readonly type: ExternItem;
  /** For core modules and components: the thing itself. */
  readonly item?: Item<RealKinds>;
}

export function markProvided<T extends object>(target: T, provided: Provided): T {
  // A class is marked once for each interface that exports its constructor.
  return Object.defineProperty(target, PROVIDED, { value: provided, configurable: true });
}

export function providedOf(value: unknown): Provided | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  return (value as Record<symbol, Provided | undefined>)[PROVIDED];
}

/** Checks imports that another component's exports serve. Types of different compilations are compared by structure. */
export class ProvidedTypes {
  /** The actual resource type behind each one wanted, as its instance and identity there. */
  private readonly resources = new Map<number, { origin: object; id: number }>();

  check(iface: string, wanted: InstanceType, provider: unknown): LoopError | undefined {
    const provided = providedOf(provider);
    if (provided?.type.sort !== 'instance') return undefined;
    const given = provided.type.type.exports;
    for (const [name, item] of wanted.exports) {
      const actual = given.get(name);
      if (item.sort !== 'type' || item.type.kind !== 'resource') continue;
      if (actual?.sort !== 'type' || actual.type.kind !== 'resource') continue;
      const known = this.resources.get(item.type.id);
      if (!known) this.resources.set(item.type.id, { origin: provided.origin, id: actual.type.id });
      else if (known.origin !== provided.origin || known.id !== actual.type.id) {
        return importMismatch(
          { interface: iface },
          `resource "${name}" is not the one that another import has by that type`,
        );
      }
    }
    return undefined;
  }

  checkFunc(at: ErrorPlace, wanted: FuncType, fn: unknown): LoopError | undefined {
    const provided = providedOf(fn);
    if (provided?.type.sort !== 'func') return undefined;
    const why = this.funcMismatch(wanted, provided.type.type, provided.origin);
    return why === undefined ? undefined : importMismatch(at, why);
  }

  private funcMismatch(wanted: FuncType, actual: FuncType, origin: object): string | undefined {
    if (wanted.async !== actual.async) return `expected ${wanted.async ? 'an async' : 'a sync'} function`;
    if (wanted.params.length !== actual.params.length)
      return `expected ${wanted.params.length} parameters, found ${actual.params.length}`;
    for (const [i, param] of wanted.params.entries()) {
      const other = actual.params[i];
      if (!other || !this.sameValue(param.type, other.type, origin, new Map())) {
        return `parameter "${param.name}": expected ${describeValue(param.type)}, found ${other ? describeValue(other.type) : 'none'}`;
      }
    }
    const [a, b] = [wanted.result, actual.result];
    if (!a || !b ? a === b : this.sameValue(a, b, origin, new Map())) return undefined;
    return `result: expected ${a ? describeValue(a) : 'none'}, found ${b ? describeValue(b) : 'none'}`;
  }

  /** Compares by structure, each pair of types once, since types can share parts many times over. */
  private sameValue(a: ValueType, b: ValueType, origin: object, seen: Map<number, number>): boolean {
    if (seen.get(a.shape.key) === b.shape.key) return true;
    seen.set(a.shape.key, b.shape.key);
    if (a.kind !== b.kind || outline(a) !== outline(b)) return false;
    if ((a.kind === 'own' || a.kind === 'borrow') && (b.kind === 'own' || b.kind === 'borrow')) {
      const known = this.resources.get(a.resource.id);
      return known !== undefined && known.origin === origin && known.id === b.resource.id;
    }
    const [x, y] = [partsOf(a), partsOf(b)];
    return x.length === y.length && x.every((part, i) => this.sameValue(part, y[i] as ValueType, origin, seen));
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
