import type { ExternItem, FuncType } from '../types/extern-type.ts';
import { camelCase, pascalCase, staticName } from '../types/names.ts';
import type { ResourceType, ValueType } from '../types/value-type.ts';
import type { TsFile } from './ts-file.ts';
import type { TsNames } from './ts-names.ts';
import { type Direction, type FuncStyle, type NameOf, tsField, tsFunc, tsStructure, tsType } from './ts-types.ts';
import { InterfaceText } from './wit-interface.ts';
import { indent } from './wit-names.ts';
import type { ResourceFunctions, Scope, World } from './world.ts';

/** Prints what one scope declares, into the file that holds it. */
export class TsScope {
  private readonly names: TsNames;
  private readonly scope: Scope;
  private readonly file: TsFile;
  private readonly style: FuncStyle;
  /** The same in WIT, for comments. */
  private readonly wit: InterfaceText;
  private readonly nameOf: NameOf;

  constructor(world: World, names: TsNames, scope: Scope, isSuspending: boolean) {
    this.names = names;
    this.scope = scope;
    this.file = names.fileOf(scope);
    this.style = { side: scope.side, isSuspending };
    this.wit = new InterfaceText(world, [scope]);
    this.nameOf = (type, direction) => names.nameOf(type, scope, direction);
  }

  /** Prints the file of an interface: its types, and the object that has its functions. */
  printInterface(): void {
    const { scope, file } = this;
    const isImport = scope.side === 'import';
    const members = [
      ...[...scope.resources].flatMap(([name, funcs]) => this.classMember(name, funcs)),
      ...[...scope.funcs].flatMap(([name, func]) => this.func(name, camelCase(name), func)),
      ...scope.others.map(({ name }) => `readonly ${propertyKey(name)}: object;`),
    ];
    const types = this.typeLines();
    file.lines.push(
      ...types,
      `/** Interface \`${scope.interfaceName ?? scope.externName}\`, as ${isImport ? 'the host provides' : 'the component exports'} it. */`,
      `export interface ${isImport ? 'Provider' : 'Exports'} {`,
      ...indent(members),
      '}',
    );
  }

  typeLines(): string[] {
    const lines = [...this.scope.types].flatMap(([name, type]) => [
      ...this.type(name, type as ValueType | ResourceType),
      '',
    ]);
    const hasBrand = this.scope.side === 'export' && lines.some((line) => line.includes('[brand]'));
    return hasBrand
      ? ['/** Tells resources apart. Only in types. */', 'declare const brand: unique symbol;', '', ...lines]
      : lines;
  }

  /** An import or export of the world itself, as a property. */
  member(item: ExternItem): string[] {
    const { scope } = this;
    if (item.sort === 'type') {
      const funcs = scope.resources.get(item.name);
      return funcs ? this.classMember(item.name, funcs) : [];
    }
    if (item.sort !== 'func') return [`readonly ${propertyKey(item.name)}: object;`];
    // The engine takes imported functions by their WIT names and gives exported ones in camelCase.
    if (!scope.funcs.has(item.name)) return [];
    const isGivenByName = scope.side === 'import' || item.name.includes(':');
    return this.func(item.name, isGivenByName ? item.name : camelCase(item.name), item.type);
  }

  /**
   * A function as a member of an object. Providers' are declared as methods, whose parameters TypeScript compares both
   * ways: they may name the provider's own classes where the declaration knows only what the guest sees of them.
   */
  private func(name: string, key: string, type: FuncType): string[] {
    const isImport = this.scope.side === 'import';
    const declared =
      propertyKey(key) + (isImport ? '' : ': ') + tsFunc(type, this.style, this.nameOf, isImport ? ':' : ' =>');
    return [this.comment(name, type), `${isImport ? '' : 'readonly '}${declared};`];
  }

