import { invalid } from '../errors.ts';
import type { CoreExtern, CoreType } from '../types/core-type.ts';
import type { AnyType, FuncType } from '../types/extern-type.ts';
import { isLabel } from '../types/names.ts';
import type { TypeTable, ValueTypeDefinition } from '../types/type-table.ts';
import type { Case, Field, PrimitiveKind, ValueType } from '../types/value-type.ts';
import { finishComponent, finishInstance } from '../validate/component-type.ts';
import { addExtern } from '../validate/externs.ts';
import { checkExtent, lookup, Scope, type ScopeKind } from '../validate/scope.ts';
import { readAlias } from './aliases.ts';
import { checkCore } from './canon-options.ts';
import { addCoreExport, addCoreImportName } from './core-module.ts';
import { CoreTypeReader, type CoreTypeSpace } from './core-types.ts';
import { readExternName, readExternType } from './externs.ts';
import type { Reader } from './reader.ts';

/** The primitive types, from 0x7f downwards, but for `error-context`. */
const PRIMITIVES: readonly PrimitiveKind[] = [
  'bool', 's8', 'u8', 's16', 'u16', 's32', 'u32', 's64', 'u64', 'f32', 'f64', 'char', 'string',
]; // prettier-ignore
/** A value type must be smaller than this, even with 64-bit pointers (Binary.md, notes on `defvaltype`). */
const MAX_VALUE_BYTES = 2 ** 28;
const MAX_FLAGS = 32;
/** Components and types around a declaration: twice what `maxNesting` allows of components alone. */
const MAX_DECLARATION_DEPTH = 200;

/** Reads one `type` and appends it to the scope's type index space. */
export function readType(reader: Reader, scope: Scope): void {
  scope.spaces.type.push(readPrimitive(reader, scope) ?? readDefinition(reader, scope));
}

function readPrimitive(reader: Reader, scope: Scope): ValueType | undefined {
  const byte = reader.peek();
  const kind = byte === 0x64 ? 'error-context' : PRIMITIVES[0x7f - byte];
  if (!kind) return undefined;
  reader.u8();
  return scope.table.primitive(kind);
}

function readDefinition(reader: Reader, scope: Scope): AnyType {
  const at = reader.pos;
  const byte = reader.u8();
  switch (byte) {
    case 0x40:
    case 0x43:
      return readFuncType(reader, scope, byte === 0x43);
    case 0x41: {
      const inner = innerScope('component type', scope, at);
      reader.each(() => readDeclaration(reader, inner));
      return finishComponent(inner, at);
    }
    case 0x42: {
      const inner = innerScope('instance type', scope, at);
      reader.each(() => readDeclaration(reader, inner));
      return finishInstance(inner);
    }
    case 0x3f:
      return readResource(reader, scope, at);
  }
  const definition = readValueDefinition(reader, scope, byte);
  const type = scope.table.value(definition);
  checkExtent(type.shape, at);
  if (type.shape.size64 >= MAX_VALUE_BYTES)
    throw invalid(at, `value type of ${type.shape.size64} bytes, which must be less than ${MAX_VALUE_BYTES}`);
  return type;
}

/** A scope for the declarations of a type. Types that are declared inside each other need stack. */
function innerScope(kind: ScopeKind, parent: Scope, at: number): Scope {
  if (parent.level >= MAX_DECLARATION_DEPTH)
    throw invalid(at, `types are declared more than ${MAX_DECLARATION_DEPTH} levels deep`);
  return new Scope(kind, parent, parent.compilation);
}

