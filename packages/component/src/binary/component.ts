import { invalid, limitExceeded, malformed, unsupportedFeature } from '../errors.ts';
import type { Plan, ResourceBinding } from '../plan.ts';
import type { ComponentType, ExternItem } from '../types/extern-type.ts';
import { Subtyping } from '../types/subtype.ts';
import { finishComponent } from '../validate/component-type.ts';
import { addExtern } from '../validate/externs.ts';
import { type Compilation, Scope } from '../validate/scope.ts';
import { readAlias } from './aliases.ts';
import { readCanon } from './canon.ts';
import { readCoreModule } from './core-module.ts';
import { readExternName, readExternType, readSort } from './externs.ts';
import { itemAt, readCoreInstance, readInstance, reference } from './instances.ts';
import type { Reader } from './reader.ts';
import { readCoreType, readType } from './types.ts';

/** What decoding may use up. */
export interface DecodeLimits {
  /** Components nested in components, the outermost counted. */
  readonly maxNesting: number;
}

export interface DecodedComponent {
  readonly plan: Plan;
  readonly type: ComponentType;
}

/** A custom section of the outermost component. */
export type CustomSection = (name: string, reader: Reader) => void;

/**
 * Decodes and validates one component, definition by definition in binary order (Binary.md, "Component Definitions").
 * The reader stands after the preamble.
 */
export function readComponent(
  reader: Reader,
  scope: Scope,
  limits: DecodeLimits,
  custom?: CustomSection,
): DecodedComponent {
  reader.sections((id, body, at) => readSection(id, body, scope, limits, at, custom));
  const type = finishComponent(scope, reader.end);
  const plan: Plan = {
    steps: scope.steps,
    imports: type.imports,
    exports: type.exports,
    importedResources: type.importedResources,
  };
  return { plan, type };
}

function readSection(
  id: number,
  body: Reader,
  scope: Scope,
  limits: DecodeLimits,
  at: number,
  custom?: CustomSection,
): void {
  switch (id) {
    case 0:
      return void (custom ?? (() => undefined))(body.name(), body);
    case 1:
      scope.steps.push({ op: 'core-module', module: scope.compilation.modules.length });
      return addModule(body, scope);
    case 4:
      return readNested(body, scope, limits, at);
    case 9:
    case 12:
      throw unsupportedFeature('component-level values and start functions', at);
  }
  const read = SECTIONS[id];
  if (!read) throw malformed(at, `malformed section id ${id}`);
  body.each(() => read(body, scope));
  body.finish('a section');
}

const SECTIONS: Record<number, (reader: Reader, scope: Scope) => void> = {
  2: readCoreInstance,
  3: readCoreType,
  5: readInstance,
  6: readAlias,
  7: readType,
  8: readCanon,
  10: readImport,
  11: readExport,
};

function addModule(body: Reader, scope: Scope): void {
  const module = readCoreModule(body, scope.table);
  scope.compilation.modules.push(module);
  scope.compilation.onModule(module);
  scope.spaces.module.push(module.type);
}

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

export function readPreamble(reader: Reader): void {
  for (let i = 0; i < PREAMBLE.length; i++) {
    const at = reader.pos;
    if (reader.u8() === PREAMBLE[i]) continue;
    throw malformed(
      at,
      i < 4 ? 'magic header not detected: not a WebAssembly binary' : 'unknown binary version and layer of a component',
    );
  }
}

function readNested(body: Reader, scope: Scope, limits: DecodeLimits, at: number): void {
  const depth = scope.level + 1;
  if (depth > limits.maxNesting)
    throw limitExceeded('the nesting of components', depth, limits.maxNesting, 'limits.maxNesting', at);
  readPreamble(body);
  const inner = new Scope('component', scope, scope.compilation);
  const { plan, type } = readComponent(body, inner, limits);
  scope.spaces.component.push(type);
  scope.steps.push({ op: 'component', plan });
}

function readImport(reader: Reader, scope: Scope): void {
  const at = reader.pos;
  const name = readExternName(reader);
  const { item } = addExtern(scope, { name, ...readExternType(reader, scope), direction: 'import' });
  scope.steps.push({ op: 'import', item });
  if (!scope.parent && importsCode(item)) scope.cannotRun('an import of a core module or component', at);
}

/** Between components nested in one, code can be passed on. To the outermost one a host has only values to give. */
function importsCode(item: ExternItem): boolean {
  if (item.sort === 'instance') return [...item.type.exports.values()].some(importsCode);
  return item.sort === 'module' || item.sort === 'component';
}

function readExport(reader: Reader, scope: Scope): void {
  const at = reader.pos;
  const name = readExternName(reader);
  const sort = readSort(reader);
  const index = reader.u32();
  const actual = itemAt(scope, sort, index, at);
  const isAscribed = reader.tag('optional type of an export', [0, 1]) === 1;
  const from = reference(name.text, actual, index);
  // A new definition of the same type: an export names the index that it makes, not the one that it refers to.
  let type = actual.sort === 'type' ? ({ sort: actual.sort, type: { ...actual.type } } as const) : actual;
  let isFresh = false;
  if (isAscribed) {
    const ascribed = readExternType(reader, scope);
    const why = ascriptionProblem(scope, actual, ascribed);
    if (why) throw invalid(at, `ascribed type of export is not compatible with item's type: ${why}`);
    ({ type, isFresh } = ascribed);
  }
  const added = addExtern(scope, { name, type, direction: 'export', isFresh });
  const renamed: readonly ResourceBinding[] = added.renamed;
  scope.steps.push({ op: 'export', item: added.item, from, renamed });
}

function ascriptionProblem(
  scope: Scope,
  actual: ReturnType<typeof itemAt>,
  ascribed: ReturnType<typeof readExternType>,
): string | undefined {
  const { type, isFresh } = ascribed;
  const subtyping = new Subtyping(scope.table);
  if (isFresh && actual.sort === 'type') return actual.type.kind === 'resource' ? undefined : 'expected resource type';
  if (type.sort !== 'instance' || actual.sort !== 'instance' || type.type.bound.length === 0)
    return subtyping.extern(actual, type);
  const bound = type.type.bound.map((id) => ({ id, path: type.type.resources.get(id) ?? [] }));
  const opened = subtyping.open(actual.type.exports, type.type.exports, bound, 'export');
  return typeof opened === 'string' ? opened : undefined;
}

/** A scope for the outermost component of a compilation. */
export function rootScope(compilation: Compilation): Scope {
  return new Scope('component', undefined, compilation);
}
