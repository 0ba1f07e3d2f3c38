import { invalid, malformed, unsupportedFeature } from '../errors.ts';
import type { CoreSort, Sort } from '../plan.ts';
import type { ExternType, NameAttributes } from '../types/extern-type.ts';
import type { DeclaredName } from '../validate/externs.ts';
import type { Scope } from '../validate/scope.ts';
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
    reader.tag('core sort', [0x11]);
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

/** Reads `externtype` and resolves its index. Its forms have the bytes of the sorts that they are for. */
export function readExternType(reader: Reader, scope: Scope): DeclaredType {
  const at = reader.pos;
  const sort = readSort(reader);
  if (sort === 'type' && reader.tag('type bound', [0, 1]) === 1)
    return { type: { sort, type: scope.freshResource(at) }, isFresh: true };
  const index = reader.u32();
  if (sort === 'type') return { type: { sort, type: { ...scope.at(sort, index, at) } }, isFresh: false };
  if (sort !== 'module') return { type: { sort, type: scope.typeAt(sort, index, at) } as ExternType, isFresh: false };
  const type = scope.at('core-type', index, at);
  if (type.kind !== sort) throw invalid(at, `core type index ${index} is not a module type`);
  return { type: { sort, type }, isFresh: false };
}