function readValueDefinition(reader: Reader, scope: Scope, byte: number): ValueTypeDefinition {
  const value = (): ValueType => readValueType(reader, scope);
  const optional = (): ValueType | undefined => readOptional(reader, scope);
  const labels = (): string[] =>
    atLeastOne(
      reader,
      'label',
      readNamed(reader, scope, 'label', (name) => name),
    );
  switch (byte) {
    case 0x72:
      return { kind: 'record', fields: atLeastOne(reader, 'field', readFields(reader, scope, 'field')) };
    case 0x71:
      return { kind: 'variant', cases: atLeastOne(reader, 'case', readCases(reader, scope)) };
    case 0x70:
      return { kind: 'list', element: value() };
    case 0x67: {
      const element = value();
      const length = reader.u32();
      if (length === 0) throw invalid(reader.pos, 'a list of a fixed length needs at least one element');
      return { kind: 'list', element, length };
    }
    case 0x6f:
      return { kind: 'tuple', items: atLeastOne(reader, 'type', reader.vec(value)) };
    case 0x6e: {
      const names = labels();
      if (names.length > MAX_FLAGS) throw invalid(reader.pos, `cannot have more than ${MAX_FLAGS} flags`);
      return { kind: 'flags', names };
    }
    case 0x6d:
      return { kind: 'enum', names: labels() };
    case 0x6b:
      return { kind: 'option', some: value() };
    case 0x6a: {
      const [ok, err] = [optional(), optional()];
      return { kind: 'result', ...(ok && { ok }), ...(err && { err }) };
    }
    case 0x69:
    case 0x68:
      return { kind: byte === 0x69 ? 'own' : 'borrow', resource: scope.typeAt('resource', reader.u32(), reader.pos) };
    case 0x66:
    case 0x65:
      return readStream(byte === 0x66 ? 'stream' : 'future', optional(), reader.pos);
    case 0x63:
      return readMap(value(), value(), reader.pos);
    default:
      throw reader.unknown('type', byte);
  }
}

function readStream(kind: 'stream' | 'future', element: ValueType | undefined, at: number): ValueTypeDefinition {
  if (element?.shape.hasBorrow) throw invalid(at, `${kind} element cannot contain a "borrow" type`);
  if (kind === 'stream' && element?.kind === 'char') throw invalid(at, '"stream<char>" is not valid at this time');
  return { kind, ...(element && { element }) };
}

function readMap(key: ValueType, value: ValueType, at: number): ValueTypeDefinition {
  const isKey = /^(bool|[su](8|16|32|64)|char|string)$/.test(key.kind);
  if (!isKey) throw invalid(at, `type ${key.kind} is not valid as a map key`);
  return { kind: 'map', map: { key, value } };
}

function readValueType(reader: Reader, scope: Scope): ValueType {
  const primitive = readPrimitive(reader, scope);
  if (primitive) return primitive;
  const at = reader.pos;
  const index = reader.s33();
  if (index < 0) throw invalid(at, `unknown value type 0x${(index + 0x80).toString(16)}`);
  return scope.typeAt('value', index, at);
}

function readOptional(reader: Reader, scope: Scope): ValueType | undefined {
  return reader.tag('optional type', [0, 1]) ? readValueType(reader, scope) : undefined;
}

/** Reads a list of labels, each with the rest of what it names. */
function readNamed<T>(reader: Reader, scope: Scope, what: string, rest: (name: string) => T): T[] {
  const seen = new Map<string, string>();
  return reader.vec(() => {
    const at = reader.pos;
    scope.table.spend(1);
    const name = reader.name();
    if (!isLabel(name)) throw invalid(at, `${what} name "${name}" is not in kebab case`);
    const unique = name.toLowerCase();
    if (seen.has(unique))
      throw invalid(at, `${what} name "${name}" conflicts with previous name "${seen.get(unique)}"`);
    seen.set(unique, name);
    return rest(name);
  });
}

function readFields(reader: Reader, scope: Scope, what: string): Field[] {
  return readNamed(reader, scope, what, (name) => ({ name, type: readValueType(reader, scope) }));
}

function readCases(reader: Reader, scope: Scope): Case[] {
  return readNamed(reader, scope, 'case', (name) => {
    const type = readOptional(reader, scope);
    reader.tag('end of a case', [0]);
    return type ? { name, type } : { name };
  });
}

function atLeastOne<T>(reader: Reader, what: string, items: T[]): T[] {
  if (items.length === 0) throw invalid(reader.pos, `a type needs at least one ${what}`);
  return items;
}

