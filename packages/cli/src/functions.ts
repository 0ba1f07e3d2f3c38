import type { Component, ExternItem, FuncType } from '@loophost/component';
import { printWave } from '@loophost/component/text';
import { noSuchFunction } from './errors.ts';

/** A function that can be called from the command line. */
export interface CallableFunction {
  /** As a call names it: `ns:pkg/api@1.0.0.add`. */
  readonly name: string;
  readonly path: readonly string[];
  readonly type: FuncType;
}

/** Every function that a component exports, also inside its interfaces. Functions of resources are left out. */
export function exportedFunctions(component: Component): CallableFunction[] {
  return collect(component.exports, []);
}

function collect(items: Iterable<ExternItem>, path: readonly string[]): CallableFunction[] {
  const found: CallableFunction[] = [];
  for (const item of items) {
    if (item.sort === 'func' && !item.name.startsWith('['))
      found.push({ name: [...path, item.name].join('.'), path: [...path, item.name], type: item.type });
    if (item.sort === 'instance') found.push(...collect(item.type.exports.values(), [...path, item.name]));
  }
  return found;
}

/** Finds the function that a call names. An interface may be named without its version or package when that is plain. */
export function findFunction(component: Component, path: readonly string[], name: string): CallableFunction {
  const all = exportedFunctions(component);
  const wanted = [...path, name];
  const exact = all.find((candidate) => candidate.path.join('.') === wanted.join('.'));
  if (exact) return exact;
  const close = all.filter((candidate) => matchesLoosely(candidate.path, wanted));
  const [only] = close;
  if (only && close.length === 1) return only;
  throw noSuchFunction(wanted.join('.'), all.map(signature));
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

/** A function with its type in WIT: `add: func(a: u32, b: u32) -> u32`. */
export function signature({ name, type }: CallableFunction): string {
  return `${name}: ${describeFunction(type)}`;
}

export function describeFunction(type: FuncType): string {
  const params = type.params.map((param) => `${param.name}: ${witType(param.type)}`).join(', ');
  return `${type.async ? 'async ' : ''}func(${params})${type.result ? ` -> ${witType(type.result)}` : ''}`;
}

type ValueType = NonNullable<FuncType['result']>;

/** A value type in WIT; types that have a name in WIT are shown by their kind. */
function witType(type: ValueType): string {
  switch (type.kind) {
    case 'list':
      return `list<${witType(type.element)}>`;
    case 'option':
      return `option<${witType(type.some)}>`;
    case 'tuple':
      return `tuple<${type.items.map(witType).join(', ')}>`;
    case 'result':
      return type.ok || type.err
        ? `result<${type.ok ? witType(type.ok) : '_'}${type.err ? `, ${witType(type.err)}` : ''}>`
        : 'result';
    case 'record':
      return `{${type.fields.map((field) => `${field.name}: ${witType(field.type)}`).join(', ')}}`;
    case 'enum':
    case 'flags':
      return `${type.kind}(${type.names.join(', ')})`;
    case 'variant':
      return `variant(${type.cases.map((c) => (c.type ? `${c.name}: ${witType(c.type)}` : c.name)).join(', ')})`;
    default:
      return type.kind;
  }
}

/** A result as a line of WAVE; nothing for functions without a result. */
export function waveLine(type: FuncType, value: unknown): string | undefined {
  return type.result && printWave(value, type.result);
}
