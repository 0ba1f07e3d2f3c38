import { invalid, malformed, unsupportedFeature } from '../errors.ts';
import type { CoreSort, Sort } from '../plan.ts';
import type { AnyType, ExternType, NameAttributes } from '../types/extern-type.ts';
import { isValueType } from '../types/extern-type.ts';
import type { DeclaredName } from '../validate/externs.ts';
import { lookup, type Scope } from '../validate/scope.ts';
import type { Reader } from './reader.ts';

const CORE_SORTS: readonly CoreSort[] = ['func', 'table', 'memory', 'global', 'tag'];
const SORTS: readonly (Sort | undefined)[] = [undefined, 'func', 'value', 'type', 'component', 'instance'];

export function readCoreSort(reader: Reader): CoreSort {
  const byte = reader.u8();
  const sort = CORE_SORTS[byte];
  if (!sort) throw reader.unknown('core sort', byte);
  return sort;
}

/** Reads the sorts that components import and export: all of the component's, and core modules. */
export function readSort(reader: Reader): Sort {
  const byte = reader.u8();
  if (byte === 0) {
    reader.tag('core sort of an import or export', [0x11]);
    return 'module';
  }
  const sort = SORTS[byte];
  if (!sort) throw reader.unknown('sort', byte);
  if (sort === 'value') throw unsupportedFeature('component-level values', reader.pos - 1);
  return sort;
}

/** Reads `nameattributes`. The bytes 0 and 1 mean the same, for binaries of older tools. */
export function readExternName(reader: Reader): DeclaredName {
  const at = reader.pos;
  const form = reader.tag('import or export name', [0, 1, 2]);
  const text = reader.name();
  const attributes: { -readonly [K in keyof NameAttributes]: NameAttributes[K] } = {};
  const count = form === 2 ? reader.u32() : 0;
  for (let i = 0; i < count; i++) {
    const here = reader.pos;
    const key = (['implements', 'versionSuffix', 'externalId'] as const)[
      reader.tag('name attribute', [0, 1, 2])
    ] as keyof NameAttributes;
    if (attributes[key] !== undefined) throw malformed(here, `duplicate name attribute "${key}"`);
    attributes[key] = reader.name();
  }
  return { text, attributes, at };
}

/** An extern type, and whether it introduces a resource type of its own. */
export interface DeclaredType {
  readonly type: ExternType;
  readonly isFresh: boolean;
}

/** Reads `externtype` and resolves its index. */
export function readExternType(reader: Reader, scope: Scope): DeclaredType {
  const at = reader.pos;
  const byte = reader.u8();
  const not = (index: number, what: string): Error => invalid(at, `type index ${index} is not ${what} type`);
  if (byte === 0x00) {
    reader.tag('core extern type', [0x11]);
    const index = reader.u32();
    const type = lookup(scope.coreTypes, index, 'type', at);
    if (type.kind !== 'module') throw invalid(at, `core type index ${index} is not a module type`);
    return { type: { sort: 'module', type }, isFresh: false };
  }
  if (byte === 0x02) throw unsupportedFeature('component-level values', at);
  if (byte === 0x03) return readTypeBound(reader, scope, at);
  if (byte !== 0x01 && byte !== 0x04 && byte !== 0x05) throw reader.unknown('extern type', byte);
  const index = reader.u32();
  const type = scope.typeAt(index, at);
  if (byte === 0x01 && type.kind === 'func') return { type: { sort: 'func', type }, isFresh: false };
  if (byte === 0x04 && type.kind === 'component') return { type: { sort: 'component', type }, isFresh: false };
  if (byte === 0x05 && type.kind === 'instance') return { type: { sort: 'instance', type }, isFresh: false };
  throw not(index, byte === 0x01 ? 'a function' : byte === 0x04 ? 'a component' : 'an instance');
}

function readTypeBound(reader: Reader, scope: Scope, at: number): DeclaredType {
  if (reader.tag('type bound', [0, 1]) === 1) {
    return { type: { sort: 'type', type: scope.freshResource(at) }, isFresh: true };
  }
  return { type: { sort: 'type', type: sameTypeAnew(scope.typeAt(reader.u32(), at)) }, isFresh: false };
}

/** The same type as a new definition, since an import or export names the index it makes, not the one it refers to. */
export function sameTypeAnew(type: AnyType): AnyType {
  return isValueType(type) ? { ...type } : { ...type };
}
