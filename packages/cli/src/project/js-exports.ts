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
  /** As far as it is there, and the first part that is not. */
  readonly path: Path;
  /** Whether it is all that was looked for. */
  readonly isWhole: boolean;
  /** The names beside it. */
  readonly beside: readonly string[];
  /** What is there instead of a function that returns a value: `AsyncFunction`, for example. */
  readonly kind?: string;
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
    let value = loop$module;
    for (let i = 0; i < path.length; i++) {
      const beside = Object.getOwnPropertyNames(value);
      value = value[path[i]];
      const isWhole = i + 1 === path.length;
      const kind = isWhole ? value?.[Symbol.toStringTag] : undefined;
      if (isWhole ? typeof value !== 'function' || kind !== undefined : value === undefined || value === null)
        return [{ path: path.slice(0, i + 1), isWhole, beside, kind }];
    }
    return [];
  });
  if (missing.length > 0) throw new Error(${JSON.stringify(MARK)} + JSON.stringify(missing) + '\\n');
}
`;
}

/** What an error of the check says, in words; undefined for any other error. */
export function missingFrom(thrown: unknown): string | undefined {
  const [, json] = new RegExp(`${MARK}(.*)`).exec(thrown instanceof Error ? thrown.message : '') ?? [];
  if (json === undefined) return undefined;
  const missing = (JSON.parse(json) as readonly Missing[]).map(reasonOf);
  return [...new Set(missing)].join('\n');
}

function reasonOf({ path, isWhole, beside, kind }: Missing): string {
  const [wanted, name = ''] = [path.join('.'), path.at(-1)];
  if (kind === 'AsyncFunction')
    return `its world exports ${wanted}, and that of the module is async: a function gives its result when it returns`;
  if (beside.includes(name)) return `its world exports ${wanted}, and that of the module is no function`;
  const what = /^[A-Z]/.test(name) ? 'class' : isWhole ? 'function' : 'object';
  const nearest = nearestOf(name, beside);
  const hint = nearest === undefined ? '' : `: did you mean "${nearest}"?`;
  return `its world exports ${wanted}, and the module has no such ${what}${hint}`;
}
