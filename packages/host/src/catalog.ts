import type { Component, ExternItem, FuncType } from '@loophost/component';
import { functionUnknown } from './errors.ts';

/** A function that a component exports, with every name that a call can use for it. */
export interface ExportedFunction {
  /** The full name: `acme:calc/api@1.0.0.add`, or `acme:calc/api@1.0.0.[method]sum.add`. */
  readonly name: string;
  /** Names from the outside in. */
  readonly path: readonly string[];
  readonly type: FuncType;
}

/** The functions of a component, found by name. */
export class Catalog {
  readonly functions: readonly ExportedFunction[];
  private readonly found = new Map<string, ExportedFunction>();

  constructor(component: Component) {
    this.functions = collect(component.exports, []);
  }

  /**
   * Finds a function. An interface may be named without its version or package when that is plain: `api.add`.
   *
   * @throws {LoopError} `E_FUNCTION_UNKNOWN`
   */
  find(name: string): ExportedFunction {
    const known = this.found.get(name);
    if (known) return known;
    const exact = this.functions.find((candidate) => candidate.name === name);
    const close = exact ? [exact] : this.functions.filter(({ path }) => looseNames(path).includes(name));
    const [only] = close;
    const names = (close.length > 0 ? close : this.functions).map((one) => one.name);
    if (!only) throw functionUnknown(name, 'the component exports no such function', names);
    if (close.length > 1) throw functionUnknown(name, `${close.length} exported functions have that name`, names);
    this.found.set(name, only);
    return only;
  }
}

function collect(items: readonly ExternItem[], path: readonly string[]): ExportedFunction[] {
  return items.flatMap((item) => {
    const inner = [...path, item.name];
    if (item.sort === 'instance') return collect([...item.type.exports.values()], inner);
    return item.sort === 'func' ? [{ name: inner.join('.'), path: inner, type: item.type }] : [];
  });
}

/** `add`, `api.add` and `acme:calc/api.add` may all mean `acme:calc/api@1.0.0.add`. */
function looseNames(path: readonly string[]): string[] {
  const last = path.at(-1) as string;
  if (path.length !== 2) return [last];
  const [iface = ''] = path;
  const withoutVersion = iface.replace(/@.*$/, '');
  const short = withoutVersion.replace(/^.*\//, '');
  return [last, ...[withoutVersion, short].map((one) => `${one}.${last}`)];
}
