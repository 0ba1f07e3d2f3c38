import { invalid } from '../errors.ts';
import type { CanonOptions } from '../plan.ts';
import type { CoreValType } from '../types/core-type.ts';
import type { ValueType } from '../types/value-type.ts';
import { lookup, type Scope } from '../validate/scope.ts';
import { checkLower, checkMemory, readOptions, requireMemory, requireRealloc } from './canon-options.ts';
import { CoreTypeReader } from './core-types.ts';
import type { Reader } from './reader.ts';
import { readResultList } from './types.ts';

/** A built-in of the asynchronous half: decoded and validated here, run later. */
interface Builtin {
  readonly name: string;
  /** What follows the opcode: `b` a flag, `s`/`f` a stream/future type, `m` a memory, or a form of its own. */
  readonly form:
    | ''
    | 'b'
    | 's'
    | 'f'
    | 'sb'
    | 'fb'
    | 'bm'
    | 'copy-s'
    | 'copy-f'
    | 'return'
    | 'context'
    | 'thread'
    | 'error-new'
    | 'error-message';
  readonly params: number;
  /** A value type, or an empty text for none. */
  readonly result: CoreValType;
}

const BUILTINS = new Map<number, Builtin>(
  ([
    [0x05, 'task.cancel', '', 0, ''], [0x06, 'subtask.cancel', 'b', 1, 'i32'], [0x09, 'task.return', 'return', 0, ''],
    [0x0a, 'context.get', 'context', 0, 'i32'], [0x0b, 'context.set', 'context', 1, ''], [0x0c, 'thread.yield', 'b', 0, 'i32'],
    [0x0d, 'subtask.drop', '', 1, ''], [0x0e, 'stream.new', 's', 0, 'i64'], [0x0f, 'stream.read', 'copy-s', 3, 'i32'],
    [0x10, 'stream.write', 'copy-s', 3, 'i32'], [0x11, 'stream.cancel-read', 'sb', 1, 'i32'],
    [0x12, 'stream.cancel-write', 'sb', 1, 'i32'], [0x13, 'stream.drop-readable', 's', 1, ''],
    [0x14, 'stream.drop-writable', 's', 1, ''], [0x15, 'future.new', 'f', 0, 'i64'], [0x16, 'future.read', 'copy-f', 2, 'i32'],
    [0x17, 'future.write', 'copy-f', 2, 'i32'], [0x18, 'future.cancel-read', 'fb', 1, 'i32'],
    [0x19, 'future.cancel-write', 'fb', 1, 'i32'], [0x1a, 'future.drop-readable', 'f', 1, ''],
    [0x1b, 'future.drop-writable', 'f', 1, ''], [0x1c, 'error-context.new', 'error-new', 2, 'i32'],
    [0x1d, 'error-context.debug-message', 'error-message', 2, ''], [0x1e, 'error-context.drop', '', 1, ''],
    [0x1f, 'waitable-set.new', '', 0, 'i32'], [0x20, 'waitable-set.wait', 'bm', 2, 'i32'],
    [0x21, 'waitable-set.poll', 'bm', 2, 'i32'], [0x22, 'waitable-set.drop', '', 1, ''], [0x23, 'waitable.join', '', 2, ''],
    [0x24, 'backpressure.inc', '', 0, ''], [0x25, 'backpressure.dec', '', 0, ''], [0x26, 'thread.index', '', 0, 'i32'],
    [0x27, 'thread.new-indirect', 'thread', 2, 'i32'], [0x28, 'thread.resume-later', '', 1, ''],
    [0x29, 'thread.suspend', 'b', 0, 'i32'], [0x2a, 'thread.suspend-then-resume', 'b', 1, 'i32'],
    [0x2b, 'thread.yield-then-resume', 'b', 1, 'i32'], [0x2c, 'thread.suspend-then-promote', 'b', 1, 'i32'],
    [0x2d, 'thread.yield-then-promote', 'b', 1, 'i32'],
  ] as const).map(([opcode, name, form, params, result]) => [opcode, { name, form, params, result }]),
); // prettier-ignore