function readFuncType(reader: Reader, scope: Scope, async: boolean): FuncType {
  const params = readFields(reader, scope, 'parameter');
  const at = reader.pos;
  const result = readResultList(reader, scope);
  if (result?.shape.hasBorrow) throw invalid(at, 'function result cannot contain a "borrow" type');
  return { kind: 'func', params, async, ...(result && { result }) };
}

export function readResultList(reader: Reader, scope: Scope): ValueType | undefined {
  if (reader.tag('result list', [0, 1]) === 0) return readValueType(reader, scope);
  reader.tag('number of results', [0]);
  return undefined;
}

function readResource(reader: Reader, scope: Scope, at: number): AnyType {
  const rep = new CoreTypeReader(reader, scope).valType();
  const dtor = reader.tag('optional destructor', [0, 1]) ? reader.u32() : undefined;
  if (scope.kind !== 'component') throw invalid(at, 'resources can only be defined within a concrete component');
  if (rep !== 'i32') throw invalid(at, 'resources can only be represented by "i32"');
  if (dtor !== undefined) checkCore('the destructor', scope.at('core-func', dtor, at), 'i', '', at);
  const type = scope.freshResource(at);
  scope.definedResources.set(type.id, rep);
  scope.steps.push({ op: 'resource', id: type.id, ...(dtor !== undefined && { dtor }) });
  return type;
}

/** Reads one `componentdecl` or `instancedecl`. */
function readDeclaration(reader: Reader, scope: Scope): void {
  const tag = reader.tag(`${scope.kind} declaration`, scope.kind === 'instance type' ? [0, 1, 2, 4] : [0, 1, 2, 3, 4]);
  const read = [readCoreType, readType, readAlias][tag];
  if (read) return read(reader, scope);
  const name = readExternName(reader);
  addExtern(scope, { name, ...readExternType(reader, scope), direction: tag === 3 ? 'import' : 'export' });
}

/** Reads one `core:type` and appends it, or its recursion group, to the core type index space. */
export function readCoreType(reader: Reader, scope: Scope): void {
  const byte = reader.peek();
  if (byte === 0x00 || byte === 0x50) reader.u8();
  if (byte === 0x00 && reader.peek() !== 0x50) throw reader.unknown('non-final sub type', reader.u8());
  if (byte === 0x50) scope.types.push(readModuleType(reader, scope));
  else new CoreTypeReader(reader, scope).recType();
}

function readModuleType(reader: Reader, scope: Scope): CoreType {
  const space: CoreTypeSpace = { table: scope.table as TypeTable, types: [], usesGcHeap: false };
  const types = new CoreTypeReader(reader, space);
  const imports: { module: string; name: string; type: CoreExtern }[] = [];
  const importNames = new Set<string>();
  const exports = new Map<string, CoreExtern>();
  reader.each(() => {
    const at = reader.pos;
    const tag = reader.tag('module type declaration', [0, 1, 2, 3]);
    if (tag === 0) {
      const [module, name] = [reader.name(), reader.name()];
      addCoreImportName(importNames, module, name, at);
      imports.push({ module, name, type: types.externType() });
    } else if (tag === 1) {
      types.recType();
    } else if (tag === 2) {
      space.types.push(readOuterCoreType(reader, scope, space, at));
    } else {
      const name = reader.name();
      addCoreExport(exports, name, types.externType(), at);
    }
  });
  return { kind: 'module', imports, exports };
}

function readOuterCoreType(reader: Reader, scope: Scope, space: CoreTypeSpace, at: number): CoreType {
  reader.tag('outer alias sort', [0x10]);
  reader.tag('outer alias target', [0x01]);
  const [count, index] = [reader.u32(), reader.u32()];
  const type = lookup(count === 0 ? space.types : scope.outer(count - 1, at).types, index, 'type', at);
  if (type.kind === 'module') throw invalid(at, 'a core module type cannot be aliased into a core module type');
  return type;
}
