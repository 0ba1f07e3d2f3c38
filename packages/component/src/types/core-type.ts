/** The types of Core WebAssembly, as far as linking core modules needs them. Plain data throughout. */

/** A core value type in its text form; concrete references name an interned type: `i32`, `funcref`, `(ref null t3)`. */
export type CoreValType = string;

export interface CoreFuncType {
  readonly kind: 'core-func';
  readonly params: readonly CoreValType[];
  readonly results: readonly CoreValType[];
  /** Identity within one compilation: equal keys, equal types. */
  readonly key: string;
  /** Keys of the declared supertypes, nearest first. */
  readonly supers: readonly string[];
}

/** A struct, array or continuation type: known by identity only. */
export interface CoreHeapType {
  readonly kind: 'core-heap';
  readonly key: string;
  readonly supers: readonly string[];
}

export interface Limits {
  readonly min: bigint;
  readonly max?: bigint;
  readonly is64: boolean;
  readonly shared: boolean;
}

export interface CoreMemoryType extends Limits {
  readonly kind: 'core-memory';
  /** Base-2 logarithm of the page size in bytes: 16 unless the custom-page-sizes proposal says otherwise. */
  readonly pageSizeLog2: number;
}

export interface CoreTableType extends Limits {
  readonly kind: 'core-table';
  readonly element: CoreValType;
}

export interface CoreGlobalType {
  readonly kind: 'core-global';
  readonly type: CoreValType;
  readonly mutable: boolean;
}

export interface CoreTagType {
  readonly kind: 'core-tag';
  readonly type: CoreFuncType;
}

/** What a core module imports or exports. */
export type CoreExtern = CoreFuncType | CoreMemoryType | CoreTableType | CoreGlobalType | CoreTagType;

export interface CoreImport {
  readonly module: string;
  readonly name: string;
  readonly type: CoreExtern;
}

export interface ModuleType {
  readonly kind: 'module';
  readonly imports: readonly CoreImport[];
  readonly exports: ReadonlyMap<string, CoreExtern>;
}

export type CoreType = CoreFuncType | CoreHeapType | ModuleType;

/** Says in the words of the specification what a core item is. */
export function describeCore(type: CoreExtern): string {
  switch (type.kind) {
    case 'core-func':
      return describeFunc(type.params, type.results);
    case 'core-memory':
      return `${type.shared ? 'shared ' : ''}memory${type.is64 ? ' i64' : ''} ${limits(type)}`;
    case 'core-table':
      return `table ${limits(type)} ${type.element}`;
    case 'core-global':
      return `global ${type.mutable ? `mut ${type.type}` : type.type}`;
    case 'core-tag':
      return `tag (${type.type.params.join(' ')})`;
  }
}

export function describeFunc(params: readonly CoreValType[], results: readonly CoreValType[]): string {
  return `function (${params.join(' ')}) -> (${results.join(' ')})`;
}

function limits(type: Limits): string {
  return type.max === undefined ? `${type.min}` : `${type.min} ${type.max}`;
}

/** Why `a` may not stand where `b` is expected. */
export function coreMismatch(a: CoreExtern, b: CoreExtern): string | undefined {
  return matchesCore(a, b) ? undefined : `expected ${describeCore(b)}, found ${describeCore(a)}`;
}

/** Tells whether `a` may stand where `b` is expected (Core §3.3, import matching). */
function matchesCore(a: CoreExtern, b: CoreExtern): boolean {
  if (a.kind === 'core-func' && b.kind === 'core-func') return a.key === b.key || a.supers.includes(b.key);
  if (a.kind === 'core-tag' && b.kind === 'core-tag') return a.type.key === b.type.key;
  if (a.kind === 'core-global' && b.kind === 'core-global') return a.type === b.type && a.mutable === b.mutable;
  if (a.kind === 'core-table' && b.kind === 'core-table') return a.element === b.element && limitsMatch(a, b);
  if (a.kind === 'core-memory' && b.kind === 'core-memory') {
    return a.pageSizeLog2 === b.pageSizeLog2 && limitsMatch(a, b);
  }
  return false;
}

function limitsMatch(a: Limits, b: Limits): boolean {
  if (a.is64 !== b.is64 || a.shared !== b.shared || a.min < b.min) return false;
  return b.max === undefined || (a.max !== undefined && a.max <= b.max);
}
