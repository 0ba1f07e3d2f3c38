import { invalid } from '../errors.ts';
import type { CanonOptions, StringEncoding } from '../plan.ts';
import { type CoreFuncType, type CoreValType, describeFunc } from '../types/core-type.ts';
import type { FuncType } from '../types/extern-type.ts';
import { flattenAll } from '../types/type-table.ts';
import type { ValueType } from '../types/value-type.ts';
import type { Scope } from '../validate/scope.ts';
import type { Reader } from './reader.ts';

const ENCODINGS: readonly StringEncoding[] = ['utf8', 'utf16', 'latin1+utf16'];
const CORE_OF: Record<string, CoreValType> = { i: 'i32', I: 'i64', f: 'f32', F: 'f64' };
const MAX_FLAT_ASYNC_PARAMS = 4;

type Writable<T> = { -readonly [K in keyof T]?: T[K] };

/** Reads `opts` and checks what holds for all uses (CanonicalABI.md, "canonopt Validation"). */
export function readOptions(reader: Reader, scope: Scope): CanonOptions {
  const at = reader.pos;
  const found: Writable<CanonOptions> = {};
  reader.each(() => readOption(reader, found));
  const { memory, realloc, async = false, callback } = found;
  if (callback !== undefined && !async) throw invalid(at, 'canonical option "callback" requires "async"');
  if (async) refuseOptions(found, ['postReturn'], 'async', at);
  if (memory !== undefined) checkMemory(scope, memory, at);
  if (realloc !== undefined) {
    requireMemory(found, true, at);
    checkOption(scope, 'realloc', realloc, 'iiii', 'i', at);
  }
  return { encoding: 'utf8', async, ...found };
}

function readOption(reader: Reader, found: Writable<CanonOptions>): void {
  const at = reader.pos;
  const tag = reader.tag('canonical option', [0, 1, 2, 3, 4, 5, 6, 7]);
  const key = (['memory', 'realloc', 'postReturn', 'async', 'callback'] as const)[tag - 3] ?? 'encoding';
  if (found[key] !== undefined) throw invalid(at, `${option(key)} is given twice`);
  if (key === 'encoding') found.encoding = ENCODINGS[tag] as StringEncoding;
  else if (key === 'async') found.async = true;
  else found[key] = reader.u32();
}

function option(key: keyof CanonOptions): string {
  return `canonical option "${key === 'postReturn' ? 'post-return' : key}"`;
}

/** Refuses options that a use does not take. */
export function refuseOptions(
  options: Partial<CanonOptions>,
  keys: readonly (keyof CanonOptions)[],
  use: string,
  at: number,
): void {
  for (const key of keys)
    if ((options[key] ?? false) !== false) throw invalid(at, `${option(key)} cannot be used with "${use}"`);
}

/** A memory that values pass through: plain, 32-bit, not shared. */
export function checkMemory(scope: Scope, index: number, at: number): void {
  const { shared, is64, pageSizeLog2 } = scope.at('core-memory', index, at);
  if (shared || is64 || pageSizeLog2 !== 16)
    throw invalid(at, 'canonical option "memory" takes 32-bit memories with pages of 64 KiB, not shared');
}

/** Checks the type of a core function against a flat one. */
export function checkCore(
  what: string,
  { params, results }: CoreFuncType,
  flat: string,
  result: string,
  at: number,
): void {
  const [expected, found] = [describeFunc(coreTypes(flat), coreTypes(result)), describeFunc(params, results)];
  if (expected !== found) throw invalid(at, `type mismatch for ${what}: expected ${expected}, found ${found}`);
}

function checkOption(
  scope: Scope,
  key: keyof CanonOptions,
  func: number | undefined,
  flat: string,
  result: string,
  at: number,
): void {
  if (func !== undefined) checkCore(option(key), scope.at('core-func', func, at), flat, result, at);
}

export function requireMemory(options: Partial<CanonOptions>, needed: boolean, at: number): void {
  requireOption(options, 'memory', needed, at);
}

export function requireRealloc(options: CanonOptions, needed: boolean, at: number): void {
  requireMemory(options, needed, at);
  requireOption(options, 'realloc', needed, at);
}

function requireOption(options: Partial<CanonOptions>, key: 'memory' | 'realloc', needed: boolean, at: number): void {
  if (needed && options[key] === undefined) throw invalid(at, `${option(key)} is required`);
}

/** Core types from their letters; others than those of flat types stand for none. */
export function coreTypes(flat: string): CoreValType[] {
  return flat.split('').flatMap((letter) => CORE_OF[letter] ?? []);
}

function checkAsync(scope: Scope, type: FuncType, options: CanonOptions, at: number): void {
  scope.table.spend(type.params.length);
  if (options.async && !type.async) throw invalid(at, 'canonical option "async" requires an async function type');
}

/** Checks a `canon lift` (CanonicalABI.md, "canon lift"). */
export function checkLift(scope: Scope, type: FuncType, options: CanonOptions, core: CoreFuncType, at: number): void {
  checkAsync(scope, type, options, at);
  const flat = flattenAll(type.params.map((param) => param.type));
  requireRealloc(options, flat === undefined || type.params.some((param) => param.type.shape.hasPointer), at);
  const result = liftResult(type.result, options, at);
  checkCore('the core function', core, flat ?? 'i', result, at);
  checkOption(scope, 'postReturn', options.postReturn, result, '', at);
  checkOption(scope, 'callback', options.callback, 'iii', 'i', at);
}

function liftResult(result: ValueType | undefined, options: CanonOptions, at: number): string {
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
  refuseOptions(options, ['postReturn', 'callback'], 'canon lower', at);
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
