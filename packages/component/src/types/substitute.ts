import type { AnyType, BoundResource, ComponentType, ExternItem, InstanceType, ResourcePath } from './extern-type.ts';
import { isValueType } from './extern-type.ts';
import type { TypeTable } from './type-table.ts';
import { MEMBERS_PER_STEP, type Shape, type ValueType } from './value-type.ts';

/**
 * Replaces types inside types: resources by identity, and whole definitions by object, which is how the actual type
 * given for a type import takes the import's place (Binary.md, notes on `instantiate`).
 */
export class Substitution {
  private readonly table: TypeTable;
  private readonly resources: ReadonlyMap<number, number>;
  private readonly done = new Map<object, AnyType>();
  /** The same by shape, which the copies that naming a type makes of it share: so they stay one type. */
  private readonly shapes = new Map<Shape, ValueType>();

  constructor(
    table: TypeTable,
    resources: ReadonlyMap<number, number>,
    replaced: Iterable<readonly [AnyType, AnyType]> = [],
  ) {
    this.table = table;
    this.resources = resources;
    for (const [from, to] of replaced) {
      this.done.set(from, to);
      if (isValueType(from) && isValueType(to) && !this.shapes.has(from.shape)) this.shapes.set(from.shape, to);
    }
  }

  resourceId(id: number): number {
    return this.resources.get(id) ?? id;
  }

  type(type: AnyType): AnyType {
    this.table.spend(1);
    const known = this.done.get(type);
    if (known) return known;
    const next = this.rebuilt(type);
    this.done.set(type, next);
    return next;
  }

  private rebuilt(type: AnyType): AnyType {
    if (isValueType(type)) return this.rebuiltValue(type);
    switch (type.kind) {
      case 'resource': {
        const id = this.resources.get(type.id);
        return id === undefined ? type : { kind: 'resource', id };
      }
      case 'func':
        return this.inside(type);
      case 'instance':
        return this.instance(type);
      case 'component':
        return this.component(type);
    }
  }

  private rebuiltValue(type: ValueType): ValueType {
    const known = this.shapes.get(type.shape);
    if (known) return { ...known };
    const definition = this.inside(type);
    if (definition === type) return type;
    const next = this.table.value(definition);
    this.shapes.set(type.shape, next);
    return next;
  }

  /** Plain data with the types in it replaced, or the same object when none changed. */
  private inside<T extends object>(data: T): T {
    const replaced = (part: object): object => ('kind' in part ? this.type(part as AnyType) : this.inside(part));
    if (Array.isArray(data)) {
      this.table.spend(Math.floor(data.length / MEMBERS_PER_STEP));
      return mapChanged(data, replaced) as T;
    }
    let next = data;
    for (const key in data) {
      const part: unknown = data[key];
      if (typeof part !== 'object' || part === null || key === 'shape' || key === 'names') continue;
      const other = replaced(part);
      if (other !== part) next = { ...next, [key]: other };
    }
    return next;
  }

  instance(type: InstanceType): InstanceType {
    const bound = mapChanged(type.bound, (id) => this.resourceId(id));
    const [exports, resources] = [this.items(type.exports), this.paths(type.resources)];
    if (bound === type.bound && exports === type.exports && resources === type.resources) return type;
    return { ...type, exports, resources, bound };
  }

  paths(resources: ReadonlyMap<number, ResourcePath>): ReadonlyMap<number, ResourcePath> {
    this.table.spend(resources.size);
    const next = new Map<number, ResourcePath>();
    let isChanged = false;
    resources.forEach((path, id) => {
      isChanged ||= this.resources.has(id);
      next.set(this.resourceId(id), path);
    });
    return isChanged ? next : resources;
  }

  private component(type: ComponentType): ComponentType {
    this.table.spend(type.importedResources.length + type.definedResources.length);
    const bound = (list: readonly BoundResource[]): BoundResource[] =>
      list.map(({ id, path }) => ({ id: this.resourceId(id), path }));
    return {
      ...type,
      imports: this.items(type.imports),
      exports: this.items(type.exports),
      importedResources: bound(type.importedResources),
      definedResources: bound(type.definedResources),
      resources: this.paths(type.resources),
    };
  }

  items(items: ReadonlyMap<string, ExternItem>): ReadonlyMap<string, ExternItem> {
    const next = new Map<string, ExternItem>();
    let isChanged = false;
    items.forEach((item, name) => {
      const other = this.item(item);
      isChanged ||= other !== item;
      next.set(name, other);
    });
    return isChanged ? next : items;
  }

  item(item: ExternItem): ExternItem {
    if (item.sort === 'module') return item;
    const type = this.type(item.type);
    return type === item.type ? item : ({ ...item, type } as ExternItem);
  }
}

function mapChanged<T>(items: readonly T[], change: (item: T) => T): readonly T[] {
  const next = items.map(change);
  return next.every((item, i) => item === items[i]) ? items : next;
}
