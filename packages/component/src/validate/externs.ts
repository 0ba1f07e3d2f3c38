import { invalid } from '../errors.ts';
import type { ResourceBinding } from '../plan.ts';
import type { AnyType, ExternItem, ExternType, FuncType, InstanceType, NameAttributes } from '../types/extern-type.ts';
import { isValueType } from '../types/extern-type.ts';
import { type ExternName, parseExternName, uniqueForm } from '../types/names.ts';
import { Substitution } from '../types/substitute.ts';
import type { TypeTable } from '../types/type-table.ts';
import { partsOf, type ResourceType, type ValueType } from '../types/value-type.ts';
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
  const parsed = parseName(name, direction);
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
      `${type.sort} not valid to be used as ${direction}: "${name.text}" uses a type that no ${direction === 'import' ? 'import' : 'import or export'} before it names`,
    );
  }
  const item = declare(scope.table, side, parsed, name, opened, direction);
  scope.grow(opened, name.at);
  pushItem(scope, item);
  return { item, renamed };
}

/** What an import or export takes to keep, as so many definitions. */
const STEPS_OF_EXTERN = 4;

/** Checks a name against its scope and its type, and records it. */
export function declare(
  table: TypeTable,
  side: NameScope,
  parsed: ExternName,
  name: DeclaredName,
  type: ExternType,
  direction: Direction,
): ExternItem {
  checkAttributes(parsed, name, type);
  const problem = annotationProblem(side, parsed, type);
  if (problem) throw invalid(name.at, `${direction} name "${name.text}" is not valid: ${problem}`);
  const unique = uniqueForm(parsed, name.text);
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

export function parseName(name: DeclaredName, direction: Direction): ExternName {
  const parsed = parseExternName(name.text, name.attributes.versionSuffix);
  if (typeof parsed === 'string')
    throw invalid(name.at, `${direction} name "${name.text}" is not a valid extern name: ${parsed}`);
  return parsed;
}

function checkAttributes(parsed: ExternName, name: DeclaredName, type: ExternType): void {
  const { implements: target, versionSuffix } = name.attributes;
  if (target !== undefined) {
    if (parsed.kind !== 'label')
      throw invalid(name.at, `name "${name.text}" is not valid with "implements": a plain name is needed`);
    if (type.sort !== 'instance') throw invalid(name.at, 'only instances can have an "implements"');
    const iface = parseExternName(target);
    if (typeof iface === 'string') throw invalid(name.at, `"${target}" is not a valid name: ${iface}`);
    if (iface.kind !== 'interface') throw invalid(name.at, `name "${target}" must be an interface`);
  }
  if (versionSuffix !== undefined && (parsed.kind !== 'interface' || type.sort !== 'instance')) {
    throw invalid(name.at, 'only instances with an interface name can have a "versionsuffix"');
  }
}

/** Why a `[constructor]`, `[method]` or `[static]` name does not fit its function (Binary.md, notes on names). */
function annotationProblem(side: NameScope, name: ExternName, type: ExternType): string | undefined {
  if (name.kind === 'label' || name.kind === 'interface') return undefined;
  if (type.sort !== 'func') return 'item is not a func';
  if (name.kind === 'static') {
    return side.labels.has(name.resource) ? undefined : 'static resource name is not known in this context';
  }
  const handle = name.kind === 'constructor' ? constructed(type.type) : receiver(type.type);
  if (typeof handle === 'string') return handle;
  const label = side.resourceLabels.get(handle);
  if (label === undefined) return 'resource used in function does not have a name in this context';
  return label === name.resource ? undefined : `function does not match expected resource name "${label}"`;
}

function constructed(type: FuncType): ResourceType | string {
  if (type.async) return 'constructor function cannot be async';
  const { result } = type;
  if (!result) return 'function should return one value';
  const own = result.kind === 'result' ? result.ok : result;
  return own?.kind === 'own' ? own.resource : 'function should return "(own $T)" or "(result (own $T))"';
}

function receiver(type: FuncType): ResourceType | string {
  const [self] = type.params;
  if (!self) return 'function should have at least one argument';
  if (self.name !== 'self') return 'function should have a first argument called "self"';
  return self.type.kind === 'borrow' ? self.type.resource : 'function should take a first argument of "(borrow $T)"';
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
  if (isValueType(type)) {
    if (type.kind === 'own' || type.kind === 'borrow') return visible.has(type.resource);
    return partsOf(type).every((part) => isVisible(table, part, visible));
  }
  if (type.kind === 'func') {
    return (
      type.params.every((param) => isVisible(table, param.type, visible)) &&
      (!type.result || isVisible(table, type.result, visible))
    );
  }
  if (type.kind !== 'instance') return true;
  for (const item of type.exports.values()) {
    table.spend(1);
    if (
      item.sort === 'value'
        ? !isVisible(table, item.type, visible)
        : item.sort !== 'module' && !hasVisibleParts(table, item.type, visible)
    )
      return false;
  }
  return true;
}

/** Records, variants, enums and flags must be named themselves, the rest must be made of what is named. */
function isVisible(table: TypeTable, type: ValueType, visible: ReadonlySet<AnyType>): boolean {
  table.spend(1);
  const needsName = type.kind === 'record' || type.kind === 'variant' || type.kind === 'enum' || type.kind === 'flags';
  return needsName ? visible.has(type) : hasVisibleParts(table, type, visible);
}

/** Appends an item to the index space of its sort. Core modules and components are appended by their own sections too. */
export function pushItem(scope: Scope, item: ExternType): void {
  switch (item.sort) {
    case 'module':
      scope.coreModules.push(item.type);
      return;
    case 'func':
      scope.funcs.push(item.type);
      return;
    case 'type':
      scope.definedTypes.push(item.type);
      return;
    case 'instance':
      scope.instances.push(item.type);
      return;
    case 'component':
      scope.components.push(item.type);
      return;
    case 'value':
      return;
  }
}
