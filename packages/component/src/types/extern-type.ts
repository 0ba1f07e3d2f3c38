import type { ModuleType } from './core-type.ts';
import { describeValue, extentAround, type Field, partsOf, type ResourceType, type ValueType } from './value-type.ts';

export interface FuncType {
  readonly kind: 'func';
  readonly params: readonly Field[];
  readonly result?: ValueType;
  readonly async: boolean;
}

/** The way from a component or instance type to a resource type in it: names of imports or exports, outermost first. */
export type ResourcePath = readonly string[];

export interface BoundResource {
  readonly id: number;
  readonly path: ResourcePath;
}

/** How large a type is when written out as a tree, which bounds the work and the stack that walking it needs. */
export interface Extent {
  readonly nodes: number;
  readonly depth: number;
}

export interface InstanceType {
  readonly kind: 'instance';
  readonly exports: ReadonlyMap<string, ExternItem>;
  /**
   * Resources that this type introduces by `(sub resource)` exports: each use of the type makes them anew.
   * Empty for the type of an instance that exists.
   */
  readonly bound: readonly number[];
  /** Every resource exported here or in an instance exported here, with the first way to it. */
  readonly resources: ReadonlyMap<number, ResourcePath>;
  readonly extent: Extent;
}

export interface ComponentType {
  readonly kind: 'component';
  readonly imports: ReadonlyMap<string, ExternItem>;
  readonly exports: ReadonlyMap<string, ExternItem>;
  readonly importedResources: readonly BoundResource[];
  readonly definedResources: readonly BoundResource[];
  /** Every resource exported here or in an instance exported here, with the first way to it. */
  readonly resources: ReadonlyMap<number, ResourcePath>;
  readonly extent: Extent;
}

/** What a type index can refer to. */
export type AnyType = ValueType | ResourceType | FuncType | InstanceType | ComponentType;

/** The type of an import or export (Explainer, `externtype`). */
export type ExternType =
  | { readonly sort: 'module'; readonly type: ModuleType }
  | { readonly sort: 'func'; readonly type: FuncType }
  | { readonly sort: 'value'; readonly type: ValueType }
  | { readonly sort: 'type'; readonly type: AnyType }
  | { readonly sort: 'instance'; readonly type: InstanceType }
  | { readonly sort: 'component'; readonly type: ComponentType };

export type ExternSort = ExternType['sort'];

/** Attributes of an import or export name. They never take part in type checking. */
export interface NameAttributes {
  readonly implements?: string;
  readonly versionSuffix?: string;
  readonly externalId?: string;
}

/** An import or export: its exact name, its type and the name's attributes. */
export type ExternItem = ExternType & { readonly name: string; readonly attributes?: NameAttributes };

/** Tells whether a type is a value type. */
export function isValueType(type: AnyType): type is ValueType {
  return 'shape' in type;
}

export function describeType(type: AnyType | undefined): string {
  if (!type) return 'no type';
  if (isValueType(type)) return describeValue(type);
  return type.kind === 'func' && type.async ? 'async func' : type.kind;
}

/** How large a type is. */
export function extentOf(type: AnyType): Extent {
  if (isValueType(type)) return type.shape;
  if (type.kind === 'instance' || type.kind === 'component') return type.extent;
  return extentAround(partsOf(type).map((part) => part.shape));
}
