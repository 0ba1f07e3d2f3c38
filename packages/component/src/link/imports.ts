import type { CoreFunction } from '../abi/calls.ts';
import type { ResourceRuntime } from '../abi/handles.ts';
import type { HostFunction } from '../abi/import-call.ts';
import { hostResource } from '../abi/resources.ts';
import { importMismatch, importUnmet, jspiMissing } from '../errors.ts';
import { LoopError } from '../loop-error.ts';
import type { ExternItem, InstanceType } from '../types/extern-type.ts';
import { camelCase, type ExternName, parseExternName, pascalCase, staticName } from '../types/names.ts';
import type { Item, Items } from './execute.ts';
import type { RealKinds } from './instantiation.ts';
import { ProvidedTypes, providedOf } from './provided.ts';
import { findProviders, type Imports } from './providers.ts';
import { jspi } from './suspend.ts';
import { isSuspending } from './suspending.ts';
import type { SurveyImport, SurveyKinds } from './survey.ts';

type HostClass = (new (...args: never[]) => object) & Record<string, unknown>;

/** An import with the provider that serves it. */
export type Resolved =
  | { readonly sort: 'func'; readonly func: HostFunction }
  | { readonly sort: 'instance'; readonly exports: ReadonlyMap<string, Resolved> }
  | {
      readonly sort: 'type';
      readonly resource:
        | { readonly id: number; readonly name: string; readonly Class: HostClass | undefined }
        | undefined;
    }
  | { readonly sort: 'given'; readonly item: Item<RealKinds> };

/** Resolves a component's imports against what the host offers, and collects everything that is wrong. */
export class ImportResolver {
  readonly problems: LoopError[] = [];
  /** Which name served each import, for reports. */
  readonly servedBy: Map<string, string> = new Map();
  hasSuspending = false;
  private readonly imports: Imports;
  private readonly types = new ProvidedTypes();

  constructor(imports: Imports) {
    this.imports = imports;
  }

  resolve(items: ReadonlyMap<string, ExternItem>): ReadonlyMap<string, Resolved> {
    const resolved = new Map<string, Resolved>();
    for (const [name, item] of items) {
      const found = this.item(name, item);
      if (found) resolved.set(name, found);
    }
    return resolved;
  }

  private item(name: string, item: ExternItem): Resolved | undefined {
    if (item.sort === 'type') return this.type(name, item, this.imports, name);
    if (item.sort === 'instance' && item.type.exports.size === 0) return { sort: 'instance', exports: new Map() };
    if (item.sort === 'func' && name.startsWith('[')) {
      return this.func(undefined, name, item, memberFunction(this.imports, parseExternName(name)));
    }
    const { candidates, offered } = findProviders(this.imports, name);
    if (candidates.length === 0) {
      if (item.sort === 'instance' && !needsProvider(item.type)) return this.served(name, undefined, item, {});
      this.problems.push(importUnmet(name, offered));
      return undefined;
    }
    let failures: LoopError[] = [];
    for (const candidate of candidates) {
      const before = this.problems.length;
      const resolved = this.served(name, candidate.name, item, candidate.provider);
      const found = this.problems.splice(before);
      if (found.length === 0) return resolved;
      if (failures.length === 0) failures = found;
    }
    this.problems.push(...failures);
    return undefined;
  }

  private served(name: string, by: string | undefined, item: ExternItem, provider: unknown): Resolved | undefined {
    if (by !== undefined) this.servedBy.set(name, by);
    switch (item.sort) {
      case 'func':
        return this.func(undefined, name, item, unwrapDefault(provider));
      case 'instance':
        return this.instance(name, item.type, provider);
      case 'module':
      case 'component': {
        const given = providedOf(provider)?.item;
        if (given?.sort === item.sort) return { sort: 'given', item: given };
        this.problems.push(
          importMismatch({ interface: name }, `expected a ${item.sort} that another instance exports`),
        );
        return undefined;
      }
      default:
        return undefined;
    }
  }

  private type(name: string, item: ExternItem, provider: unknown, iface: string): Resolved {
    if (item.sort !== 'type' || item.type.kind !== 'resource') return { sort: 'type', resource: undefined };
    const Class = (provider as Record<string, unknown> | undefined)?.[pascalCase(name)];
    const isClass = typeof Class === 'function';
    return {
      sort: 'type',
      resource: { id: item.type.id, name: `${iface}/${name}`, Class: isClass ? (Class as HostClass) : undefined },
    };
  }