/** Reads the rest of a `canon` of the asynchronous half and appends the core function that it defines. */
export function readBuiltin(reader: Reader, scope: Scope, opcode: number, at: number): void {
  const builtin = BUILTINS.get(opcode);
  if (!builtin) throw reader.unknown('canonical function', opcode);
  const { name, form, params, result } = builtin;
  if (form === 'return') readTaskReturn(reader, scope, at);
  else {
    readImmediates(reader, scope, builtin, at);
    scope.coreFuncs.push(scope.table.coreFunc(Array<CoreValType>(params).fill('i32'), result ? [result] : []));
  }
  scope.steps.push({ op: 'unsupported', feature: name });
  scope.cannotRun(`the built-in "${name}"`, at);
}

function readImmediates(reader: Reader, scope: Scope, { name, form }: Builtin, at: number): void {
  switch (form) {
    case 'b':
      reader.tag('flag', [0, 1]);
      return;
    case 'bm':
      reader.tag('flag', [0, 1]);
      return checkMemory(scope, reader.u32(), at);
    case 's':
    case 'f':
    case 'sb':
    case 'fb':
      elementOf(reader, scope, name, form.startsWith('s'), at);
      if (form.length > 1) reader.tag('flag', [0, 1]);
      return;
    case 'copy-s':
    case 'copy-f':
      return readCopy(reader, scope, name, form === 'copy-s', at);
    case 'context': {
      const type = new CoreTypeReader(reader, scope).valType();
      if (type !== 'i32') throw invalid(at, `"${name}" only supports "i32"`);
      const slot = reader.u32();
      if (slot > 1) throw invalid(at, `"${name}" immediate must be zero or one: ${slot}`);
      return;
    }
    case 'thread':
      return readThreadNew(reader, scope, at);
    case 'error-new':
    case 'error-message': {
      const options = plainOptions(reader, scope, name, at);
      requireMemory(options, true, at);
      return requireRealloc(options, form === 'error-message', at);
    }
  }
}

function elementOf(reader: Reader, scope: Scope, name: string, isStream: boolean, at: number): ValueType | undefined {
  const kind = isStream ? 'stream' : 'future';
  const type = scope.valueTypeAt(reader.u32(), at);
  if (type.kind !== kind) throw invalid(at, `"${name}" requires a ${kind} type`);
  return (type as { element?: ValueType }).element;
}

function readCopy(reader: Reader, scope: Scope, name: string, isStream: boolean, at: number): void {
  const element = elementOf(reader, scope, name, isStream, at);
  const options = readOptions(reader, scope);
  requireMemory(options, element !== undefined, at);
  requireRealloc(options, name.endsWith('read') && element?.shape.hasPointer === true, at);
  refuseLiftOptions(options, name, at);
}

function refuseLiftOptions(options: CanonOptions, name: string, at: number): void {
  for (const [key, label] of [
    ['postReturn', 'post-return'],
    ['callback', 'callback'],
  ] as const) {
    if (options[key] !== undefined)
      throw invalid(at, `canonical option "${label}" cannot be specified for lowerings, here "${name}"`);
  }
}

function plainOptions(reader: Reader, scope: Scope, name: string, at: number): CanonOptions {
  const options = readOptions(reader, scope);
  if (options.async) throw invalid(at, `cannot specify "async" option on "${name}"`);
  refuseLiftOptions(options, name, at);
  return options;
}

function readTaskReturn(reader: Reader, scope: Scope, at: number): void {
  const result = readResultList(reader, scope);
  const options = plainOptions(reader, scope, 'task.return', at);
  if (options.realloc !== undefined) throw invalid(at, 'cannot specify "realloc" option on "task.return"');
  const params = result ? [{ name: 'v', type: result }] : [];
  scope.coreFuncs.push(checkLower(scope, { kind: 'func', params, async: false }, options, at));
}

function readThreadNew(reader: Reader, scope: Scope, at: number): void {
  const type = lookup(scope.coreTypes, reader.u32(), 'type', at);
  if (type.kind !== 'core-func') throw invalid(at, 'start type must be a function');
  if (type.params.join() !== 'i32') throw invalid(at, 'start function must take a single "i32" argument (currently)');
  if (type.results.length > 0) throw invalid(at, 'start function must not return any values');
  const table = lookup(scope.coreTables, reader.u32(), 'table', at);
  if (table.element !== '(ref null func)' || table.is64) {
    throw invalid(at, 'table is not a 32-bit table of (ref null (func))');
  }
}
