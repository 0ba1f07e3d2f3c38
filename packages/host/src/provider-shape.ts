import type { RemoteInterface, RemoteSettings } from './guest/remote.ts';

export type AnyFunction = (...args: unknown[]) => unknown;
export type AnyClass = (new (...args: unknown[]) => object) & Record<string, AnyFunction>;

/** What an embedder gave, taken apart: the names for the guest's realm, and what is behind them. */
export interface ProviderShape {
  readonly settings: RemoteSettings;
  /** Functions by the names of their operations. */
  readonly functions: ReadonlyMap<string, AnyFunction>;
  /** The name that messages call each class by: that of the first interface that has it. */
  readonly classes: ReadonlyMap<AnyClass, string>;
}

/** Takes providers apart, by the interfaces that they serve. */
export function shapeOf(providers: Readonly<Record<string, unknown>>): ProviderShape {
  const functions = new Map<string, AnyFunction>();
  const classes = new Map<AnyClass, string>();
  const interfaces = Object.entries(providers).map(([name, provider]) => {
    const shape = interfaceOf(name, provider, classes);
    if (shape.isFunction) functions.set(name, provider as AnyFunction);
    for (const key of shape.functions)
      functions.set(`${name}.${key}`, (...args) => (provider as Record<string, AnyFunction>)[key]?.(...args));
    return [name, shape] as const;
  });
  const members = [...classes].map(([Class, id]) => [
    id,
    {
      methods: functionsOf(Class.prototype as object, Object.prototype, 'constructor'),
      statics: functionsOf(Class, Function.prototype, 'prototype'),
    },
  ]);
  return {
    settings: {
      interfaces: Object.fromEntries(interfaces),
      classes: Object.fromEntries(members) as RemoteSettings['classes'],
    },
    functions,
    classes,
  };
}

function interfaceOf(name: string, provider: unknown, classes: Map<AnyClass, string>): RemoteInterface {
  if (typeof provider === 'function' && !isClass(provider)) return { functions: [], classes: {}, isFunction: true };
  const own = Object.entries(provider as object);
  const found: Record<string, string> = {};
  for (const [key, value] of own) {
    if (!isClass(value)) continue;
    if (!classes.has(value)) classes.set(value, `${name}.${key}`);
    found[key] = classes.get(value) as string;
  }
  const functions = own.filter(([, value]) => typeof value === 'function' && !isClass(value)).map(([key]) => key);
  const inherited = functionsOf(Object.getPrototypeOf(provider) as object | null, Object.prototype, 'constructor');
  return { functions: [...new Set([...functions, ...inherited])], classes: found, isFunction: false };
}

function isClass(value: unknown): value is AnyClass {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}

/** The names of an object's functions, inherited ones included, up to where every object is alike. Runs no getter. */
function functionsOf(owner: object | null, end: object, except: string): string[] {
  const names = new Set<string>();
  for (let at = owner; at && at !== end; at = Object.getPrototypeOf(at) as object | null)
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (key !== except && typeof value === 'function') names.add(key);
  return [...names];
}
