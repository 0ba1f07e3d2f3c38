import { invalid } from '../errors.ts';
import { freeResources } from '../validate/component-type.ts';
import type { Scope } from '../validate/scope.ts';
import { readCoreSort, readSort } from './externs.ts';
import type { Reader } from './reader.ts';

/** Reads one `alias` and appends what it refers to. In types, only types and instances can be aliased. */
export function readAlias(reader: Reader, scope: Scope): void {
  const at = reader.pos;
  const isCore = reader.peek() === 0;
  const target = reader.bytes[at + (isCore ? 2 : 1)];
  if (target === 0x02) return aliasOuter(reader, scope, at);
  if (isCore && target === 0x01) return aliasCoreExport(reader, scope, at);
  const sort = readSort(reader);
  reader.tag('alias target', [0x00]);
  const [instance, name] = [reader.u32(), reader.name()];
  refuseInType(scope, sort, at);
  const item = exported(scope.at('instance', instance, at).exports, instance, name, at);
  expectSort(item.sort, sort, name, at);
  scope.push(item);
  scope.steps.push({ op: 'alias', sort, instance, name });
}

function aliasCoreExport(reader: Reader, scope: Scope, at: number): void {
  reader.u8();
  const sort = readCoreSort(reader);
  reader.u8();
  const [instance, name] = [reader.u32(), reader.name()];
  refuseInType(scope, sort, at);
  const item = exported(scope.at('core-instance', instance, at), instance, name, at);
  expectSort(item.kind, `core-${sort}`, name, at);
  scope.spaces[item.kind].push(item as never);
  scope.steps.push({ op: 'core-alias', sort, instance, name });
}

function refuseInType(scope: Scope, sort: string, at: number): void {
  if (scope.kind === 'component' || /type|^instance/.test(sort)) return;
  throw invalid(at, `an alias in a component or instance type refers to a type or an instance, not a ${sort}`);
}

function exported<T>(exports: ReadonlyMap<string, T>, instance: number, name: string, at: number): T {
  const item = exports.get(name);
  if (!item) throw invalid(at, `instance ${instance} has no export named "${name}"`);
  return item;
}

function expectSort(found: string, expected: string, name: string, at: number): void {
  if (found !== expected) throw invalid(at, `type mismatch for export "${name}": expected ${expected}, found ${found}`);
}

function aliasOuter(reader: Reader, scope: Scope, at: number): void {
  const byte = reader.tag('outer alias sort', [0x00, 0x03, 0x04]);
  const coreSort = byte === 0 ? reader.tag('core outer alias sort', [0x10, 0x11]) : 0;
  const sort = byte === 3 ? 'type' : byte === 4 ? 'component' : coreSort === 0x10 ? 'core-type' : 'module';
  reader.u8();
  const [count, index] = [reader.u32(), reader.u32()];
  const outer = scope.outer(count, at);
  refuseInType(scope, sort, at);
  const item = outer.at(sort, index, at);
  if (sort === 'type' && count > 0 && scope.outer(count - 1, at).kind === 'component') {
    if (freeResources(scope.table, [outer.at(sort, index, at)]).size > 0)
      throw invalid(at, 'an outer alias refers to a type with resources that are not of this component');
  }
  scope.spaces[sort].push(item as never);
  if (sort === 'module' || sort === 'component') scope.steps.push({ op: 'outer', sort, count, index });
}
