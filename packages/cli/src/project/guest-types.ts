import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Component, ExternItem } from '@loophost/component';
import { camelCase, printTypeScript } from '@loophost/component/text';
import { writeFailed } from '../errors.ts';
import type { Engine } from './kinds.ts';

/** Where a build writes the types of a project's world. */
const TYPES_FOLDER = 'types';

/** Writes the types of a world for the module that implements it, and gives the names of the files. */
export async function writeGuestTypes(folder: string, world: Component, engine: Engine): Promise<string[]> {
  const types = join(folder, TYPES_FOLDER);
  await rm(types, { recursive: true, force: true }).catch((cause: unknown) => {
    throw writeFailed(types, cause, 'for the project');
  });
  const files = [...printGuestTypes(world, engine)];
  for (const [name, text] of files) {
    const path = join(types, name);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    } catch (cause) {
      throw writeFailed(path, cause, 'for the project');
    }
  }
  return files.map(([name]) => `${TYPES_FOLDER}/${name}`);
}

/**
 * Prints declarations for the guest: `Guest` is what its module exports, and what it imports are modules. A guest
 * implements its exports as a host implements its imports, so these are a host's declarations with the sides exchanged.
 */
export function printGuestTypes({ imports, exports }: Component, engine: Engine): ReadonlyMap<string, string> {
  const printed = printTypeScript({ imports: exports, exports: imports });
  const texts = new Map(
    [...printed].map(([name, text]) => [otherFolder(name), valuesOf(engine, exchanged(name, text))]),
  );
  const world = 'world.d.ts';
  texts.set(world, `${texts.get(world) ?? ''}\n${guestModule(exports)}`);
  const modules = importedModules(imports, engine);
  if (modules !== '') texts.set('imports.d.ts', modules);
  return texts;
}

type Replacement = readonly [pattern: RegExp, by: string];

/** What the declarations of a host say of the sides, as a guest sees it. */
const SIDES: readonly Replacement[] = [
  [
    /What `component\.link` takes.*\n.*/,
    'What the component exports, by the names of WIT. */\nexport type Exports = {',
  ],
  [/What `instance\.exports` is.*\n.*/, 'What the component imports, by the names of WIT. */\nexport type Imports = {'],
  [/, made by the host\./, ', made by this component.'],
  [/as the host provides it\./, 'as this component exports it.'],
  [/as the component exports it\./, 'as its host provides it.'],
];

const EXPORT_ERRORS: Replacement = [/Throws `ComponentError<(.*)>`\./g, 'Throws `$1`.'];
const IMPORT_ERRORS: Replacement = [/Throws `ComponentError<(.*)>`\./g, 'Throws an error with a `payload`: `$1`.'];

/** The text of a file of declarations, for the other side. */
function exchanged(name: string, text: string): string {
  const errors = name.startsWith('exports/') ? IMPORT_ERRORS : EXPORT_ERRORS;
  const there = text.replace(/(?<=from '\.\.?\/)(?:im|ex)ports\//g, otherFolder);
  return [...SIDES, errors].reduce((done, [pattern, by]) => done.replace(pattern, by), there);
}

function otherFolder(path: string): string {
  return path.replace(/^(?:im|ex)ports\//, (folder) => (folder === 'imports/' ? 'exports/' : 'imports/'));
}

/** QuickJS has numbers where others have bigints, null for `none`, and arrays for all lists but those of bytes. */
function valuesOf(engine: Engine, text: string): string {
  if (engine !== 'quickjs') return text;
  return text
    .split('\n')
    .map((line) => (/^\s*(?:\/\*\*|\*)/.test(line) ? line : quickJsLine(line)))
    .join('\n');
}

function quickJsLine(line: string): string {
  return line
    .replace(/(?<![\w'.])(?:Big)?(?:Int|Uint|Float)(?:16|32|64)Array\b(?!['?:(])/g, 'number[]')
    .replace(/(?<![\w'.])Int8Array\b(?!['?:(])/g, 'number[]')
    .replace(/(?<![\w'.-])bigint\b(?!['?:(])/g, 'number')
    .replace(/\| undefined\b(?!')/g, '| null');
}

/** The module's own exports, by their names in JavaScript. */
function guestModule(exports: readonly ExternItem[]): string {
  const lines = exports
    .filter(({ sort }) => sort === 'func' || sort === 'instance')
    .map((item) => {
      const key = item.sort === 'func' ? camelCase(item.name) : item.name;
      return `  readonly ${camelCase(shortName(item.name))}: Exports['${key}'];`;
    });
  return `/** What the module exports: the functions of the world, and an object for each interface. */
export type Guest = {
${lines.join('\n')}
};
`;
}

/** `acme:app/shop@1.0.0` is `shop`. */
export function shortName(name: string): string {
  return name.replace(/^.*\//, '').replace(/@.*$/, '');
}

/** Modules that only the build knows: each imported interface. */
function importedModules(imports: readonly ExternItem[], engine: Engine): string {
  return imports
    .flatMap((item) => {
      if (item.sort === 'func') return [importedFunction(camelCase(item.name), item.name, engine)];
      return item.sort === 'instance' ? [importedInterface(item.name, [...item.type.exports.values()])] : [];
    })
    .join('\n');
}

function importedFunction(name: string, witName: string, engine: Engine): string {
  const type = `import('./world.js').Imports['${name}']`;
  if (engine === 'quickjs') return `declare const ${name}: ${type};\n`;
  return `declare module '${witName}' {\n  const ${name}: ${type};\n  export default ${name};\n}\n`;
}

function importedInterface(name: string, items: readonly ExternItem[]): string {
  const type = `import('./world.js').Imports['${name}']`;
  const values = items.flatMap((item) => {
    if (item.sort === 'func' && !item.name.startsWith('[')) return [camelCase(item.name)];
    return item.sort === 'type' && item.type.kind === 'resource' ? [pascalCase(item.name)] : [];
  });
  return `declare module '${name}' {
${values.map((value) => `  export const ${value}: ${type}['${value}'];\n`).join('')}}
`;
}

/** `my-cart` is `MyCart`: the name of a class. */
export function pascalCase(name: string): string {
  const camel = camelCase(name);
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}
