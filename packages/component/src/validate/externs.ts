import { invalid } from '../errors.ts';
import type { ResourceBinding } from '../plan.ts';
import type { AnyType, ExternItem, ExternType, InstanceType, NameAttributes } from '../types/extern-type.ts';
import { type ExternName, parseExternName, uniqueForm } from '../types/names.ts';
import { Substitution } from '../types/substitute.ts';
import type { TypeTable } from '../types/type-table.ts';
import { partsOf, type ResourceType, type ValueType, type ValueTypeOf } from '../types/value-type.ts';
import type { NameScope, Scope } from './scope.ts';

/** A name as decoded, with its attributes. */
export interface DeclaredName {
  readonly text: string;
  readonly attributes: NameAttributes;
  readonly at: number;
}

export type Direction = 'import' | 'export';

export interface Declaration {
  readonly name: DeclaredName;
  readonly type: ExternType;
  readonly direction: Direction;
  /** The declaration itself introduces its resource type, by the bound `(sub resource)`. */
  readonly isFresh: boolean;
}

/**
 * Adds an import or export to a scope and its index space (Explainer, "Import and Export Definitions"). An instance
 * type's own resources become new resources of the scope; `renamed` tells which.
 */
export function addExtern(scope: Scope, declared: Declaration): { item: ExternItem; renamed: ResourceBinding[] } {
  const { name, type, direction } = declared;
  const side = direction === 'import' ? scope.imports : scope.exports;
  const renamed: ResourceBinding[] = [];
  let opened = type;
  if (type.sort === 'instance')
    opened = { sort: 'instance', type: openInstance(scope, type.type, name, direction, renamed) };
  if (type.sort === 'type' && type.type.kind === 'resource') {
    addResource(scope, type.type, declared, side);
    renamed.push({ path: [], id: type.type.id });
  }
  if (scope.kind !== 'instance type' && !nameTypes(scope, opened, direction)) {
    throw invalid(
      name.at,
      `${type.sort} not valid to be used as ${direction}: "${name.text}" uses a type that has no name before it`,
    );
  }
  const item = declare(scope.table, side, name, opened, direction);
  scope.grow(opened, name.at);
  scope.push(item);
  return { item, renamed };
}

/** What an import or export takes to keep, as so many definitions. */
const STEPS_OF_EXTERN = 4;

/** Checks a name against its scope and its type, and records it. */
export function declare(
  table: TypeTable,
  side: NameScope,
  name: DeclaredName,
  type: ExternType,
  direction: Direction,
): ExternItem {
  const parsed = parseExternName(name.text, name.attributes.versionSuffix);
  if (typeof parsed === 'string') throw invalid(name.at, `${direction} name "${name.text}" is not valid: ${parsed}`);
  checkAttributes(parsed, name, type);
  if (parsed.kind !== 'label' && parsed.kind !== 'interface' && !fitsAnnotation(side, parsed, type))
    throw invalid(
      name.at,
      `${direction} name "${name.text}" is not valid: expected ${ANNOTATED[parsed.kind]}, with "${parsed.resource}" a resource named before`,
    );
  const unique = uniqueForm(name.text);
  const previous = side.taken.get(unique);
  if (previous !== undefined)
    throw invalid(name.at, `${direction} name "${name.text}" conflicts with previous name "${previous}"`);
  side.taken.set(unique, name.text);
  table.spend(STEPS_OF_EXTERN);
  const hasAttributes = Object.keys(name.attributes).length > 0;
  const item: ExternItem = { ...type, name: name.text, ...(hasAttributes && { attributes: name.attributes }) };
  side.items.set(name.text, item);
  return item;
}

function checkAttributes(parsed: ExternName, { text, attributes, at }: DeclaredName, type: ExternType): void {
  const { implements: target, versionSuffix } = attributes;
  const refuse = (attribute: string, why: string): never => {
    throw invalid(at, `"${attribute}" of "${text}" is not valid: ${why}`);
  };
  if (target !== undefined) {
    if (parsed.kind !== 'label' || type.sort !== 'instance')
      refuse('implements', 'only instances with a plain name have it');
    const iface = parseExternName(target);
    if (typeof iface === 'string') return refuse('implements', iface);
    if (iface.kind !== 'interface') refuse('implements', `expected an interface, found "${target}"`);
  }
  if (versionSuffix !== undefined && (parsed.kind !== 'interface' || type.sort !== 'instance'))
    refuse('versionsuffix', 'only instances with an interface name have it');
}

