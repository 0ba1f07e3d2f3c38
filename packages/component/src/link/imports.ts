import type { CoreFunction } from '../abi/calls.ts';
import type { ResourceRuntime } from '../abi/handles.ts';
import type { HostFunction } from '../abi/import-call.ts';
import { hostResource } from '../abi/resources.ts';
import { misfit } from '../abi/codec.ts';
import { importMismatch, importUnmet, jspiMissing, textOf } from '../errors.ts';
import type { LoopError } from '../loop-error.ts';
import type { ExternItem, InstanceType } from '../types/extern-type.ts';
import { camelCase, type ExternName, parseExternName, pascalCase, staticName } from '../types/names.ts';
import type { Item, Items, Kinds } from './execute.ts';
import type { RealKinds } from './instantiation.ts';
import { ProvidedTypes } from './provided.ts';
import { findProviders, type Imports } from './providers.ts';
import { jspi } from './suspend.ts';
import { isSuspending } from './suspending.ts';
import type { SurveyKinds } from './survey.ts';

type Members = Readonly<Record<string, unknown>>;
type HostClass = (new (...args: never[]) => object) & Members;

interface WantedResource {
  readonly id: number;
  readonly name: string;
  readonly Class: HostClass | undefined;
}

/** An import with the provider that serves it. */
export type Resolved =
  | { readonly sort: 'func'; readonly value: HostFunction }
  | { readonly sort: 'instance'; readonly value: ReadonlyMap<string, Resolved> }
  | { readonly sort: 'type'; readonly value: WantedResource | undefined };

/** Resolves a component's imports against what the host offers, and collects everything that is wrong. */
export class ImportResolver {
  readonly problems: LoopError[] = [];
  /** Which name served each import, for reports. */
  readonly servedBy: Map<string, string> = new Map();
  hasSuspending = false;
  private readonly imports: Imports;
  private types = new ProvidedTypes();
  private readonly onCall: ((name: string) => void) | undefined;

  constructor(imports: Imports, onCall?: (name: string) => void) {
    this.imports = imports;
    this.onCall = onCall;
  }

  resolve(items: ReadonlyMap<string, ExternItem>): ReadonlyMap<string, Resolved> {
    const resolved = new Map<string, Resolved>();
    for (const [name, item] of items) {
      try {
        const found = this.item(name, item);
        if (found) resolved.set(name, found);
      } catch (thrown) {
        this.problems.push(importMismatch({ interface: name }, `its provider throws: ${textOf(thrown)}`));
      }
    }
    return resolved;
  }

  private item(name: string, item: ExternItem): Resolved | undefined {
    // The component was found to use what is not supported.
    if (item.sort === 'module' || item.sort === 'component') return undefined;
    if (item.sort === 'type') return this.type(name, item, this.imports, name);
    if (item.sort === 'instance' && item.type.exports.size === 0) return { sort: 'instance', value: new Map() };
    if (item.sort === 'func' && name.startsWith('[')) {
      return this.func(undefined, name, item, memberFunction(this.imports, parseExternName(name)));
    }
    const { candidates, offered } = findProviders(this.imports, name);
    if (candidates.length === 0) {
      if (item.sort === 'instance' && !needsProvider(item.type)) return this.served(name, item, {});
      this.problems.push(importUnmet(name, offered));
      return undefined;
    }
    let failures: LoopError[] | undefined;
    for (const candidate of candidates) {
      const { types, hasSuspending } = this;
      const before = this.problems.length;
      this.types = new ProvidedTypes(types);
      const resolved = this.served(name, item, candidate.provider);
      const found = this.problems.splice(before);
      if (found.length === 0) {
        this.servedBy.set(name, candidate.name);
        return resolved;
      }
      failures ??= found;
      // What was learnt from a provider that is not taken must not count against the next.
      Object.assign(this, { types, hasSuspending });
    }
    this.problems.push(...(failures ?? []));
    return undefined;
  }

  private served(name: string, item: ExternItem, provider: unknown): Resolved | undefined {
    if (item.sort === 'func') return this.func(undefined, name, item, unwrapDefault(provider));
    return item.sort === 'instance' ? this.instance(name, item.type, provider) : undefined;
  }

  private type(name: string, item: ExternItem, provider: unknown, iface: string): Resolved {
    if (item.sort !== 'type' || item.type.kind !== 'resource') return { sort: 'type', value: undefined };
    const Class = (provider as Members)[pascalCase(name)];
    const { id } = item.type;
    const isClass = typeof Class === 'function';
    const problem = isClass && this.types.checkClass({ interface: iface }, id, Class);
    if (problem) this.problems.push(problem);
    const value = { id, name: `${iface}/${name}`, Class: isClass ? (Class as HostClass) : undefined };
    return { sort: 'type', value };
  }

  private instance(iface: string, type: InstanceType, provider: unknown): Resolved | undefined {
    if ((typeof provider !== 'object' && typeof provider !== 'function') || provider === null) {
      const { why } = misfit("an object with the interface's functions", provider);
      this.problems.push(importMismatch({ interface: iface }, why));
      return undefined;
    }
    const exports = new Map<string, Resolved>();
    for (const [name, item] of type.exports) {
      const resolved = this.member(iface, name, item, provider as Members);
      if (resolved) exports.set(name, resolved);
    }
    return { sort: 'instance', value: exports };
  }

