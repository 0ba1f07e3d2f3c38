import { invalid } from '../errors.ts';
import type { CanonOptions, StringEncoding } from '../plan.ts';
import type { CoreFuncType, CoreValType } from '../types/core-type.ts';
import type { FuncType } from '../types/extern-type.ts';
import { flattenAll } from '../types/type-table.ts';
import type { ValueType } from '../types/value-type.ts';
import { lookup, type Scope } from '../validate/scope.ts';
import type { Reader } from './reader.ts';

const ENCODINGS: readonly StringEncoding[] = ['utf8', 'utf16', 'latin1+utf16'];
const CORE_OF: Record<string, CoreValType> = { i: 'i32', I: 'i64', f: 'f32', F: 'f64' };
const MAX_FLAT_ASYNC_PARAMS = 4;

/** Reads `opts` and checks what holds for all uses (CanonicalABI.md, "canonopt Validation"). */
export function readOptions(reader: Reader, scope: Scope): CanonOptions {
  const at = reader.pos;
  const found: { -readonly [K in keyof CanonOptions]?: CanonOptions[K] } = {};
  reader.each(() => readOption(reader, found));
  if (found.callback !== undefined && !found.async) throw invalid(at, 'cannot specify callback without async');
  if (found.postReturn !== undefined && found.async) throw invalid(at, 'cannot specify post-return function in async');
  if (found.memory !== undefined) checkMemory(scope, found.memory, at);
  if (found.realloc !== undefined) {
    if (found.memory === undefined)
      throw invalid(at, 'canonical option "realloc" requires "memory" to also be specified');
    checkSignature(scope, found.realloc, 'i32 i32 i32 i32', 'i32', 'realloc', at);
  }
  return { encoding: 'utf8', async: false, ...found };
}

function readOption(reader: Reader, found: { -readonly [K in keyof CanonOptions]?: CanonOptions[K] }): void {
  const at = reader.pos;
  const tag = reader.tag('canonical option', [0, 1, 2, 3, 4, 5, 6, 7]);
  const key = (['memory', 'realloc', 'postReturn', 'async', 'callback'] as const)[tag - 3] ?? 'encoding';
  if (found[key] !== undefined) {
    throw invalid(at, key === 'encoding'
      ? `canonical encoding option "${found.encoding}" conflicts with option "${ENCODINGS[tag]}"`
      : `canonical option "${key === 'postReturn' ? 'post-return' : key}" is specified more than once`);
  } // prettier-ignore
  if (key === 'encoding') found.encoding = ENCODINGS[tag] as StringEncoding;
  else if (key === 'async') found.async = true;
  else found[key] = reader.u32();
}

/** A memory that values pass through: plain, 32-bit, not shared. */
export function checkMemory(scope: Scope, index: number, at: number): void {
  const memory = lookup(scope.coreMemories, index, 'memory', at);
  if (memory.shared) throw invalid(at, 'mismatch in the shared flag for memories: a canonical memory is not shared');
  if (memory.is64) throw invalid(at, '64-bit memories cannot be used by the Canonical ABI yet');
  if (memory.pageSizeLog2 !== 16) throw invalid(at, 'mismatch in page size for memories');
}

function checkSignature(scope: Scope, func: number, params: string, results: string, what: string, at: number): void {
  const type = lookup(scope.coreFuncs, func, 'function', at);
  if (type.params.join(' ') === params && type.results.join(' ') === results) return;
  throw invalid(at, `canonical option "${what}" uses a core function with an incorrect signature`);
}

export function requireMemory(options: CanonOptions, needed: boolean, at: number): void {
  if (needed && options.memory === undefined) throw invalid(at, 'canonical option "memory" is required');
}

export function requireRealloc(options: CanonOptions, needed: boolean, at: number): void {
  requireMemory(options, needed, at);
  if (needed && options.realloc === undefined) throw invalid(at, 'canonical option "realloc" is required');
}

function coreTypes(flat: string): CoreValType[] {
  return Array.from(flat, (letter) => CORE_OF[letter] as CoreValType);
}

function checkAsync(scope: Scope, type: FuncType, options: CanonOptions, at: number): void {
  scope.table.spend(type.params.length);
  if (options.async && !type.async) throw invalid(at, 'the "async" canonical option requires an async function type');
}

/** Checks a `canon lift` (CanonicalABI.md, "canon lift"). */
export function checkLift(scope: Scope, type: FuncType, options: CanonOptions, core: CoreFuncType, at: number): void {
  if (options.postReturn !== undefined)
    checkSignature(scope, options.postReturn, core.results.join(' '), '', 'post-return', at);
  if (options.callback !== undefined) checkSignature(scope, options.callback, 'i32 i32 i32', 'i32', 'callback', at);
  checkAsync(scope, type, options, at);
  const flat = flattenAll(type.params.map((param) => param.type));
  requireRealloc(options, flat === undefined || type.params.some((param) => param.type.shape.hasPointer), at);
  const results = liftResults(type.result, options, at);
  const expected = scope.table.coreFunc(coreTypes(flat ?? 'i'), coreTypes(results));
  if (expected.params.join() !== core.params.join()) {
    throw invalid(
      at,
      `lowered parameter types "[${expected.params.join(', ')}]" do not match parameter types "[${core.params.join(', ')}]" of core function`,
    );
  }
  if (expected.results.join() !== core.results.join()) {
    throw invalid(
      at,
      `lowered result types "[${expected.results.join(', ')}]" do not match result types "[${core.results.join(', ')}]" of core function`,
    );
  }
}

function liftResults(result: ValueType | undefined, options: CanonOptions, at: number): string {
  if (!result) return options.callback === undefined ? '' : 'i';
  const { flat, hasPointer } = result.shape;
  if (options.async) {
    requireMemory(options, flat === undefined || hasPointer, at);
    return options.callback === undefined ? '' : 'i';
  }
  const spilled = flat === undefined || flat.length > 1;
  requireMemory(options, spilled || hasPointer, at);
  return spilled ? 'i' : flat;
}

/** Checks a `canon lower` (CanonicalABI.md, "canon lower") and gives the core function's type. */
export function checkLower(scope: Scope, type: FuncType, options: CanonOptions, at: number): CoreFuncType {
  for (const [key, name] of [
    ['postReturn', 'post-return'],
    ['callback', 'callback'],
  ] as const) {
    if (options[key] !== undefined) throw invalid(at, `canonical option "${name}" cannot be specified for lowerings`);
  }
  checkAsync(scope, type, options, at);
  let params = flattenAll(type.params.map((param) => param.type));
  if (params !== undefined && options.async && params.length > MAX_FLAT_ASYNC_PARAMS) params = undefined;
  requireMemory(options, params === undefined || type.params.some((param) => param.type.shape.hasPointer), at);
  params ??= 'i';
  const { result } = type;
  if (result) requireRealloc(options, result.shape.hasPointer, at);
  let results = result ? (result.shape.flat ?? 'ii') : '';
  if (options.async) {
    requireMemory(options, result !== undefined, at);
    if (result) params += 'i';
    results = 'i';
  } else if (results.length > 1) {
    requireMemory(options, true, at);
    params += 'i';
    results = '';
  }
  return scope.table.coreFunc(coreTypes(params), coreTypes(results));
}
