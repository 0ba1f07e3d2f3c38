import type { Component } from '@loophost/component';
import { camelCase } from '@loophost/component/text';
import { nearestOf } from '../nearest.ts';
import { pascalCase, shortName } from './guest-types.ts';

/** A function or class that a module has to export, as the path to it from the module: `['shop', 'total']`. */
type Path = readonly string[];

/** What the module that implements a world has to export. */
function exportsOf({ exports }: Component): Path[] {
  return exports.flatMap((item) => {
    if (item.sort === 'func') return [[camelCase(item.name)]];
    if (item.sort !== 'instance') return [];
    const name = camelCase(shortName(item.name));
    return [...item.type.exports.values()].flatMap((inner) => {
      if (inner.sort === 'type' && inner.type.kind === 'resource') return [[name, pascalCase(inner.name)]];
      return inner.sort === 'func' ? [[name, ...memberOf(inner.name)]] : [];
    });
  });
}

/** `[method]cart.add-item` is `Cart.prototype.addItem`. Constructors are the classes themselves. */
function memberOf(name: string): Path {
  const [, kind, owner = '', member = ''] = /^\[(\w+)\]([^.]+)(?:\.(.+))?$/.exec(name) ?? [];
  if (kind === undefined) return [camelCase(name)];
  if (kind === 'constructor') return [pascalCase(owner)];
  return [pascalCase(owner), ...(kind === 'method' ? ['prototype'] : []), camelCase(member)];
}

const MARK = 'loop-exports:';

interface Missing {
  readonly path: Path;
  /** The names beside it. */
  readonly beside: readonly string[];
}

/**
 * Code for the end of a module, which ends a build that lacks exports with an error for {@link missingFrom}. Only the
 * engine itself knows what a module exports, once it has followed `export *` and run what computes them.
 *
 * @param file - The name of the module's own file, by which it imports itself.
 */
export function exportsCheck(world: Component, file: string): string {
  return `
;import * as loop$module from ${JSON.stringify(`./${file}`)};
{
  const missing = ${JSON.stringify(exportsOf(world))}.flatMap((path) => {
    let [value, beside] = [loop$module, []];
    for (const name of path) {
      beside = Object.getOwnPropertyNames(value ?? {});
      value = value?.[name];
    }
    return typeof value === 'function' ? [] : [{ path, beside }];
  });
  if (missing.length > 0) throw new Error(${JSON.stringify(MARK)} + JSON.stringify(missing) + '\\n');
}
`;
}

/** What an error of the check says, in words; undefined for any other error. */
export function missingFrom(thrown: unknown): string | undefined {
  const [, json] = new RegExp(`${MARK}(.*)`).exec(thrown instanceof Error ? thrown.message : '') ?? [];
  if (json === undefined) return undefined;
  return (JSON.parse(json) as readonly Missing[])
    .map(({ path, beside }) => {
      const [wanted, name = ''] = [path.join('.'), path.at(-1)];
      if (beside.includes(name)) return `its world exports ${wanted}, and that of the module is no function`;
      const nearest = nearestOf(name, beside);
      const hint = nearest === undefined ? '' : `: did you mean "${nearest}"?`;
      return `its world exports ${wanted}, and the module has no such function${hint}`;
    })
    .join('\n');
}
