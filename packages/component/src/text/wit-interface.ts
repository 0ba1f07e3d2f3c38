import { type AnyType, type FuncType, isValueType } from '../types/extern-type.ts';
import type { ResourceType, ValueType } from '../types/value-type.ts';
import { witFunc, witMembers, witStructure } from './wit-type.ts';
import { comment, indent, splitInterfaceName, witId, witPath } from './wit-names.ts';
import { isNominal, type ResourceFunctions, type Scope, type TypeReference, type World } from './world.ts';

/** Something that an interface defines: a text of its own, or a resource, to which both sides of a world may add. */
type Definition = { readonly lines: readonly string[] } | { readonly members: Map<string, string> };

/** The inside of one interface in WIT, put together from what imports and exports show of it. */
export class InterfaceText {
  private readonly world: World;
  /** The package it is in, whose other interfaces it names shortly. */
  private readonly packageName: string | undefined;
  /** By interface, the types that it takes over from there: their names there and here. */
  private readonly uses = new Map<string, Map<string, string>>();
  private readonly definitions = new Map<string, Definition>();
  private readonly funcs = new Map<string, string>();
  private readonly notes: string[] = [];
  /** Names of types that this interface needs and does not itself declare. */
  private readonly borrowed = new Map<unknown, string>();
  private readonly taken: Set<string>;
  private readonly declared = new Map<string, AnyType>();

  /** Takes the types of the scopes, which must be of one place. */
  constructor(world: World, scopes: readonly Scope[], packageName?: string) {
    this.world = world;
    this.packageName = packageName;
    this.taken = new Set(scopes.flatMap((scope) => [...scope.types.keys(), ...scope.funcs.keys()]));
    for (const scope of scopes) for (const [name, type] of scope.types) this.addType(scope, name, type);
  }

  addFuncs(scope: Scope): void {
    for (const [name, type] of scope.funcs) this.addMember(this.funcs, name, this.func(type, scope));
    for (const { name, sort } of scope.others) this.notes.push(comment(`${sort} "${name}" has no form in WIT`));
  }

  lines(): string[] {
    const uses = [...this.uses].map(([from, names]) => `use ${this.pathTo(from)}.{${useList(names)}};`);
    const blocks = [...this.definitions].map(([name, definition]) =>
      'lines' in definition ? definition.lines : resourceLines(name, definition.members),
    );
    const funcs = [...this.funcs].map(([name, text]) => `${witId(name)}: ${text};`);
    const parts = [uses, ...blocks, funcs, this.notes].filter((part) => part.length > 0);
    return parts.flatMap((part, i) => (i === 0 ? part : ['', ...part]));
  }

  private pathTo(interfaceName: string): string {
    const { packageName, label } = splitInterfaceName(interfaceName);
    return packageName === this.packageName ? witId(label) : witPath(interfaceName);
  }

  private addType(scope: Scope, name: string, type: AnyType): void {
    const known = this.declared.get(name);
    if (known && (type.kind !== 'resource' || known.kind !== 'resource')) {
      if (!isSame(known, type)) this.noteDifference(this.definition(scope, name, type as ValueType));
      return;
    }
    this.declared.set(name, type);
    const origin = this.originOf(scope, type);
    if (origin && origin.scope.place !== scope.place) {
      this.use(origin, name);
      return;
    }
    if (type.kind === 'resource' && origin?.name === name) {
      const resource = this.definitions.get(name);
      const members = resource && 'members' in resource ? resource.members : new Map<string, string>();
      this.definitions.set(name, { members });
      this.addFunctions(scope, members, scope.resources.get(name) as ResourceFunctions, type);
      return;
    }
    const isAlias = origin !== undefined && origin.name !== name;
    const lines = isAlias
      ? [`type ${witId(name)} = ${witId(origin.name)};`]
      : this.definition(scope, name, type as ValueType);
    this.definitions.set(name, { lines });
  }

  /** The name that a type had first, here or in an interface that this one can refer to. */
  private originOf(scope: Scope, type: AnyType): TypeReference | undefined {
    return this.world
      .ownersOf(type)
      .find(({ scope: owner }) => owner.place === scope.place || owner.interfaceName !== undefined);
  }

  private addMember(members: Map<string, string>, name: string, text: string): void {
    const known = members.get(name);
    if (known === undefined) members.set(name, text);
    else if (known !== text) this.noteDifference([`${witId(name)}: ${text};`]);
  }

