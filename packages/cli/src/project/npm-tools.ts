import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { toolMissing } from './errors.ts';

/** A package that builds components, as found. */
export interface NpmTool {
  readonly name: NpmToolName;
  readonly version: string;
  readonly folder: string;
  /** The file behind what a program imports: the package itself, or a part of it such as `./wasm-tools`. */
  entry(part?: string): string;
}

interface Manifest {
  readonly version: string;
  readonly main?: string;
  readonly exports?: Readonly<Record<string, unknown>>;
}

/** The versions that new projects ask for, and that install lines name. */
export const NPM_TOOLS = {
  /** JavaScript by QuickJS. */
  'componentize-qjs': '0.4.5',
  /** WebAssembly text, WIT, and components of core modules. */
  '@bytecodealliance/jco-transpile': '0.15.0',
  /** JavaScript by StarlingMonkey. */
  '@bytecodealliance/componentize-js': '0.23.0',
  /** What componentize-js imports. */
  '@bytecodealliance/preview2-shim': '0.26.1',
  /** Has the adapter for core modules that import WASI 0.1. */
  '@bytecodealliance/jco': '1.35.0',
} as const;

export type NpmToolName = keyof typeof NPM_TOOLS;

/** Packages that one imports without depending on them: npm puts them beside it only when they are asked for. */
const IMPORTS_OF: Readonly<Partial<Record<NpmToolName, readonly NpmToolName[]>>> = {
  '@bytecodealliance/componentize-js': ['@bytecodealliance/preview2-shim'],
};

/** The line that installs a package and what it needs beside it, to be pasted as it is. */
export function installLine(name: NpmToolName, project: string = '.'): string {
  const packages = [name, ...(IMPORTS_OF[name] ?? [])].map((each) => `${each}@${NPM_TOOLS[each]}`);
  return inFolder(project, `npm install --save-dev ${packages.join(' ')}`);
}

/** What brings a package into a project: plain `npm install`, where the project asks for it already. */
export function howToInstall(name: NpmToolName, project: string): string {
  const listed = dependenciesOf(project);
  const isListed = [name, ...(IMPORTS_OF[name] ?? [])].every((each) => listed.includes(each));
  return isListed ? inFolder(project, 'npm install') : installLine(name, project);
}

function dependenciesOf(project: string): readonly string[] {
  try {
    const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as Readonly<
      Record<string, object>
    >;
    return Object.keys({ ...manifest['dependencies'], ...manifest['devDependencies'] });
  } catch {
    // A project without one, or with one that npm itself will complain of.
    return [];
  }
}

function inFolder(project: string, line: string): string {
  return resolve(project) === resolve('.') ? line : `cd ${shellWord(project)} && ${line}`;
}

/** A path as a word of a command line. */
export function shellWord(path: string): string {
  return /^[\w./@-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

/** What a package imports that is not where it looks. */
export function missingBeside({ name, folder }: NpmTool): NpmToolName | undefined {
  const from = pathToFileURL(join(folder, 'package.json')).href;
  return IMPORTS_OF[name]?.find((each) => packageFile(each, from) === undefined);
}

/** Finds a package from a project's folder, else from where `loop` is installed. */
export function findNpmTool(name: NpmToolName, project: string): NpmTool | undefined {
  for (const from of [pathToFileURL(join(resolve(project), 'package.json')).href, import.meta.url]) {
    const file = packageFile(name, from);
    if (file === undefined) continue;
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
    const folder = dirname(file);
    return {
      name,
      version: manifest.version,
      folder,
      entry: (part = '.') => join(folder, entryOf(manifest, part)),
    };
  }
  return undefined;
}

/** @throws {LoopError} `E_TOOL_MISSING` with the line that installs it. */
export function needNpmTool(name: NpmToolName, project: string): NpmTool {
  const tool = findNpmTool(name, project);
  const install = howToInstall(name, project);
  if (!tool) throw toolMissing({ name: `the npm package ${name}`, install });
  const beside = missingBeside(tool);
  if (beside !== undefined) throw toolMissing({ name: `the npm package ${beside}, which ${name} imports`, install });
  return tool;
}

/**
 * Loads a package, or a part of it. What it exports is for the caller to know.
 *
 * @throws {LoopError} `E_TOOL_MISSING` when it is broken, or lacks packages of its own.
 */
export async function loadNpmTool<T>(tool: NpmTool, project: string, part?: string): Promise<T> {
  try {
    return (await import(pathToFileURL(tool.entry(part)).href)) as T;
  } catch (cause) {
    const name = `a working npm package ${tool.name}: that in ${tool.folder} cannot be loaded: ${(cause as Error).message}`;
    throw toolMissing({ name, install: installLine(tool.name, project) });
  }
}

/** Whether programs in a folder find a package. */
export function isInstalled(name: string, folder: string): boolean {
  return packageFile(name, pathToFileURL(join(resolve(folder), 'package.json')).href) !== undefined;
}

/** The folder of the package that runs. */
export function ownFolder(): string {
  return dirname(packageFile('..', import.meta.url) ?? '');
}

function packageFile(name: string, from: string): string | undefined {
  try {
    return findPackageJSON(name, from);
  } catch {
    return undefined;
  }
}

/** What a program that imports the package would get. Resolving it as Node does needs a flag, or a `require` condition. */
function entryOf({ exports, main }: Manifest, part: string): string {
  const found = exports && (Object.hasOwn(exports, part) ? exports[part] : part === '.' ? exports : undefined);
  if (typeof found === 'string') return found;
  const conditions = (found ?? {}) as Readonly<Record<string, unknown>>;
  const file = conditions['import'] ?? conditions['default'];
  return typeof file === 'string' ? file : (main ?? 'index.js');
}
