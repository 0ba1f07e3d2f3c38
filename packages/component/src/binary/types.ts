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
import { addCoreExport, addCoreImportName } from './core-module.ts';
import { CoreTypeReader, type CoreTypeSpace } from './core-types.ts';
import { readExternName, readExternType } from './externs.ts';
import type { Reader } from './reader.ts';

const PRIMITIVES: Record<number, PrimitiveKind> = {
  0x7f: 'bool', 0x7e: 's8', 0x7d: 'u8', 0x7c: 's16', 0x7b: 'u16', 0x7a: 's32', 0x79: 'u32', 0x78: 's64', 0x77: 'u64',
  0x76: 'f32', 0x75: 'f64', 0x74: 'char', 0x73: 'string', 0x64: 'error-context',
}; // prettier-ignore
/** A value type must be smaller than this, even with 64-bit pointers (Binary.md, notes on `defvaltype`). */
const MAX_VALUE_BYTES = 2 ** 28;
const MAX_FLAGS = 32;
/** Components and types around a declaration: twice what `maxNesting` allows of components alone. */
const MAX_DECLARATION_DEPTH = 200;

/** Reads one `type` and appends it to the scope's type index space. */
export function readType(reader: Reader, scope: Scope): void {
  const at = reader.pos;
  const byte = reader.u8();
  const primitive = PRIMITIVES[byte];
  if (primitive) {
    scope.definedTypes.push(scope.table.primitive(primitive));
    return;
  }
  scope.definedTypes.push(readDefinition(reader, scope, byte, at));
}

function readDefinition(reader: Reader, scope: Scope, byte: number, at: number): AnyType {
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
    throw invalid(at, `value type is ${type.shape.size64} bytes, which must be less than 2^28`);
  return type;
}

/** A scope for the declarations of a type. Types that are declared inside each other need stack. */
function innerScope(kind: ScopeKind, parent: Scope, at: number): Scope {
  let depth = 1;
  for (let scope: Scope | undefined = parent; scope; scope = scope.parent) depth++;
  if (depth > MAX_DECLARATION_DEPTH)
    throw invalid(at, `types are declared more than ${MAX_DECLARATION_DEPTH} levels deep`);
  return new Scope(kind, parent, parent.compilation);
}

