import { invalid } from '../errors.ts';
import type { Scope } from '../validate/scope.ts';
import { readBuiltin } from './builtins.ts';
import { checkLift, checkLower, readOptions } from './canon-options.ts';
import type { Reader } from './reader.ts';

/** Reads one `canon` and appends the function that it defines. */
export function readCanon(reader: Reader, scope: Scope): void {
  const at = reader.pos;
  const opcode = reader.u8();
  if (opcode <= 0x01) return readLiftOrLower(reader, scope, opcode === 0x00, at);
  if (opcode <= 0x04) return readResourceBuiltin(reader, scope, opcode, at);
  readBuiltin(reader, scope, opcode, at);
}

function readLiftOrLower(reader: Reader, scope: Scope, isLift: boolean, at: number): void {
  reader.tag('canonical function sort', [0x00]);
  const func = reader.u32();
  const options = readOptions(reader, scope);
  const type = isLift ? scope.typeAt('func', reader.u32(), at) : scope.at('func', func, at);
  if (isLift) {
    checkLift(scope, type, options, scope.at('core-func', func, at), at);
    scope.spaces.func.push(type);
  } else scope.spaces['core-func'].push(checkLower(scope, type, options, at));
  scope.steps.push({ op: isLift ? 'lift' : 'lower', func, type, options });
  if (options.async)
    scope.cannotRun(isLift ? 'async functions ("canon lift ... async")' : 'async calls ("canon lower ... async")', at);
  else if (type.async) scope.cannotRun('async function types', at);
}

function readResourceBuiltin(reader: Reader, scope: Scope, opcode: number, at: number): void {
  const index = reader.u32();
  const { id } = scope.typeAt('resource', index, at);
  if (opcode !== 0x03 && !scope.definedResources.get(id)) throw invalid(at, `type ${index} is not a local resource`);
  scope.spaces['core-func'].push(scope.table.coreFunc(['i32'], opcode === 0x03 ? [] : ['i32']));
  scope.steps.push({
    op: (['resource.new', 'resource.drop', 'resource.rep'] as const)[opcode - 2] as 'resource.new',
    id,
  });
}
