import {
  camelCase,
  type ExternItem,
  findProviders,
  type FuncType,
  pascalCase,
  staticName,
  type ValueType,
} from '@loophost/component';
import type { RemoteInterface, RemoteSettings } from './remote.ts';

/** The types of the functions that a component imports, by the names of the operations that serve them. */
export function operationTypes(
  imports: readonly ExternItem[],
  { interfaces }: RemoteSettings,
): ReadonlyMap<string, FuncType> {
  const types = new Map<string, FuncType>();
  for (const item of imports) {
    const key = findProviders(interfaces, item.name).candidates[0]?.name;
    const shape = key === undefined ? undefined : interfaces[key];
    if (key === undefined || !shape) continue;
    if (item.sort === 'func') types.set(key, item.type);
    if (item.sort !== 'instance') continue;
    for (const [name, { sort, type }] of item.type.exports)
      if (sort === 'func') types.set(operationOf(key, name, shape), type);
  }
  return types;
}

function operationOf(provider: string, name: string, { classes }: RemoteInterface): string {
  const member = /^\[(constructor|method|static)\]([^.]+)(?:\.(.+))?$/.exec(name);
  if (!member) return `${provider}.${camelCase(name)}`;
  const [, kind, resource = '', label = ''] = member;
  const Class = classes[pascalCase(resource)];
  if (kind === 'constructor') return `${Class}#new`;
  return kind === 'static' ? `${Class}:${staticName(label)}` : `${Class}.${camelCase(label)}`;
}

/** The types of what a function returns and throws. */
export function casesOf(type: FuncType | undefined): { ok?: ValueType | undefined; err?: ValueType | undefined } {
  const result = type?.result;
  return result?.kind === 'result' ? { ok: result.ok, err: result.err } : { ok: result };
}