/** What the functions must be that `[constructor]`, `[method]` and `[static]` names are given to (Binary.md, notes on names). */
const ANNOTATED = {
  constructor: 'a function, not async, that gives the resource or (result (own $T))',
  method: 'a function with a first parameter "self" that is a borrow of the resource',
  static: 'a function',
};

function fitsAnnotation(
  side: NameScope,
  name: Exclude<ExternName, { kind: 'label' | 'interface' }>,
  type: ExternType,
): boolean {
  if (type.sort !== 'func') return false;
  if (name.kind === 'static') return side.labels.has(name.resource);
  const { async, params, result } = type.type;
  const [self] = params;
  const isMethod = name.kind === 'method';
  const handle = isMethod ? self?.type : result?.kind === 'result' ? result.ok : result;
  return (
    (isMethod ? self?.name === 'self' : !async) &&
    handle?.kind === (isMethod ? 'borrow' : 'own') &&
    side.resourceLabels.get((handle as ValueTypeOf<'own' | 'borrow'>).resource) === name.resource
  );
}

function addResource(
  scope: Scope,
  type: ResourceType,
  { name, direction, isFresh }: Declaration,
  side: NameScope,
): void {
  side.resourceLabels.set(type, name.text);
  side.labels.add(name.text);
  if (direction === 'export') scope.exportedResources.set(type.id, [name.text]);
  if (!isFresh) return;
  if (direction === 'import') scope.importedResources.push({ id: type.id, path: [name.text] });
  else scope.definedResources.set(type.id, undefined);
}

/** Gives an instance type's own resources identities of this scope, which from now on holds an instance of the type. */
function openInstance(
  scope: Scope,
  type: InstanceType,
  name: DeclaredName,
  direction: Direction,
  renamed: ResourceBinding[],
): InstanceType {
  let opened = type;
  if (type.bound.length > 0) {
    const fresh = new Map<number, number>();
    for (const id of type.bound) {
      const next = scope.freshResource(name.at).id;
      const path = type.resources.get(id) ?? [];
      fresh.set(id, next);
      renamed.push({ path, id: next });
      if (direction === 'import') scope.importedResources.push({ id: next, path: [name.text, ...path] });
      else scope.definedResources.set(next, undefined);
    }
    opened = { ...new Substitution(scope.table, fresh).instance(type), bound: [] };
  }
  if (direction === 'export') {
    scope.reexport(opened, name.text, scope.exportedResources);
  }
  return opened;
}

/** Checks that a type refers to named types only and gives names to the types that it exports. */
function nameTypes(scope: Scope, type: ExternType, direction: Direction): boolean {
  const { table } = scope;
  const { visible } = direction === 'import' ? scope.imports : scope.exports;
  table.spend(1);
  switch (type.sort) {
    case 'type':
      if (!hasVisibleParts(table, type.type, visible)) return false;
      if (direction === 'import') scope.imports.visible.add(type.type);
      scope.exports.visible.add(type.type);
      return true;
    case 'instance':
      for (const item of type.type.exports.values()) if (!nameTypes(scope, item, direction)) return false;
      return true;
    case 'func':
      return hasVisibleParts(table, type.type, visible);
    case 'value':
      return isVisible(table, type.type, visible);
    default:
      return true;
  }
}

function hasVisibleParts(table: TypeTable, type: AnyType, visible: ReadonlySet<AnyType>): boolean {
  if (type.kind === 'own' || type.kind === 'borrow') return visible.has(type.resource);
  if (type.kind === 'instance')
    return [...type.exports.values()].every((item) => {
      table.spend(1);
      if (item.sort === 'value') return isVisible(table, item.type, visible);
      return item.sort === 'module' || hasVisibleParts(table, item.type, visible);
    });
  return partsOf(type, table).every((part) => isVisible(table, part, visible));
}

/** Records, variants, enums and flags must be named themselves, the rest must be made of what is named. */
function isVisible(table: TypeTable, type: ValueType, visible: ReadonlySet<AnyType>): boolean {
  table.spend(1);
  const needsName = type.kind === 'record' || type.kind === 'variant' || type.kind === 'enum' || type.kind === 'flags';
  return needsName ? visible.has(type) : hasVisibleParts(table, type, visible);
}
