import { type CoreExtern, describeCore, matchesCore, type ModuleType } from './core-type.ts';
import type {
  AnyType,
  BoundResource,
  ComponentType,
  ExternItem,
  ExternType,
  FuncType,
  InstanceType,
} from './extern-type.ts';
import { describeType, isValueType } from './extern-type.ts';
import { Substitution } from './substitute.ts';
import type { TypeTable } from './type-table.ts';
import { casesOf, describeValue, type ValueType } from './value-type.ts';

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
    if (a.sort === 'module' && b.sort === 'module') return this.module(a.type, b.type);
    if (a.sort === 'func' && b.sort === 'func') return this.func(a.type, b.type);
    if (a.sort === 'value' && b.sort === 'value') return this.value(a.type, b.type);
    if (a.sort === 'type' && b.sort === 'type') return this.anyType(a.type, b.type);
    if (a.sort === 'instance' && b.sort === 'instance') return this.instance(a.type, b.type);
    if (a.sort === 'component' && b.sort === 'component') return this.component(a.type, b.type);
    return `expected ${b.sort}, found ${a.sort}`;
  }

  private anyType(a: AnyType, b: AnyType): Mismatch {
    if (isValueType(a) && isValueType(b)) return this.value(a, b);
    if (a.kind === 'resource' && b.kind === 'resource')
      return a.id === b.id ? undefined : 'resource types are not the same';
    if (a.kind === 'func' && b.kind === 'func') return this.func(a, b);
    if (a.kind === 'instance' && b.kind === 'instance') return this.instance(a, b);
    if (a.kind === 'component' && b.kind === 'component') return this.component(a, b);
    return `expected ${describeType(b)}, found ${describeType(a)}`;
  }

  func(a: FuncType, b: FuncType): Mismatch {
    if (a.async !== b.async)
      return `expected ${b.async ? 'async' : 'sync'} function, found ${a.async ? 'async' : 'sync'} function`;
    if (a.params.length !== b.params.length) return `expected ${b.params.length} parameters, found ${a.params.length}`;
    this.table.spend(b.params.length);
    for (const [i, param] of b.params.entries()) {
      const found = a.params[i];
      if (found?.name !== param.name) return `expected parameter named "${param.name}", found "${found?.name}"`;
      const why = this.value(found.type, param.type);
      if (why) return `type mismatch in function parameter "${param.name}": ${why}`;
    }
    if (!a.result || !b.result) return a.result || b.result ? `expected ${b.result ? 'a' : 'no'} result` : undefined;
    const why = this.value(a.result, b.result);
    return why && `type mismatch with result type: ${why}`;
  }

  value(a: ValueType, b: ValueType): Mismatch {
    return a.shape.key === b.shape.key ? undefined : explainValues(a, b);
  }

  module(a: ModuleType, b: ModuleType): Mismatch {
    this.table.spend(a.imports.length + b.imports.length + b.exports.size);
    const byName = (type: ModuleType): Map<string, CoreExtern> =>
      new Map(type.imports.map((item) => [`${item.module}::${item.name}`, item.type]));
    return coreItems(byName(b), byName(a), 'import') ?? coreItems(a.exports, b.exports, 'export');
  }

  instance(a: InstanceType, b: InstanceType): Mismatch {
    this.table.spend(1 + b.exports.size);
    if (this.alreadyCompared(a, b)) return undefined;
    for (const [name, wanted] of b.exports) {
      const given = a.exports.get(name);
      if (!given) return `missing expected export "${name}"`;
      const why = this.extern(given, wanted);
      if (why) return `type mismatch in instance export "${name}": ${why}`;
    }
    return undefined;
  }

  private alreadyCompared(a: object, b: object): boolean {
    let with_ = this.compared.get(a);
    if (!with_) this.compared.set(a, (with_ = new Set()));
    if (with_.has(b)) return true;
    with_.add(b);
    return false;
  }

  component(a: ComponentType, b: ComponentType): Mismatch {
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
    for (const [name, item] of wanted) {
      const actual = given.get(name);
      if (!actual) return `missing ${what} named "${name}"`;
      const why = this.extern(actual, asGiven.item(item));
      if (why) return `type mismatch for ${what} "${name}": ${why}`;
      this.pairTypes(item, actual, replaced);
    }
    return { resources, replaced };
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

function coreItems(
  given: ReadonlyMap<string, CoreExtern>,
  wanted: ReadonlyMap<string, CoreExtern>,
  what: string,
): Mismatch {
  for (const [name, expected] of wanted) {
    const found = given.get(name);
    if (!found) return `missing expected ${what} "${name}"`;
    if (matchesCore(found, expected)) continue;
    return `type mismatch in ${what} "${name}": expected ${describeCore(expected)}, found ${describeCore(found)}`;
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

/** Finds the first difference of two value types. Equality itself is decided by their keys. */
function explainValues(a: ValueType, b: ValueType): string {
  const plain = `expected ${describeValue(b)}, found ${describeValue(a)}`;
  if (a.kind !== b.kind) return plain;
  const pairs = namedParts(a);
  const others = namedParts(b);
  if (pairs.length !== others.length) return `expected ${others.length} ${partName(b)}, found ${pairs.length}`;
  for (const [i, [name, type]] of pairs.entries()) {
    const [otherName, other] = others[i] as [string, ValueType | undefined];
    if (name !== otherName) return `expected ${partName(b)} "${otherName}", found "${name}"`;
    if (type?.shape.key === other?.shape.key) continue;
    if (!type || !other) return `expected "${name}" ${other ? 'to have a type' : 'to have no type'}`;
    return `type mismatch in ${b.kind} "${name}": ${explainValues(type, other)}`;
  }
  return a.kind === 'own' || a.kind === 'borrow' ? 'resource types are not the same' : plain;
}

function partName(type: ValueType): string {
  return type.kind === 'record' ? 'fields' : type.kind === 'tuple' ? 'types' : 'cases';
}

function namedParts(type: ValueType): [string, ValueType | undefined][] {
  switch (type.kind) {
    case 'record':
      return type.fields.map((field) => [field.name, field.type]);
    case 'variant':
    case 'enum':
    case 'option':
    case 'result':
      return casesOf(type).map((c) => [c.name, c.type]);
    case 'flags':
      return type.names.map((name) => [name, undefined]);
    case 'tuple':
      return type.items.map((item, i) => [String(i), item]);
    case 'list':
    case 'stream':
    case 'future':
      return type.element ? [['element', type.element]] : [];
    case 'map':
      return [
        ['key', type.map.key],
        ['value', type.map.value],
      ];
    default:
      return [];
  }
}
