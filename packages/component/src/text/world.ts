import type { AnyType, ExternItem, FuncType, NameAttributes } from '../types/extern-type.ts';
import { isValueType } from '../types/extern-type.ts';
import type { PrimitiveKind } from '../types/value-type.ts';

/** What a component tells about its world. A `Component` is one. */
export interface WorldSource {
  readonly imports: readonly ExternItem[];
  readonly exports: readonly ExternItem[];
}

export type Side = 'import' | 'export';

/** A type by the scope that names it. */
export interface TypeReference {
  readonly scope: Scope;
  readonly name: string;
}

/** The functions of a resource, in order. */
export interface ResourceFunctions {
  readonly create?: FuncType;
  readonly methods: Map<string, FuncType>;
  readonly statics: Map<string, FuncType>;
}

const PRIMITIVES: readonly PrimitiveKind[] = [
  'bool', 's8', 'u8', 's16', 'u16', 's32', 'u32', 's64', 'u64', 'f32', 'f64', 'char', 'string', 'error-context',
]; // prettier-ignore

function isPrimitive(type: AnyType): boolean {
  return PRIMITIVES.includes(type.kind as PrimitiveKind);
}

/** Records, variants, enums and flags: types that only a definition with a name can make. */
export function isNominal(type: AnyType): boolean {
  return ['record', 'variant', 'enum', 'flags'].includes(type.kind);
}

/**
 * What all names of one type share: a resource's number, and the shape of a value type, which an export or import of a
 * type takes over from the type that it names. Primitive types have their names from the language.
 */
function identityOf(type: AnyType): unknown {
  if (type.kind === 'resource') return type.id;
  return isValueType(type) && !isPrimitive(type) ? type.shape : undefined;
}

/** One place in which types have names: an interface on one side of the world, or that side of the world itself. */
export class Scope {
  readonly side: Side;
  /** As imports and exports name it; undefined for the world itself. */
  readonly externName: string | undefined;
  /** The WIT name of the interface, with its version, if it has one by which others can refer to it. */
  readonly interfaceName: string | undefined;
  readonly types: Map<string, AnyType> = new Map();
  /** Plain functions; those of resources are in `resources`. */
  readonly funcs: Map<string, FuncType> = new Map();
  readonly resources: Map<string, ResourceFunctions> = new Map();
  /** What WIT and the notations made from it have no word for. */
  readonly others: ExternItem[] = [];
  /** Equal for scopes that are one in WIT: both sides of the world, and both sides of an interface. */
  readonly place: unknown;
  private readonly names = new Map<unknown, string>();

  constructor(side: Side, externName?: string, interfaceName?: string) {
    this.side = side;
    this.externName = externName;
    this.interfaceName = interfaceName;
    this.place = externName === undefined ? 'world' : (interfaceName ?? this);
  }

  add(item: ExternItem): void {
    const { name, sort } = item;
    if (sort === 'type' && !name.includes(':')) this.addType(name, item.type);
    else if (sort !== 'func' || !this.addFunc(name, item.type)) this.others.push(item);
  }

  private addType(name: string, type: AnyType): void {
    this.types.set(name, type);
    this.names.set(type, name);
    const identity = identityOf(type);
    if (identity !== undefined && !this.names.has(identity)) this.names.set(identity, name);
    if (type.kind === 'resource' && !this.resources.has(name))
      this.resources.set(name, { methods: new Map(), statics: new Map() });
  }

  /** Names were checked when the component was compiled, so that what they start with tells their kind. */
  private addFunc(name: string, type: FuncType): boolean {
    const [, kind, label = '', member = ''] = /^\[(\w+)\]([^.]*)\.?(.*)$/.exec(name) ?? [];
    if (kind === undefined) {
      this.funcs.set(name, type);
      return true;
    }
    const resource = this.resources.get(label);
    if (!resource) return false;
    if (kind === 'constructor') this.resources.set(label, { ...resource, create: type });
    else (kind === 'method' ? resource.methods : resource.statics).set(member, type);
    return true;
  }

  /** Types alone need nobody to serve them. */
  get needsProvider(): boolean {
    const hasFuncs = [...this.resources.values()].some((r) => r.create || r.methods.size > 0 || r.statics.size > 0);
    return hasFuncs || this.funcs.size > 0 || this.others.length > 0;
  }

  /** The name that this scope gives a type, if it does. A list or tuple is its name only where that is what was written. */
  nameOf(type: AnyType): string | undefined {
    const isKnown = type.kind === 'resource' || isNominal(type);
    return this.names.get(type) ?? (isKnown ? this.names.get(identityOf(type)) : undefined);
  }
}

/** An import or export of the world itself. */
export interface WorldItem {
  readonly item: ExternItem;
  /** The interface that it is, if it is one. */
  readonly scope?: Scope;
}

/** A component's world: its interfaces, and which of them names which type. All in the component's order, which is its author's. */
export class World {
  readonly imports: readonly WorldItem[];
  readonly exports: readonly WorldItem[];
  readonly root: Readonly<Record<Side, Scope>> = { import: new Scope('import'), export: new Scope('export') };
  private readonly owners = new Map<unknown, TypeReference[]>();

  constructor(source: WorldSource) {
    this.imports = this.items('import', source.imports);
    this.exports = this.items('export', source.exports);
  }

  /** The interfaces, those of imports first. */
  get interfaces(): readonly Scope[] {
    return [...this.imports, ...this.exports].flatMap(({ scope }) => scope ?? []);
  }

  /** Every scope that names a type, in order of definition. */
  ownersOf(type: AnyType): readonly TypeReference[] {
    return this.owners.get(identityOf(type)) ?? [];
  }

  private items(side: Side, items: readonly ExternItem[]): WorldItem[] {
    return items.map((item) => {
      if (item.sort !== 'instance') {
        this.addTo(this.root[side], item);
        return { item };
      }
      const scope = new Scope(side, item.name, interfaceNameOf(item));
      for (const inner of item.type.exports.values()) this.addTo(scope, inner);
      return { item, scope };
    });
  }

  private addTo(scope: Scope, item: ExternItem): void {
    scope.add(item);
    if (item.sort !== 'type') return;
    const identity = identityOf(item.type);
    if (identity === undefined) return;
    const known = this.owners.get(identity);
    const reference = { scope, name: item.name };
    if (known) known.push(reference);
    else this.owners.set(identity, [reference]);
  }
}

/** The interface that an instance is of, by its name or by what it says to implement. */
function interfaceNameOf({ name, attributes }: { name: string; attributes?: NameAttributes }): string | undefined {
  const text = attributes?.implements ?? name + (attributes?.versionSuffix ?? '');
  if (!text.includes(':')) return undefined;
  const [path = '', version] = text.split('@');
  return version === undefined ? path : `${path}@${fullVersion(version)}`;
}

/** Names may carry just the part of the version that decides on compatibility, while WIT wants three numbers. */
function fullVersion(version: string): string {
  const numbers = /^[\d.]*$/.test(version) ? version.split('.').length : 3;
  return version + '.0'.repeat(3 - numbers);
}