  private member(iface: string, name: string, item: ExternItem, provider: Members): Resolved | undefined {
    if (item.sort === 'func') return this.func(iface, name, item, memberFunction(provider, parseExternName(name)));
    if (item.sort === 'type') return this.type(name, item, provider, iface);
    return this.served(`${iface}.${name}`, item, provider[name] ?? provider[camelCase(name)]);
  }

  private func(iface: string | undefined, name: string, item: ExternItem, found: unknown): Resolved | undefined {
    const at = iface === undefined ? { function: name } : { interface: iface, function: name };
    if (typeof found !== 'function') {
      const where = describeMember(name);
      const why =
        found === undefined ? `the provider has no function ${where}` : `${where}: ${misfit('a function', found).why}`;
      this.problems.push(importMismatch(at, why));
      return undefined;
    }
    const fullName = iface === undefined ? name : `${iface}.${name}`;
    const suspends = isSuspending(found);
    this.hasSuspending ||= suspends;
    if (suspends && !jspi()) this.problems.push(jspiMissing(fullName));
    const provided = item.sort === 'func' ? this.types.checkFunc(at, item.type, found) : undefined;
    if (provided) this.problems.push(provided);
    const { onCall } = this;
    const call = onCall ? (...args: never[]) => (onCall(fullName), (found as CoreFunction)(...args)) : found;
    return {
      sort: 'func',
      value: { kind: 'host', name: fullName, call: call as CoreFunction, isSuspending: suspends },
    };
  }
}

/** Types alone need nobody to serve them. */
function needsProvider(type: InstanceType): boolean {
  return [...type.exports.values()].some((item) => item.sort !== 'type');
}

/** A function import may be given as the module that exports it by default, as jco's import objects have it. */
function unwrapDefault(provider: unknown): unknown {
  return typeof provider === 'object' && provider !== null && 'default' in provider ? provider.default : provider;
}

/** What a provider has for a member of an interface: a function, called the way that the member's kind asks for. */
function memberFunction(provider: Members, name: ExternName | string): unknown {
  if (typeof name === 'string' || name.kind === 'interface') return undefined;
  if (name.kind === 'label') return bound(provider, camelCase(name.label));
  const Class = provider[pascalCase(name.resource)];
  if (typeof Class !== 'function') return undefined;
  if (name.kind === 'constructor') return keepMark(Class, (...args: never[]) => new (Class as HostClass)(...args));
  if (name.kind === 'static') return bound(Class as unknown as Members, staticName(name.label));
  const method = ownOf((Class as HostClass).prototype as Members | undefined, camelCase(name.label));
  if (typeof method !== 'function') return method;
  return keepMark(method, (self: unknown, ...args: unknown[]) => (method as CoreFunction).apply(self, args));
}

function bound(owner: Members, key: string): unknown {
  const fn = ownOf(owner, key);
  return typeof fn === 'function' ? keepMark(fn, fn.bind(owner)) : fn;
}

const EVERYBODYS = [Object.prototype, Function.prototype] as unknown as readonly Members[];

/** A member that somebody wrote: what every object or function has, such as `toString`, serves no import. */
function ownOf(owner: Members = {}, key: string): unknown {
  const value = owner[key];
  if (EVERYBODYS.some((proto) => proto[key] === value)) return undefined;
  if (key !== 'constructor' || typeof value !== 'function' || !value.prototype) return value;
  return owner === value.prototype || owner instanceof value ? undefined : value;
}

/** Carries what is known of a function over to the function that calls it. */
function keepMark(original: unknown, caller: unknown): unknown {
  for (const key of Object.getOwnPropertySymbols(original)) {
    Object.defineProperty(caller, key, Object.getOwnPropertyDescriptor(original, key) as PropertyDescriptor);
  }
  return caller;
}

function describeMember(text: string): string {
  const name = parseExternName(text);
  if (typeof name === 'string' || name.kind === 'interface') return `"${text}"`;
  if (name.kind === 'label') return `"${camelCase(name.label)}"`;
  const Class = pascalCase(name.resource);
  if (name.kind === 'constructor') return `"${Class}": the class of the resource`;
  return name.kind === 'static'
    ? `"${Class}.${staticName(name.label)}"`
    : `"${Class}.prototype.${camelCase(name.label)}"`;
}

/** The imports of one instance: the resolved functions, and host resource types of its own, each made once. */
export function realItems(resolved: ReadonlyMap<string, Resolved>): Items<RealKinds> {
  const resources = new Map<number, ResourceRuntime>();
  return mapItems<RealKinds>(resolved, ({ id, name, Class }) => {
    let resource = resources.get(id);
    if (!resource) resources.set(id, (resource = hostResource(name, Class)));
    return resource;
  });
}

/** The same imports for a survey, which only asks what suspends. */
export function surveyItems(resolved: ReadonlyMap<string, Resolved>): Items<SurveyKinds> {
  return mapItems<SurveyKinds>(resolved, () => true);
}

function mapItems<K extends Kinds>(
  resolved: ReadonlyMap<string, Resolved>,
  resourceOf: (wanted: WantedResource) => K['resource'],
): Items<K> {
  const items = new Map<string, Item<K>>();
  for (const [name, { sort, value }] of resolved) {
    if (sort === 'instance') items.set(name, { sort, value: mapItems<K>(value, resourceOf) });
    else items.set(name, sort === 'func' ? { sort, value } : { sort, value: value && resourceOf(value) });
  }
  return items;
}