function readValueDefinition(reader: Reader, scope: Scope, byte: number): ValueTypeDefinition {
  const value = (): ValueType => readValueType(reader, scope);
  const optional = (): ValueType | undefined => (reader.tag('optional type', [0, 1]) ? value() : undefined);
  switch (byte) {
    case 0x72:
      return { kind: 'record', fields: readFields(reader, scope, 'record field', 1) };
    case 0x71:
      return { kind: 'variant', cases: readCases(reader, scope) };
    case 0x70:
      return { kind: 'list', element: value() };
    case 0x67: {
      const element = value();
      const length = reader.u32();
      if (length === 0) throw invalid(reader.pos, 'fixed-length lists must have more than zero elements');
      return { kind: 'list', element, length };
    }
    case 0x6f: {
      const items = reader.vec(value);
      if (items.length === 0) throw invalid(reader.pos, 'tuple type must have at least one type');
      return { kind: 'tuple', items };
    }
    case 0x6e: {
      const names = readLabels(reader, scope, 'flag');
      if (names.length > MAX_FLAGS) throw invalid(reader.pos, `cannot have more than ${MAX_FLAGS} flags`);
      return { kind: 'flags', names };
    }
    case 0x6d:
      return { kind: 'enum', names: readLabels(reader, scope, 'enum case') };
    case 0x6b:
      return { kind: 'option', some: value() };
    case 0x6a: {
      const [ok, err] = [optional(), optional()];
      return { kind: 'result', ...(ok && { ok }), ...(err && { err }) };
    }
    case 0x69:
    case 0x68:
      return { kind: byte === 0x69 ? 'own' : 'borrow', resource: scope.resourceAt(reader.u32(), reader.pos) };
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
  const primitive = PRIMITIVES[reader.peek()];
  if (primitive) {
    reader.u8();
    return scope.table.primitive(primitive);
  }
  const at = reader.pos;
  const index = reader.s33();
  if (index < 0) throw invalid(at, `unknown value type 0x${(index + 0x80).toString(16)}`);
  return scope.valueTypeAt(index, at);
}

function checkLabel(reader: Reader, scope: Scope, seen: Set<string>, what: string): string {
  const at = reader.pos;
  scope.table.spend(1);
  const name = reader.name();
  if (!isLabel(name)) throw invalid(at, `${what} name "${name}" is not in kebab case`);
  const unique = name.toLowerCase();
  if (seen.has(unique)) throw invalid(at, `${what} name "${name}" conflicts with previous ${what} name`);
  seen.add(unique);
  return name;
}

function readFields(reader: Reader, scope: Scope, what: string, least: number): Field[] {
  const seen = new Set<string>();
  const fields = reader.vec(() => ({
    name: checkLabel(reader, scope, seen, what),
    type: readValueType(reader, scope),
  }));
  if (fields.length < least) throw invalid(reader.pos, 'record type must have at least one field');
  return fields;
}

function readCases(reader: Reader, scope: Scope): Case[] {
  const seen = new Set<string>();
  const cases = reader.vec(() => {
    const name = checkLabel(reader, scope, seen, 'variant case');
    const type = reader.tag('optional type', [0, 1]) ? readValueType(reader, scope) : undefined;
    reader.tag('end of a variant case', [0]);
    return type ? { name, type } : { name };
  });
  if (cases.length === 0) throw invalid(reader.pos, 'variant type must have at least one case');
  return cases;
}

function readLabels(reader: Reader, scope: Scope, what: string): string[] {
  const seen = new Set<string>();
  const names = reader.vec(() => checkLabel(reader, scope, seen, what));
  if (names.length === 0) throw invalid(reader.pos, `a type needs at least one ${what}`);
  return names;
}

function readFuncType(reader: Reader, scope: Scope, async: boolean): FuncType {
  const params = readFields(reader, scope, 'function parameter', 0);
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
  if (dtor !== undefined) {
    const type = lookup(scope.coreFuncs, dtor, 'function', at);
    if (type.params.join() !== rep || type.results.length > 0) {
      throw invalid(at, `core function ${dtor} has wrong signature for a destructor`);
    }
  }
  const type = scope.freshResource(at);
  scope.definedResources.set(type.id, rep);
  scope.steps.push({ op: 'resource', id: type.id, ...(dtor !== undefined && { dtor }) });
  return type;
}

/** Reads one `componentdecl` or `instancedecl`. */
function readDeclaration(reader: Reader, scope: Scope): void {
  const tag = reader.u8();
  switch (tag) {
    case 0x00:
      return readCoreType(reader, scope);
    case 0x01:
      return readType(reader, scope);
    case 0x02:
      return readAlias(reader, scope);
    case 0x03:
      if (scope.kind === 'instance type') throw reader.unknown('instance type declaration', tag);
      return readDeclaredExtern(reader, scope, 'import');
    case 0x04:
      return readDeclaredExtern(reader, scope, 'export');
    default:
      throw reader.unknown('component or instance type declaration', tag);
  }
}

function readDeclaredExtern(reader: Reader, scope: Scope, direction: 'import' | 'export'): void {
  const name = readExternName(reader);
  addExtern(scope, { name, ...readExternType(reader, scope), direction });
}

/** Reads one `core:type` and appends it, or its recursion group, to the core type index space. */
export function readCoreType(reader: Reader, scope: Scope): void {
  const byte = reader.peek();
  if (byte === 0x50) {
    reader.u8();
    scope.coreTypes.push(readModuleType(reader, scope));
    return;
  }
  if (byte === 0x00) {
    reader.u8();
    if (reader.peek() !== 0x50) throw reader.unknown('non-final sub type', reader.u8());
  }
  new CoreTypeReader(reader, scope).recType();
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
  const type = lookup(count === 0 ? space.types : scope.outer(count - 1, at).coreTypes, index, 'type', at);
  if (type.kind === 'module') throw invalid(at, 'a core module type cannot be aliased into a core module type');
  return type;
}
