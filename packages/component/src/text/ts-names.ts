import { partsOf, type ResourceType, type ValueType } from '../types/value-type.ts';
import { pascalCase } from '../types/names.ts';
import { TsFile } from './ts-file.ts';
import type { Direction } from './ts-types.ts';
import { isNominal, type Scope, type TypeReference, type World } from './world.ts';

/** Which file holds which scope, and how types are called there. */
export class TsNames {
  private readonly world: World;
  private readonly files = new Map<Scope, TsFile>();
  private readonly names = new Map<Scope, Map<string, string>>();
  /** What records and variants are called that are taken, where more is taken than is given. */
  private readonly inputs = new Map<Scope, Map<string, string>>();
  private readonly wider = new Map<unknown, boolean>();

  constructor(world: World) {
    this.world = world;
    const root = new TsFile('world.d.ts');
    this.addScope(world.root.import, root);
    this.addScope(world.root.export, root);
    for (const scope of world.interfaces) this.addScope(scope, new TsFile(this.pathFor(scope)));
    for (const [scope, file] of this.files) this.importTypes(scope, file);
  }

  fileOf(scope: Scope): TsFile {
    return this.files.get(scope) as TsFile;
  }

  /** The texts of all files by path. */
  texts(): ReadonlyMap<string, string> {
    return new Map([...this.files.values()].map((file) => [file.path, file.text()]));
  }

  /** What a type that a scope names is called in the scope's own file. */
  nameIn(scope: Scope, name: string): string {
    return this.names.get(scope)?.get(name) as string;
  }

  /** What a type that a scope names is called in the scope's own file where it is taken, if that is another type. */
  inputIn(scope: Scope, name: string): string | undefined {
    return this.inputs.get(scope)?.get(name);
  }

  /** What a type is called in the file of a scope: there or, for a type that only others name, by import. */
  nameOf(type: ValueType | ResourceType, scope: Scope, direction: Direction): string | undefined {
    const taken = direction === 'taken' ? this.originOf(type) : undefined;
    const input = taken && this.inputIn(taken.scope, taken.name);
    if (taken && input !== undefined) return this.fileOf(scope).import(this.fileOf(taken.scope), input);
    const local = scope.nameOf(type);
    if (local !== undefined) return this.nameIn(scope, local);
    const origin = isNominal(type) || type.kind === 'resource' ? this.originOf(type) : undefined;
    return origin && this.fileOf(scope).import(this.fileOf(origin.scope), this.nameIn(origin.scope, origin.name));
  }

  /** The scope that defines a type, and its name there. */
  originOf(type: ValueType | ResourceType): TypeReference | undefined {
    return this.world.ownersOf(type)[0];
  }

  private addScope(scope: Scope, file: TsFile): void {
    this.files.set(scope, file);
    const defined = [...scope.types].filter(([, type]) => this.isDefinedIn(scope, type as ValueType));
    this.names.set(scope, new Map(defined.map(([name]) => [name, file.freshName(pascalCase(name))])));
    const inputs = defined.filter(
      ([name, type]) =>
        (type.kind === 'record' || type.kind === 'variant') && this.originOf(type)?.name === name && this.isWider(type),
    );
    this.inputs.set(scope, new Map(inputs.map(([name]) => [name, file.freshName(`${pascalCase(name)}Input`)])));
  }

  /** Tells whether the engine takes more values for a type than it gives: plain arrays, read-only ones, some flags only. */
  private isWider(type: ValueType): boolean {
    if (['list', 'tuple', 'map', 'flags'].includes(type.kind)) return true;
    const known = this.wider.get(type.shape);
    if (known !== undefined) return known;
    const isWider = partsOf(type).some((part) => this.isWider(part));
    this.wider.set(type.shape, isWider);
    return isWider;
  }

  /** Tells whether a type that a scope names is defined in the scope's file, not taken over from another. */
  isDefinedIn(scope: Scope, type: ValueType | ResourceType): boolean {
    const origin = this.originOf(type)?.scope;
    return !origin || origin === scope || (origin.place === 'world' && scope.place === 'world');
  }

  /** Gives names to the types that a scope takes over from others. */
  private importTypes(scope: Scope, file: TsFile): void {
    for (const [name, type] of scope.types as Map<string, ValueType>) {
      const origin = this.originOf(type);
      if (!origin || this.isDefinedIn(scope, type)) continue;
      const first = this.nameIn(origin.scope, origin.name);
      const local = file.import(this.fileOf(origin.scope), first, pascalCase(name));
      this.names.get(scope)?.set(name, local);
    }
  }

  /** A path that no other file has: the version stands in it only where it tells two apart. */
  private pathFor({ side, interfaceName, externName }: Scope): string {
    const [name = '', version] = (interfaceName ?? externName ?? '').split('@');
    const base = `${side}s/${name.replace(/[:/]/g, '-')}`;
    const taken = new Set([...this.files.values()].map((file) => file.path));
    let path = `${base}.d.ts`;
    for (let n = 1; taken.has(path); n++) path = `${base}-${n === 1 && version !== undefined ? version : n}.d.ts`;
    return path;
  }
}
