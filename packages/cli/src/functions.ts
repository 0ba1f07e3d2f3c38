import type { Component, ExternItem, FuncType } from '@loophost/component';
import { hasText, Signatures } from '@loophost/component/text';
import { functionAmbiguous, noSuchFunction, notText } from './errors.ts';

/** A function that a component exports, as the command line calls it. */
export interface CallableFunction {
  /** As a call names it: `ns:pkg/api@1.0.0.add`. */
  readonly name: string;
  readonly path: readonly string[];
  readonly type: FuncType;
  /** With its type in WIT: `add: func(a: u32, b: u32) -> u32`. */
  readonly signature: string;
}

/** Every function that a component exports, also inside its interfaces. Functions of resources are left out. */
export function exportedFunctions(component: Component): CallableFunction[] {
  return collect(new Signatures(component), component.exports, []);
}

function collect(signatures: Signatures, items: readonly ExternItem[], path: readonly string[]): CallableFunction[] {
  const print = signatures.among(items);
  return items.flatMap((item) => {
    const inner = [...path, item.name];
    if (item.sort === 'instance') return collect(signatures, [...item.type.exports.values()], inner);
    if (item.sort !== 'func' || item.name.startsWith('[')) return [];
    const name = inner.join('.');
    return [{ name, path: inner, type: item.type, signature: `${name}: ${print(item.type)}` }];
  });
}

/**
 * Finds the function that a call names, among those that text can call. An interface may be named without its version
 * or package when that is plain.
 */
export function findFunction(component: Component, path: readonly string[], name: string): CallableFunction {
  const all = exportedFunctions(component);
  const wanted = [...path, name];
  const exact = all.find((candidate) => candidate.path.join('.') === wanted.join('.'));
  const close = exact ? [exact] : all.filter((candidate) => matchesLoosely(candidate.path, wanted));
  const [only] = close;
  if (!only) throw noSuchFunction(wanted.join('.'), all);
  if (close.length > 1) throw functionAmbiguous(wanted.join('.'), close);
  const { params, result } = only.type;
  if (!params.every((param) => hasText(param.type)) || (result && !hasText(result))) throw notText(only);
  return only;
}

/** `add`, `api.add` and `ns:pkg/api.add` all mean `ns:pkg/api@1.0.0.add`, if nothing else does. */
function matchesLoosely(path: readonly string[], wanted: readonly string[]): boolean {
  if (path.at(-1) !== wanted.at(-1)) return false;
  if (wanted.length === 1) return true;
  if (wanted.length !== path.length) return false;
  return path.slice(0, -1).every((part, i) => {
    const withoutVersion = part.replace(/@.*$/, '');
    return [part, withoutVersion, withoutVersion.replace(/^.*\//, '')].includes(wanted[i] as string);
  });
}
