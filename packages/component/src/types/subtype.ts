import { type CoreExtern, coreMismatch, type ModuleType } from './core-type.ts';
import type { AnyType, BoundResource, ComponentType, ExternItem, ExternType, InstanceType } from './extern-type.ts';
import { describeType, isValueType } from './extern-type.ts';
import { Substitution } from './substitute.ts';
import type { TypeTable } from './type-table.ts';
import { type Case, membersOf } from './value-type.ts';

/** Why one type may not stand for another, as a path in words from the outside in; undefined when it may. */
export type Mismatch = string | undefined;

/** What was given for the resources and the types that a component's imports name. */
export interface Opened {
  readonly resources: Map<number, number>;
  readonly replaced: readonly (readonly [AnyType, AnyType])[];
}

type Items = ReadonlyMap<string, ExternItem>;

/**
 * Subtyping of imports, exports and instantiation arguments (Explainer, "Type Checking"). Only modules, instances and
 * components have proper subtypes; functions and value types match when they are equal.
 */
export class Subtyping {
  private readonly table: TypeTable;
  private readonly compared = new Map<object, Set<object>>();

  constructor(table: TypeTable) {
    this.table = table;
  }

  extern(a: ExternType, b: ExternType): Mismatch {
    return a.sort === b.sort ? this.type(a.type, b.type) : `expected ${b.sort}, found ${a.sort}`;
  }

  private type(a: ExternType['type'], b: ExternType['type']): Mismatch {
    if (a.kind === 'module' && b.kind === 'module') return this.module(a, b);
    if (a.kind === 'instance' && b.kind === 'instance') return this.instance(a, b);
    if (a.kind === 'component' && b.kind === 'component') return this.component(a, b);
    if (a.kind === 'func' && b.kind === 'func') this.table.spend(b.params.length);
    return difference(a as AnyType, b as AnyType);
  }

  private module(a: ModuleType, b: ModuleType): Mismatch {
    this.table.spend(a.imports.length + b.imports.length + b.exports.size);
    const byName = (type: ModuleType): Map<string, CoreExtern> =>
      new Map(type.imports.map((item) => [`${item.module}::${item.name}`, item.type]));
    return (
      matchItems(byName(b), byName(a), 'import', coreMismatch) ??
      matchItems(a.exports, b.exports, 'export', coreMismatch)
    );
  }

  private instance(a: InstanceType, b: InstanceType): Mismatch {
    this.table.spend(1 + b.exports.size);
    if (this.alreadyCompared(a, b)) return undefined;
    return matchItems(a.exports, b.exports, 'export', (given, wanted) => this.extern(given, wanted));
  }

  private alreadyCompared(a: object, b: object): boolean {
    let with_ = this.compared.get(a);
    if (!with_) this.compared.set(a, (with_ = new Set()));
    if (with_.has(b)) return true;
    with_.add(b);
    return false;
  }

  private component(a: ComponentType, b: ComponentType): Mismatch {
    const imports = this.open(b.imports, a.imports, a.importedResources, 'import');
    if (typeof imports === 'string') return imports;
    const given = new Substitution(this.table, imports.resources, imports.replaced).items(a.exports);
    const exports = this.open(given, b.exports, b.definedResources, 'export');
    return typeof exports === 'string' ? exports : undefined;
  }

  /**
   * Checks that `given` satisfies `wanted`, in which `bound` are the resources that `given` decides. Returns what was
   * given for what was wanted, or a mismatch.
   */
  open(given: Items, wanted: Items, bound: readonly BoundResource[], what: 'import' | 'export'): Opened | string {
    const resources = new Map<number, number>();
    this.table.spend(bound.length + wanted.size);
    for (const { id, path } of bound) {
      this.table.spend(path.length);
      const actual = resourceAt(given, path);
      if (actual !== undefined) resources.set(id, actual);
    }
    const asGiven = new Substitution(this.table, resources);
    const replaced: [AnyType, AnyType][] = [];
    const why = matchItems(given, wanted, what, (actual, item) => {
      const mismatch = this.extern(actual, asGiven.item(item));
      if (!mismatch) this.pairTypes(item, actual, replaced);
      return mismatch;
    });
    return why ?? { resources, replaced };
  }

  /** Pairs each type that `wanted` names with the one that `given` has in its place. */
  private pairTypes(wanted: ExternItem, given: ExternItem, pairs: [AnyType, AnyType][]): void {
    this.table.spend(1);
    if (wanted.sort === 'type' && given.sort === 'type') pairs.push([wanted.type, given.type]);
    if (wanted.sort !== 'instance' || given.sort !== 'instance') return;
    for (const [name, item] of wanted.type.exports) {
      const actual = given.type.exports.get(name);
      if (actual) this.pairTypes(item, actual, pairs);
    }
  }
}

/** Checks that each wanted item is given, and matches. */
function matchItems<T>(
  given: ReadonlyMap<string, T>,
  wanted: ReadonlyMap<string, T>,
  what: string,
  mismatch: (given: T, wanted: T) => Mismatch,
): Mismatch {
  for (const [name, item] of wanted) {
    const actual = given.get(name);
    if (!actual) return `missing ${what} named "${name}"`;
    const why = mismatch(actual, item);
    if (why) return `type mismatch for ${what} "${name}": ${why}`;
  }
  return undefined;
}

function resourceAt(items: Items, path: readonly string[]): number | undefined {
  let at: Items | undefined = items;
  for (const [i, name] of path.entries()) {
    const item: ExternItem | undefined = at?.get(name);
    if (i === path.length - 1) return item?.sort === 'type' && item.type.kind === 'resource' ? item.type.id : undefined;
    at = item?.sort === 'instance' ? item.type.exports : undefined;
  }
  return undefined;
}

/** What tells that two types are the same. */
export interface Equality {
  /** They are known to be. */
  isSame(a: AnyType, b: AnyType): boolean;
  /** They are, since they are of one kind and have the same members. */
  isAlike(a: AnyType, b: AnyType): boolean;
}

/** Within one compilation, keys tell whether value types are equal. */
const BY_KEY: Equality = {
  isSame: (a, b) => isValueType(a) && isValueType(b) && a.shape.key === b.shape.key,
  isAlike: (a, b) =>
    a.kind === 'func' && b.kind === 'func'
      ? a.async === b.async
      : a.kind === 'resource' && b.kind === 'resource' && a.id === b.id,
};

/** The first difference of two types that match when they are equal. */
export function difference(a: AnyType | undefined, b: AnyType | undefined, equality: Equality = BY_KEY): Mismatch {
  if (a === b || (a && b && equality.isSame(a, b))) return undefined;
  if (!a || !b || a.kind !== b.kind) return unlike(a, b);
  const [found, wanted] = [membersOf(a), membersOf(b)];
  for (let i = 0; i < found.length || i < wanted.length; i++) {
    const [actual, expected] = [found[i], wanted[i]];
    if (actual?.name !== expected?.name) return `expected ${quoted(expected)} of ${b.kind}, found ${quoted(actual)}`;
    const why = difference(actual?.type, expected?.type, equality);
    if (why) return `type mismatch for "${actual?.name}" of ${b.kind}: ${why}`;
  }
  return equality.isAlike(a, b) ? undefined : unlike(a, b);
}

function unlike(a: AnyType | undefined, b: AnyType | undefined): string {
  const [found, expected] = [describeType(a), describeType(b)];
  return found === expected ? 'resource types are not the same' : `expected ${expected}, found ${found}`;
}

function quoted(member: Case | undefined): string {
  return member ? `"${member.name}"` : 'nothing';
}
