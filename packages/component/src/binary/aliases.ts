import { invalid } from '../errors.ts';
import type { CoreSort, Sort } from '../plan.ts';
import type { CoreExtern } from '../types/core-type.ts';
import { freeResources } from '../validate/component-type.ts';
import { pushItem } from '../validate/externs.ts';
import { lookup, type Scope } from '../validate/scope.ts';
import { readCoreSort, readSort } from './externs.ts';
import type { Reader } from './reader.ts';

/** Reads one `alias` and appends what it refers to. In types, only types and instances can be aliased. */
export function readAlias(reader: Reader, scope: Scope): void {
  const at = reader.pos;
  const isCore = reader.peek() === 0;
  const target = reader.bytes[at + (isCore ? 2 : 1)];
  if (target === 0x01 && isCore) {
    reader.u8();
    const sort = readCoreSort(reader);
    reader.u8();
    return aliasCoreExport(scope, sort, reader.u32(), reader.name(), at);
  }
  if (target === 0x02) return aliasOuter(reader, scope, at);
  const sort = readSort(reader);
  reader.tag('alias target', [0x00]);
  return aliasExport(scope, sort, reader.u32(), reader.name(), at);
}

function refuseInType(scope: Scope, allowed: boolean, at: number): void {
  if (scope.kind === 'component' || allowed) return;
  throw invalid(at, 'aliases in a component or instance type may only refer to types or instances');
}

function aliasExport(scope: Scope, sort: Sort, instance: number, name: string, at: number): void {
  refuseInType(scope, sort === 'type' || sort === 'instance', at);
  const item = lookup(scope.instances, instance, 'instance', at).exports.get(name);
  if (!item) throw invalid(at, `instance ${instance} has no export named "${name}"`);
  if (item.sort !== sort) throw invalid(at, `export "${name}" for instance ${instance} is not a ${sort}`);
  pushItem(scope, item);
  scope.steps.push({ op: 'alias', sort, instance, name });
}

function aliasCoreExport(scope: Scope, sort: CoreSort, instance: number, name: string, at: number): void {
  refuseInType(scope, false, at);
  const item = lookup(scope.coreInstances, instance, 'core instance', at).get(name);
  if (!item) throw invalid(at, `core instance ${instance} has no export named "${name}"`);
  if (item.kind !== `core-${sort}`)
    throw invalid(at, `export "${name}" for core instance ${instance} is not a ${sort}`);
  pushCore(scope, item);
  scope.steps.push({ op: 'core-alias', sort, instance, name });
}

function pushCore(scope: Scope, item: CoreExtern): void {
  switch (item.kind) {
    case 'core-func':
      scope.coreFuncs.push(item);
      return;
    case 'core-table':
      scope.coreTables.push(item);
      return;
    case 'core-memory':
      scope.coreMemories.push(item);
      return;
    case 'core-global':
      scope.coreGlobals.push(item);
      return;
    case 'core-tag':
      scope.coreTags.push(item);
  }
}

function aliasOuter(reader: Reader, scope: Scope, at: number): void {
  const byte = reader.tag('outer alias sort', [0x00, 0x03, 0x04]);
  const coreSort = byte === 0 ? reader.tag('core outer alias sort', [0x10, 0x11]) : undefined;
  reader.u8();
  const [count, index] = [reader.u32(), reader.u32()];
  const outer = scope.outer(count, at);
  if (coreSort === 0x10) {
    scope.coreTypes.push(lookup(outer.coreTypes, index, 'type', at));
    return;
  }
  if (byte === 0x03) return aliasOuterType(scope, outer, count, index, at);
  refuseInType(scope, false, at);
  if (coreSort === 0x11) {
    scope.coreModules.push(lookup(outer.coreModules, index, 'module', at));
    scope.steps.push({ op: 'outer', sort: 'module', count, index });
  } else {
    scope.components.push(lookup(outer.components, index, 'component', at));
    scope.steps.push({ op: 'outer', sort: 'component', count, index });
  }
}

function aliasOuterType(scope: Scope, outer: Scope, count: number, index: number, at: number): void {
  const type = outer.typeAt(index, at);
  const crossed = count > 0 ? scope.outer(count - 1, at) : undefined;
  if (crossed?.kind === 'component' && freeResources(scope.table, [type]).size > 0) {
    throw invalid(
      at,
      'cannot alias outer type which transitively refers to resources not defined in the current component',
    );
  }
  scope.definedTypes.push(type);
}