  private comment(name: string, type: FuncType): string {
    const { result } = type;
    const payload = result?.kind === 'result' && result.err ? `<${tsType(result.err, 'given', this.nameOf)}>` : '';
    const throws = result?.kind === 'result' ? ` Throws \`ComponentError${payload}\`.` : '';
    return `/** \`${name}: ${this.wit.func(type, this.scope)}\`.${throws} */`;
  }

  private type(name: string, type: ValueType | ResourceType): string[] {
    const id = this.names.nameIn(this.scope, name);
    const origin = this.names.originOf(type);
    if (origin && !this.names.isDefinedIn(this.scope, type)) return [`export type { ${id} };`];
    if (origin && (origin.scope !== this.scope || origin.name !== name))
      return [`export type ${id} = ${this.names.nameIn(origin.scope, origin.name)};`];
    if (type.kind === 'resource') return this.resource(name, id);
    const wit = this.wit.definition(this.scope, name, type)[0]?.replace(/ \{$|;$/, '');
    const input = this.names.inputIn(this.scope, name);
    return [
      `/** \`${wit}\` */`,
      ...this.definition(id, type, 'given'),
      ...(input === undefined
        ? []
        : ['', `/** \`${wit}\`, as it is taken */`, ...this.definition(input, type, 'taken')]),
    ];
  }

  private definition(id: string, type: ValueType, direction: Direction): string[] {
    if (type.kind !== 'record') return [`export type ${id} = ${tsStructure(type, direction, this.nameOf)};`];
    const fields = type.fields.flatMap((field) => [
      `/** \`${field.name}: ${this.wit.type(field.type, this.scope)}\` */`,
      tsField(field, tsType(field.type, direction, this.nameOf)),
    ]);
    return [`export interface ${id} {`, ...indent(fields), '}'];
  }

  /** What an instance of a resource has. */
  private resource(name: string, id: string): string[] {
    const isImport = this.scope.side === 'import';
    const { methods } = this.scope.resources.get(name) as ResourceFunctions;
    const members = [...methods].flatMap(([label, type]) => {
      const func = { ...type, params: type.params.slice(1) };
      return [this.comment(label, func), camelCase(label) + tsFunc(func, this.style, this.nameOf, ':') + ';'];
    });
    const doc = `/** \`resource ${name}\`${isImport ? ', made by the host' : ': dispose of it when it is no longer needed'}. */`;
    // An interface whose every member is optional would refuse most objects.
    if (isImport && members.length === 0) return [doc, `export type ${id} = object;`];
    if (isImport) members.push('[Symbol.dispose]?(): void;');
    else members.push(`readonly [brand]: '${name}';`, '[Symbol.dispose](): void;');
    return [doc, `export interface ${id} {`, ...indent(members), '}'];
  }

  /** The class of a resource. A provider may make objects as it likes where WIT has no constructor. */
  private classMember(name: string, { create, methods, statics }: ResourceFunctions): string[] {
    const id = this.names.nameIn(this.scope, name);
    const isImport = this.scope.side === 'import';
    const members = [...statics].flatMap(([label, type]) => this.func(label, staticName(label), type));
    if (create) {
      const made = tsFunc(create, { ...this.style, isSuspending: false }, this.nameOf, ':');
      members.unshift(this.comment('constructor', create), `new ${made};`);
    }
    const anyClass = `abstract new (...args: never[]) => ${id}`;
    const isEmpty = members.length === 0;
    if (isEmpty && !this.names.isDefinedIn(this.scope, this.scope.types.get(name) as ResourceType)) return [];
    const key = pascalCase(name) + (isImport && isEmpty && methods.size === 0 ? '?' : '');
    if (isEmpty) return [`readonly ${key}: ${anyClass};`];
    return [`readonly ${key}: {`, ...indent(members), create ? '};' : `} & (${anyClass});`];
  }
}

/** A name as a key of an object type. */
export function propertyKey(name: string): string {
  return /^[a-zA-Z]\w*$/.test(name) ? name : `'${name}'`;
}
