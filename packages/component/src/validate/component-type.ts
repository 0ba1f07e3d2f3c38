import { invalid } from '../errors.ts';
import type { AnyType, ComponentType, ExternItem, InstanceType } from '../types/extern-type.ts';
import { isValueType } from '../types/extern-type.ts';
import type { TypeTable } from '../types/type-table.ts';
import { partsOf } from '../types/value-type.ts';
import type { Scope } from './scope.ts';

/** Ends a component or component type: computes its type and checks that no private resource shows in it. */
export function finishComponent(scope: Scope, at: number): ComponentType {
  const [imports, exports] = [scope.imports.items, scope.exports.items];
  const inImports = freeResources(scope.table, imports.values());
  const inExports = freeResources(scope.table, exports.values());
  const definedResources = [];
  for (const id of scope.definedResources.keys()) {
    if (inImports.has(id)) throw invalid(at, 'local resource type found in imports');
    if (!inExports.has(id)) continue;
    const path = scope.exportedResources.get(id);
    if (!path) throw invalid(at, 'local resource type found in export but not exported itself');
    definedResources.push({ id, path });
  }
  return {
    kind: 'component',
    imports,
    exports,
    importedResources: scope.importedResources,
    definedResources,
    resources: scope.exportedResources,
    extent: scope.extent,
  };
}

export function finishInstance(scope: Scope): InstanceType {
  return {
    kind: 'instance',
    exports: scope.exports.items,
    bound: [...scope.definedResources.keys()],
    resources: scope.exportedResources,
    extent: scope.extent,
  };
}

/** The resources that types refer to without binding them. */
export function freeResources(table: TypeTable, types: Iterable<AnyType | ExternItem>): Set<number> {
  const free = new Set<number>();
  const bound = new Set<number>();
  const seen = new Set<AnyType>();
  const pending: AnyType[] = [];
  const add = (item: AnyType | ExternItem): void => {
    if (!('sort' in item)) pending.push(item);
    else if (item.sort !== 'module') pending.push(item.type);
  };
  for (const type of types) add(type);
  for (let type = pending.pop(); type; type = pending.pop()) {
    table.spend(1);
    if (seen.has(type)) continue;
    seen.add(type);
    if (isValueType(type) && !type.shape.hasResource) continue;
    switch (type.kind) {
      case 'own':
      case 'borrow':
        free.add(type.resource.id);
        break;
      case 'resource':
        free.add(type.id);
        break;
      case 'instance':
        type.bound.forEach((id) => bound.add(id));
        type.exports.forEach(add);
        break;
      case 'component':
        for (const { id } of [...type.importedResources, ...type.definedResources]) bound.add(id);
        type.imports.forEach(add);
        type.exports.forEach(add);
        break;
      default:
        for (const part of partsOf(type, table)) pending.push(part);
    }
  }
  bound.forEach((id) => free.delete(id));
  return free;
}