  private instance(iface: string, type: InstanceType, provider: unknown): Resolved | undefined {
    if ((typeof provider !== 'object' && typeof provider !== 'function') || provider === null) {
      this.problems.push(
        importMismatch(
          { interface: iface },
          `expected an object with the interface's functions, got ${String(provider)}`,
        ),
      );
      return undefined;
    }
    const mismatch = this.types.check(iface, type, provider);
    if (mismatch) this.problems.push(mismatch);
    const exports = new Map<string, Resolved>();
    for (const [name, item] of type.exports) {
      const resolved = this.member(iface, name, item, provider as Record<string, unknown>);
      if (resolved) exports.set(name, resolved);
    }
    return { sort: 'instance', exports };
  }

  private member(
    iface: string,
    name: string,
    item: ExternItem,
    provider: Record<string, unknown>,
  ): Resolved | undefined {
    switch (item.sort) {
      case 'func':
        return this.func(iface, name, item, memberFunction(provider, parseExternName(name)));
      case 'type':
        return this.type(name, item, provider, iface);
      case 'instance':
        return this.instance(`${iface}.${name}`, item.type, provider[name] ?? provider[camelCase(name)]);
      default:
        return this.served(`${iface}.${name}`, undefined, item, provider[name] ?? provider[camelCase(name)]);
    }
  }

  private func(iface: string | undefined, name: string, item: ExternItem, found: unknown): Resolved | undefined {
    const at = iface === undefined ? { function: name } : { interface: iface, function: name };
    if (typeof found !== 'function') {
      const where = describeMember(name);
      this.problems.push(importMismatch(at, `the provider has no function ${where}`));
      return undefined;
    }
    const fullName = iface === undefined ? name : `${iface}.${name}`;
    const suspends = isSuspending(found);
    this.hasSuspending ||= suspends;
    if (suspends && !jspi()) this.problems.push(jspiMissing(fullName));
    const provided = item.sort === 'func' ? this.types.checkFunc(at, item.type, found) : undefined;
    if (provided) this.problems.push(provided);
    return {
      sort: 'func',
      func: { kind: 'host', name: fullName, call: found as CoreFunction, isSuspending: suspends },
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

/** The function of a provider that serves a member of an interface, called the way that the member's kind asks for. */
function memberFunction(provider: Record<string, unknown>, name: ExternName | string): unknown {
  if (typeof name === 'string') return undefined;
  if (name.kind === 'label') return bound(provider, camelCase(name.label));
  if (name.kind === 'interface') return undefined;
  const Class = provider[pascalCase(name.resource)] as HostClass | undefined;
  if (typeof Class !== 'function') return undefined;
  if (name.kind === 'constructor') return keepMark(Class, (...args: never[]) => new Class(...args));
  if (name.kind === 'static') return bound(Class as unknown as Record<string, unknown>, staticName(name.label));
  const method = (Class.prototype as Record<string, unknown>)[camelCase(name.label)];
  if (typeof method !== 'function') return undefined;
  return keepMark(method, (self: unknown, ...args: unknown[]) => (method as CoreFunction).apply(self, args));
}

function bound(owner: Record<string, unknown>, key: string): unknown {
  const fn = owner[key];
  return typeof fn === 'function' ? keepMark(fn, fn.bind(owner)) : undefined;
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

/** The imports of one instance: the resolved functions, and host resource types of its own. */
export function realItems(
  resolved: ReadonlyMap<string, Resolved>,
  resources: Map<number, ResourceRuntime> = new Map(),
): Items<RealKinds> {
  collectResources(resolved, resources);
  return mapItems(resolved, (item): Item<RealKinds> => {
    if (item.sort === 'type') return { sort: 'type', resource: item.resource && resources.get(item.resource.id) };
    return item.sort === 'given' ? item.item : (item as Item<RealKinds>);
  });
}

/** Makes each resource type once: where a provider has a class for it, if any does. */
function collectResources(resolved: ReadonlyMap<string, Resolved>, resources: Map<number, ResourceRuntime>): void {
  for (const item of resolved.values()) {
    if (item.sort === 'instance') collectResources(item.exports, resources);
    if (item.sort !== 'type' || !item.resource || resources.has(item.resource.id)) continue;
    const { id, name, Class } = item.resource;
    resources.set(id, hostResource(name, Class));
  }
}

/** The same imports for a survey, which only asks what suspends. */
export function surveyItems(resolved: ReadonlyMap<string, Resolved>): Items<SurveyKinds> {
  return mapItems(resolved, (item): SurveyImport => (item.sort === 'func' ? item : { sort: 'type', resource: true }));
}

function mapItems<T extends { readonly sort: string }>(
  resolved: ReadonlyMap<string, Resolved>,
  leaf: (item: Exclude<Resolved, { sort: 'instance' }>) => T,
): Map<string, T> {
  const items = new Map<string, T>();
  for (const [name, item] of resolved) {
    const next =
      item.sort === 'instance'
        ? ({ sort: 'instance', exports: mapItems(item.exports, leaf) } as unknown as T)
        : leaf(item);
    items.set(name, next);
  }
  return items;
}
