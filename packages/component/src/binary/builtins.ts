import { invalid } from '../errors.ts';
import type { CoreFuncType } from '../types/core-type.ts';
import type { ValueType } from '../types/value-type.ts';
import type { Scope } from '../validate/scope.ts';
import {
  checkCore,
  checkLower,
  checkMemory,
  coreTypes,
  readOptions,
  refuseOptions,
  requireMemory,
  requireRealloc,
} from './canon-options.ts';
import { CoreTypeReader } from './core-types.ts';
import type { Reader } from './reader.ts';
import { readResultList } from './types.ts';

/**
 * The built-ins of the asynchronous half, in the order of their opcodes from 5 on: decoded and validated here, run later.
 * Each with its parameters and its result as core types of one letter, `-` for none, and what follows the opcode, one
 * letter each: `b` a flag, `t` a stream or future type, `m` a memory, `o` options for copying, `e` options for
 * error contexts, `c` a slot of the context, `s` the start of a thread, `r` the result of a task.
 */
const BUILTINS = [
  'task.cancel - -', 'subtask.cancel i i b', '', '', 'task.return - - r', 'context.get - i c', 'context.set i - c',
  'thread.yield - i b', 'subtask.drop i -', 'stream.new - I t', 'stream.read iii i to', 'stream.write iii i to',
  'stream.cancel-read i i tb', 'stream.cancel-write i i tb', 'stream.drop-readable i - t', 'stream.drop-writable i - t',
  'future.new - I t', 'future.read ii i to', 'future.write ii i to', 'future.cancel-read i i tb',
  'future.cancel-write i i tb', 'future.drop-readable i - t', 'future.drop-writable i - t', 'error-context.new ii i e',
  'error-context.debug-message ii - e', 'error-context.drop i -', 'waitable-set.new - i', 'waitable-set.wait ii i bm',
  'waitable-set.poll ii i bm', 'waitable-set.drop i -', 'waitable.join ii -', 'backpressure.inc - -',
  'backpressure.dec - -', 'thread.index - i', 'thread.new-indirect ii i s', 'thread.resume-later i -',
  'thread.suspend - i b', 'thread.suspend-then-resume i i b', 'thread.yield-then-resume i i b',
  'thread.suspend-then-promote i i b', 'thread.yield-then-promote i i b',
]; // prettier-ignore

/** Reads the rest of a `canon` of the asynchronous half and appends the core function that it defines. */
export function readBuiltin(reader: Reader, scope: Scope, opcode: number, at: number): void {
  const [name = '', params = '', result = '', immediates = ''] = BUILTINS[opcode - 5]?.split(' ') ?? [];
  if (!name) throw reader.unknown('canonical function', opcode);
  let type = scope.table.coreFunc(coreTypes(params), coreTypes(result));
  let element: ValueType | undefined;
  for (const immediate of immediates) {
    if (immediate === 'b') reader.tag('flag', [0, 1]);
    else if (immediate === 'm') checkMemory(scope, reader.u32(), at);
    else if (immediate === 't') {
      const kind = name.startsWith('s') ? 'stream' : 'future';
      ({ element } = scope.typeAt(kind, reader.u32(), at));
    } else if (immediate === 'o') readCopyOptions(reader, scope, name, element, at);
    else if (immediate === 'e') readErrorOptions(reader, scope, name, at);
    else if (immediate === 'c') readContext(reader, scope, name, at);
    else if (immediate === 's') readStart(reader, scope, at);
    else type = readTaskReturn(reader, scope, name, at);
  }
  scope.spaces['core-func'].push(type);
  scope.steps.push({ op: 'unsupported', feature: name });
  scope.cannotRun(`the built-in "${name}"`, at);
}

function readCopyOptions(reader: Reader, scope: Scope, name: string, element: ValueType | undefined, at: number): void {
  const options = readOptions(reader, scope);
  requireMemory(options, element !== undefined, at);
  requireRealloc(options, name.endsWith('read') && element?.shape.hasPointer === true, at);
  refuseOptions(options, ['postReturn', 'callback'], name, at);
}

function readErrorOptions(reader: Reader, scope: Scope, name: string, at: number): void {
  const options = readOptions(reader, scope);
  refuseOptions(options, ['async', 'postReturn', 'callback'], name, at);
  requireMemory(options, true, at);
  requireRealloc(options, name.endsWith('message'), at);
}

function readContext(reader: Reader, scope: Scope, name: string, at: number): void {
  const type = new CoreTypeReader(reader, scope).valType();
  const slot = type === 'i32' ? reader.u32() : 2;
  if (slot > 1) throw invalid(at, `"${name}" takes "i32" and slot 0 or 1`);
}

function readStart(reader: Reader, scope: Scope, at: number): void {
  checkCore('the start function', new CoreTypeReader(reader, scope).funcTypeAt(reader.u32(), at), 'i', '', at);
  const { element, is64 } = scope.at('core-table', reader.u32(), at);
  if (element !== '(ref null func)' || is64) throw invalid(at, 'the table is not a 32-bit table of (ref null func)');
}

function readTaskReturn(reader: Reader, scope: Scope, name: string, at: number): CoreFuncType {
  const result = readResultList(reader, scope);
  const options = readOptions(reader, scope);
  refuseOptions(options, ['async', 'realloc'], name, at);
  const params = result ? [{ name: 'v', type: result }] : [];
  return checkLower(scope, { kind: 'func', params, async: false }, options, at);
}
