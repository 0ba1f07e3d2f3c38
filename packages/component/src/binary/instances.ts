import { invalid } from '../errors.ts';
import type { CoreSort, Reference, ResourceBinding, Sort } from '../plan.ts';
import { type CoreExtern, coreMismatch } from '../types/core-type.ts';
import type { ExternItem, ExternType, InstanceType } from '../types/extern-type.ts';
import { Substitution } from '../types/substitute.ts';
import { Subtyping } from '../types/subtype.ts';
import { finishInstance } from '../validate/component-type.ts';
import { declare } from '../validate/externs.ts';
import { type CoreInstanceType, Scope } from '../validate/scope.ts';
import { readCoreSort, readExternName, readSort } from './externs.ts';
import type { Reader } from './reader.ts';

/** Reads one `core:instance`. */
export function readCoreInstance(reader: Reader, scope: Scope): void {
  const at = reader.pos;
  if (reader.tag('core instance', [0, 1]) === 1) return readCoreBag(reader, scope);
  const module = reader.u32();
  const type = scope.at('module', module, at);
  const args = new Map<string, number>();
  reader.each(() => {
    const name = reader.name();
    reader.tag('instantiation arg kind', [0x12]);
    if (args.has(name)) throw invalid(at, `duplicate module instantiation argument named "${name}"`);
    args.set(name, reader.u32());
  });
  const given = new Map([...args].map(([name, index]) => [name, scope.at('core-instance', index, at)]));
  scope.table.spend(type.imports.length);
  for (const wanted of type.imports) checkCoreArgument(given, wanted.module, wanted.name, wanted.type, at);
  scope.spaces['core-instance'].push(type.exports);
  scope.steps.push({ op: 'core-instance', module, args: [...args] });
}

function checkCoreArgument(
  given: ReadonlyMap<string, CoreInstanceType>,
  module: string,
  name: string,
  type: CoreExtern,
  at: number,
): void {
  const instance = given.get(module);
  if (!instance) throw invalid(at, `missing module instantiation argument named "${module}"`);
  const found = instance.get(name);
  if (!found) throw invalid(at, `module instantiation argument "${module}" does not export an item named "${name}"`);
  const why = coreMismatch(found, type);
  if (why) throw invalid(at, `type mismatch for export "${name}" of module instantiation argument "${module}": ${why}`);
}

function readCoreBag(reader: Reader, scope: Scope): void {
  const type = new Map<string, CoreExtern>();
  scope.table.spend(1);
  const exports = reader.vec((): Reference<CoreSort> => {
    const at = reader.pos;
    const name = reader.name();
    const sort = readCoreSort(reader);
    const index = reader.u32();
    if (type.has(name)) throw invalid(at, `duplicate instantiation export name "${name}" already defined`);
    type.set(name, scope.at(`core-${sort}`, index, at));
    return { name, sort, index };
  });
  scope.spaces['core-instance'].push(type);
  scope.steps.push({ op: 'core-bag', exports });
}

/** Looks up what a `sortidx` refers to. */
export function itemAt(scope: Scope, sort: Sort, index: number, at: number): ExternType {
  return { sort, type: scope.at(sort, index, at) } as ExternType;
}

export function reference(name: string, item: ExternType, index: number): Reference<Sort> {
  const resource = item.sort === 'type' && item.type.kind === 'resource' ? item.type.id : undefined;
  return { name, sort: item.sort, index, ...(resource !== undefined && { resource }) };
}

/** Reads one `instance`. */
export function readInstance(reader: Reader, scope: Scope): void {
  const at = reader.pos;
  if (reader.tag('instance', [0, 1]) === 1) return readBag(reader, scope);
  const component = reader.u32();
  const given = new Map<string, ExternItem>();
  const args = reader.vec(() => {
    const name = reader.name();
    const sort = readSort(reader);
    const index = reader.u32();
    const item = itemAt(scope, sort, index, at);
    if (given.has(name))
      throw invalid(at, `instantiation argument "${name}" conflicts with previous argument "${name}"`);
    given.set(name, { ...item, name });
    return reference(name, item, index);
  });
  const { type, defined } = instantiate(scope, component, given, at);
  scope.spaces.instance.push(type);
  scope.steps.push({ op: 'instance', component, args, defined });
}

/** Checks the arguments of an instantiation and gives the instance's type, in which the component's own resources are new. */
function instantiate(
  scope: Scope,
  index: number,
  given: ReadonlyMap<string, ExternItem>,
  at: number,
): { type: InstanceType; defined: ResourceBinding[] } {
  const component = scope.at('component', index, at);
  const opened = new Subtyping(scope.table).open(given, component.imports, component.importedResources, 'import');
  if (typeof opened === 'string') throw invalid(at, opened);
  const defined = component.definedResources.map(({ id, path }): ResourceBinding => {
    const fresh = scope.freshResource(at).id;
    scope.definedResources.set(fresh, undefined);
    opened.resources.set(id, fresh);
    return { path, id: fresh };
  });
  const substitution = new Substitution(scope.table, opened.resources, opened.replaced);
  const type: InstanceType = {
    kind: 'instance',
    exports: substitution.items(component.exports),
    bound: [],
    resources: substitution.paths(component.resources),
    extent: component.extent,
  };
  return { type, defined };
}

function readBag(reader: Reader, scope: Scope): void {
  const at = reader.pos;
  const bag = new Scope('instance type', undefined, scope.compilation);
  const exports = reader.vec(() => {
    const name = readExternName(reader);
    const sort = readSort(reader);
    const index = reader.u32();
    const item = itemAt(scope, sort, index, name.at);
    declare(scope.table, bag.exports, name, item, 'export');
    bag.grow(item, at);
    if (item.sort === 'type' && item.type.kind === 'resource') bag.exportedResources.set(item.type.id, [name.text]);
    if (item.sort === 'instance') scope.reexport(item.type, name.text, bag.exportedResources);
    return reference(name.text, item, index);
  });
  scope.spaces.instance.push(finishInstance(bag));
  scope.steps.push({ op: 'bag', exports });
}
