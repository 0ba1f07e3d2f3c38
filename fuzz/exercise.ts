import {
  type Component,
  type ExportsObject,
  type ExternItem,
  type FuncType,
  isComponentError,
  isLoopError,
} from '@loophost/component';
import { camelCase, parseExternName, pascalCase } from '../packages/component/src/types/names.ts';
import type { Random } from './random.ts';
import { Sampler } from './sample.ts';
import { Stubs } from './stubs.ts';

/** Where in the life of a component something ended. */
export type Phase = 'compile' | 'link' | 'instantiate' | 'call';

interface Callable {
  readonly type: FuncType;
  readonly call: (args: readonly unknown[]) => unknown;
}

const CALLS = 10;

/** What exercising a component ended in: the code of each error, `done` when there was none. */
export async function exercise(component: Component, from: Random, enter: (phase: Phase) => void): Promise<string> {
  const handles = new Map<number, unknown[]>();
  const handle = (resource: number): unknown => {
    const made = handles.get(resource);
    return made && from.chance(80) ? from.pick(made) : (stubs.instanceOf(resource) ?? {});
  };
  const sampler = new Sampler(from, handle);
  const stubs: Stubs = new Stubs(() => sampler);
  enter('link');
  const linked = component.link(stubs.imports(component.imports));
  enter('instantiate');
  using instance = await linked.instantiate();
  enter('call');
  const functions = callables(component.exports, instance.exports);
  let code = 'done';
  for (let i = 0; i < CALLS && functions.length > 0; i++) {
    const { type, call } = i < functions.length ? (functions[i] as Callable) : from.pick(functions);
    try {
      const result = await call(type.params.map((param) => sampler.value(param.type)));
      if (type.result?.kind !== 'own') continue;
      const { id } = type.result.resource;
      handles.set(id, [...(handles.get(id) ?? []), result]);
    } catch (error) {
      if (isComponentError(error)) continue;
      if (!isLoopError(error)) throw error;
      if (code === 'done' || code === 'E_ARGUMENT_MISMATCH') code = error.code;
      if (error.code === 'E_BUG') throw error;
    }
  }
  return code;
}

/** The functions that a component exports, those of interfaces and resources too. */
function callables(items: Iterable<ExternItem>, exports: ExportsObject): Callable[] {
  const found: Callable[] = [];
  for (const item of items) {
    if (item.sort === 'instance') {
      const inner = exports[item.name];
      if (inner) found.push(...callables(item.type.exports.values(), inner as ExportsObject));
    }
    if (item.sort !== 'func') continue;
    const call = functionOf(exports, item.name);
    if (call) found.push({ type: item.type, call });
  }
  return found;
}

type Fn = (...args: readonly unknown[]) => unknown;

function functionOf(exports: ExportsObject, text: string): Callable['call'] | undefined {
  const name = parseExternName(text);
  if (typeof name === 'string') return undefined;
  if (name.kind === 'interface' || name.kind === 'label') {
    const fn = exports[name.kind === 'label' ? camelCase(name.label) : text] as Fn | undefined;
    return fn && ((args) => fn(...args));
  }
  const Class = exports[pascalCase(name.resource)] as (new (...args: readonly unknown[]) => object) | undefined;
  if (!Class) return undefined;
  if (name.kind === 'constructor') return (args) => new Class(...args);
  const key = camelCase(name.label);
  if (name.kind === 'static') return (args) => (Class as unknown as Record<string, Fn>)[key]?.(...args);
  return ([self, ...args]) => (Class.prototype as Record<string, Fn>)[key]?.apply(self, args);
}