  private noteDifference(lines: readonly string[]): void {
    this.notes.push(...['The exported interface differs from the imported one:', ...lines].map(comment));
  }

  private use({ scope, name }: TypeReference, local: string): void {
    const from = scope.interfaceName as string;
    const names = this.uses.get(from) ?? new Map<string, string>();
    this.uses.set(from, names.set(local, name));
  }

  private addFunctions(scope: Scope, members: Map<string, string>, funcs: ResourceFunctions, type: ResourceType): void {
    if (funcs.create) this.addMember(members, '', `constructor${this.constructing(funcs.create, scope, type)}`);
    for (const [label, func] of funcs.methods) {
      this.addMember(members, label, this.func({ ...func, params: func.params.slice(1) }, scope));
    }
    for (const [label, func] of funcs.statics) {
      this.addMember(members, label, `static ${this.func(func, scope)}`);
    }
  }

  private constructing({ params, result, ...rest }: FuncType, scope: Scope, type: ResourceType): string {
    const isPlain = result?.kind === 'own' && result.resource.id === type.id;
    return this.func({ ...rest, params, ...(result && !isPlain && { result }) }, scope).replace('func', '');
  }

  /** Prints a function type. */
  func(type: FuncType, scope: Scope): string {
    return witFunc(type, (part) => this.type(part, scope));
  }

  /** The lines that define a type. */
  definition(scope: Scope, name: string, type: ValueType): string[] {
    const id = witId(name);
    const members = witMembers(type, (part) => this.type(part, scope));
    if (!members) return [`type ${id} = ${this.structural(type, scope)};`];
    return [`${type.kind} ${id} {`, ...indent(members.map((item) => `${item},`)), '}'];
  }

  /** Prints a reference to a type: its name where it has one, else what it is made of. */
  type(type: ValueType, scope: Scope): string {
    const name = scope.nameOf(type);
    if (name !== undefined) return witId(name);
    return isNominal(type) ? this.borrow(type, scope) : this.structural(type, scope);
  }

  private resource(type: ResourceType, scope: Scope): string {
    const name = scope.nameOf(type);
    return name === undefined ? this.borrow(type, scope) : witId(name);
  }

  private structural(type: ValueType, scope: Scope): string {
    return witStructure(type, {
      part: (part) => this.type(part, scope),
      resource: (resource) => this.resource(resource, scope),
      nominal: (nominal) => this.borrow(nominal, scope),
    });
  }

  /** Gives a name here to a type that only others name, or nobody: by `use` where WIT can, else by a definition. */
  private borrow(type: ValueType | ResourceType, scope: Scope): string {
    const identity = type.kind === 'resource' ? type.id : type.shape;
    const known = this.borrowed.get(identity);
    if (known !== undefined) return witId(known);
    const origin = this.originOf(scope, type);
    if (origin && origin.scope.place === scope.place) return witId(origin.name);
    const name = this.freeName(origin?.name ?? `unnamed-${type.kind}`);
    this.borrowed.set(identity, name);
    if (origin) this.use(origin, name);
    else {
      const lines = type.kind === 'resource' ? [`resource ${name};`] : this.definition(scope, name, type);
      this.definitions.set(name, { lines: [comment('The component gives this type no name here.'), ...lines] });
    }
    return witId(name);
  }

  private freeName(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.taken.has(name); n++) name = `${wanted}${n}`;
    this.taken.add(name);
    return name;
  }
}

/** Both sides of an interface name their types apart. Their resources are not the same ones. */
function isSame(a: AnyType, b: AnyType): boolean {
  if (a.kind !== b.kind || !isValueType(a) || !isValueType(b)) return false;
  return a.shape.hasResource || a.shape.key === b.shape.key;
}

function useList(names: Map<string, string>): string {
  return [...names]
    .map(([local, name]) => (local === name ? witId(name) : `${witId(name)} as ${witId(local)}`))
    .join(', ');
}

function resourceLines(name: string, members: Map<string, string>): string[] {
  if (members.size === 0) return [`resource ${witId(name)};`];
  const lines = [...members].map(([label, text]) => (label === '' ? `${text};` : `${witId(label)}: ${text};`));
  return [`resource ${witId(name)} {`, ...indent(lines), '}'];
}
