import { invalid } from '../errors.ts';
import type { CoreModule } from '../binary/core-module.ts';
import type { CoreTypeSpace } from '../binary/core-types.ts';
import type { Step, Unsupported } from '../plan.ts';
import type { CoreExtern, CoreType } from '../types/core-type.ts';
import type {
  AnyType,
  BoundResource,
  Extent,
  ExternItem,
  ExternType,
  InstanceType,
  ResourcePath,
} from '../types/extern-type.ts';
import { describeType, extentOf, isValueType } from '../types/extern-type.ts';
import type { TypeTable } from '../types/type-table.ts';
import type { ResourceType, ValueType } from '../types/value-type.ts';

/** What several scopes of one compilation share. */
export interface Compilation {
  readonly table: TypeTable;
  readonly modules: CoreModule[];
  /** The first use of each feature. */
  readonly unsupported: Unsupported[];
  /** Called as soon as a core module is known, long before the component is valid. */
  readonly onModule: (module: CoreModule) => void;
}

export type ScopeKind = 'component' | 'component type' | 'instance type';

/** The index spaces of what core modules import and export, by its kind. */
export type CoreSpaces = { readonly [E in CoreExtern as E['kind']]: E[] };

export function coreSpaces(): CoreSpaces {
  return { 'core-func': [], 'core-table': [], 'core-memory': [], 'core-global': [], 'core-tag': [] };
}

/** All index spaces of a component. */
export type Spaces = CoreSpaces & { readonly [E in ExternType as E['sort']]: E['type'][] } & {
  readonly 'core-type': CoreType[];
  readonly 'core-instance': CoreInstanceType[];
};

type TypeOfKind<K> = K extends 'value' ? ValueType : Extract<AnyType, { readonly kind: K }>;

export type CoreInstanceType = ReadonlyMap<string, CoreExtern>;

/** One side of a component's interface while it is being validated. */
export class NameScope {
  readonly items: Map<string, ExternItem> = new Map();
  /** Strongly-unique forms in use, with the name that took each. */
  readonly taken: Map<string, string> = new Map();
  /** Types that have a name on this side, by definition (Explainer, "External Visibility of Types"). */
  readonly visible: Set<AnyType> = new Set();
  /** Resources imported or exported here by a label, for the names of their functions. */
  readonly resourceLabels: Map<ResourceType, string> = new Map();
  readonly labels: Set<string> = new Set();
}

/**
 * The index spaces of one component, component type or instance type while its definitions are validated in order.
 * An index refers only to what came before it, so looking up is a bounds check.
 */
export class Scope implements CoreTypeSpace {
  readonly kind: ScopeKind;
  readonly parent: Scope | undefined;
  readonly compilation: Compilation;
  readonly steps: Step[] = [];
  usesGcHeap = false;

  readonly spaces: Spaces = {
    ...coreSpaces(),
    'core-type': [],
    'core-instance': [],
    module: [],
    func: [],
    value: [],
    type: [],
    instance: [],
    component: [],
  };

  readonly imports: NameScope = new NameScope();
  readonly exports: NameScope = new NameScope();
  readonly importedResources: BoundResource[] = [];
  /** Resources made here, with their representation when it is known: the ones defined by a `resource` type. */
  readonly definedResources: Map<number, 'i32' | undefined> = new Map();
  readonly exportedResources: Map<number, ResourcePath> = new Map();
  /** How large the type being built is. */
  extent: Extent = { nodes: 1, depth: 1 };
  /** Scopes around this one, and itself. */
  readonly level: number;

  constructor(kind: ScopeKind, parent: Scope | undefined, compilation: Compilation) {
    this.kind = kind;
    this.parent = parent;
    this.compilation = compilation;
    this.level = 1 + (parent?.level ?? 0);
    this.table.spend(STEPS_OF_SCOPE);
  }

  get table(): TypeTable {
    return this.compilation.table;
  }

  /** The core type index space, under the name that readers of core types use. */
  get types(): CoreType[] {
    return this.spaces['core-type'];
  }

  /** What an index refers to. */
  at<S extends keyof Spaces>(sort: S, index: number, at: number): Spaces[S][number] {
    return lookup<Spaces[S][number]>(this.spaces[sort], index, sort, at);
  }

  /** The type that an index refers to, which must be of one kind; `value` stands for all value types. */
  typeAt<K extends AnyType['kind'] | 'value'>(kind: K, index: number, at: number): TypeOfKind<K> {
    const type: AnyType = lookup(this.spaces.type, index, 'type', at);
    if (type.kind !== kind && !(kind === 'value' && isValueType(type)))
      throw invalid(at, `type mismatch for type ${index}: expected ${kind}, found ${describeType(type)}`);
    return type as TypeOfKind<K>;
  }

  outer(count: number, at: number): Scope {
    let scope: Scope | undefined = this;
    for (let i = 0; i < count && scope; i++) scope = scope.parent;
    if (!scope) throw invalid(at, `invalid outer alias count of ${count}`);
    return scope;
  }

  /** Adds an item to its index space. */
  push({ sort, type }: ExternType): void {
    this.spaces[sort].push(type as never);
  }

  /** Adds to the extent of the type being built and refuses one that would make work on it explode. */
  grow(item: ExternType, at: number): void {
    if (item.sort === 'func') this.table.spend(item.type.params.length);
    const { nodes, depth } = item.sort === 'module' ? { nodes: 1, depth: 1 } : extentOf(item.type);
    this.extent = { nodes: this.extent.nodes + nodes, depth: Math.max(this.extent.depth, depth + 1) };
    checkExtent(this.extent, at);
  }

  /** Notes that a feature is used which `link` will refuse. */
  cannotRun(feature: string, offset: number): void {
    const { unsupported } = this.compilation;
    if (!unsupported.some((known) => known.feature === feature)) unsupported.push({ feature, offset });
  }

  /** Notes where the resources are that an instance brings along when it is exported by a name. */
  reexport({ resources, extent }: InstanceType, name: string, into: Map<number, ResourcePath>): void {
    this.table.spend(resources.size * extent.depth);
    for (const [id, path] of resources) into.set(id, [name, ...path]);
  }

  freshResource(at: number): ResourceType {
    if (this.table.resources >= MAX_RESOURCES) throw invalid(at, `more than ${MAX_RESOURCES} resource types`);
    return this.table.freshResource();
  }
}

/** What a scope takes of memory, as so many definitions. */
const STEPS_OF_SCOPE = 10;
/** Bounds of one type written out as a tree. wasm-tools has the same. */
const MAX_TYPE_NODES = 1_000_000;
const MAX_TYPE_DEPTH = 100;
const MAX_RESOURCES = 100_000;

/** Looks an index up in its space. */
export function lookup<T>(space: readonly T[], index: number, what: string, at: number): T {
  const item = space[index];
  if (item === undefined) throw invalid(at, `unknown ${what} ${index}: index out of bounds`);
  return item;
}

export function checkExtent({ nodes, depth }: Extent, at: number): void {
  if (nodes > MAX_TYPE_NODES || depth > MAX_TYPE_DEPTH)
    throw invalid(at, `type of size ${nodes}, ${depth} levels deep, more than ${MAX_TYPE_NODES} or ${MAX_TYPE_DEPTH}`);
}
