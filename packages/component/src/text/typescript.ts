import { pascalCase } from '../types/names.ts';
import { TsNames } from './ts-names.ts';
import { propertyKey, TsScope } from './ts-scope.ts';
import { indent } from './wit-names.ts';
import { type Scope, type Side, World, type WorldItem, type WorldSource } from './world.ts';

/** Options of {@link printTypeScript}. */
export interface TypeScriptOptions {
  /**
   * Declares that some imports will be suspending: then exports that can reach one give promises, so every export is
   * declared to give `T | Promise<T>`, which `await` turns into `T` either way. Which exports reach one is only known to
   * `link`; it is not declared here. Default false: exports give `T`.
   */
  readonly suspending?: boolean;
}

/**
 * Prints TypeScript declarations of a component's world for its host: the types of what `component.link` takes and of
 * `instance.exports`, as files by name. `world.d.ts` has `Imports` and `Exports`; each interface has a file of its own
 * in `imports/` or `exports/`. They import nothing from Loophost. A record or variant of which more is taken than given,
 * such as plain arrays in place of typed ones, has a second type for that: `entry` is `Entry` and `EntryInput`.
 *
 * An import is declared to return its value and no promise, since the engine refuses promises of functions that are not
 * marked by `suspending`. An `async func` of WIT may return either. Providers' functions are methods, so that they may
 * name their own resource classes.
 *
 * @example
 * for (const [name, text] of printTypeScript(component)) await writeFile(join(folder, name), text)
 * // then: component.link(imports satisfies Imports), and instance.exports as Exports
 */
export function printTypeScript(component: WorldSource, options: TypeScriptOptions = {}): ReadonlyMap<string, string> {
  const world = new World(component);
  const names = new TsNames(world);
  const print = (scope: Scope): TsScope => new TsScope(world, names, scope, options.suspending === true);
  for (const scope of world.interfaces) print(scope).printInterface();
  printWorld(world, names, { import: print(world.root.import), export: print(world.root.export) });
  return names.texts();
}

/** Prints the file of the world itself: its own types, and the objects that hold everything it imports and exports. */
function printWorld(world: World, names: TsNames, root: Readonly<Record<Side, TsScope>>): void {
  const file = names.fileOf(world.root.import);
  const namespaceOf = (scope: Scope): string => {
    const from = names.fileOf(scope);
    return file.import(from, '*', pascalCase(from.path.replace(/^.*\/|\.d\.ts$/g, '').replace(/\W/g, '-')));
  };
  const property = ({ item, scope }: WorldItem, side: Side): string[] => {
    if (!scope) return root[side].member(item);
    const mark = side === 'import' && !scope.needsProvider ? '?' : '';
    return [
      `readonly ${propertyKey(item.name)}${mark}: ${namespaceOf(scope)}.${side === 'import' ? 'Provider' : 'Exports'};`,
    ];
  };
  const object = (side: Side, items: readonly WorldItem[]): string[] => [
    ...indent(items.flatMap((item) => property(item, side))),
    '};',
  ];
  const imports = object('import', world.imports);
  const exports = object('export', world.exports);
  const namespaces = world.interfaces.map((scope) => namespaceOf(scope));
  file.lines.push(
    ...(namespaces.length > 0 ? [`export type { ${namespaces.join(', ')} };`, ''] : []),
    ...root.import.typeLines(),
    ...root.export.typeLines(),
    '/** What `component.link` takes: a provider for each import. */',
    'export type Imports = {',
    ...imports,
    '',
    '/** What `instance.exports` is. */',
    'export type Exports = {',
    ...exports,
  );
}
