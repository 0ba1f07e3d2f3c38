import type { CoreFunction, LiftedFunction } from '../abi/calls.ts';
import { exportFunction, suspendingExport } from '../abi/export-call.ts';
import type { HostFunction } from '../abi/import-call.ts';
import type { ResourceRuntime } from '../abi/handles.ts';
import { GuestResource } from '../abi/resources.ts';
import { nameCollision } from '../errors.ts';
import type { LoopError } from '../loop-error.ts';
import type { ExternItem, FuncType } from '../types/extern-type.ts';
import { camelCase, parseExternName, pascalCase, staticName } from '../types/names.ts';
import type { Item, Items } from './execute.ts';
import type { RealKinds } from './instantiation.ts';
import { markProvided, markResource } from './provided.ts';
import { markSuspending } from './suspending.ts';

/** The exports of an instance, or of one interface of it: functions in camelCase, resource classes in PascalCase. */
export type ExportsObject = Readonly<Record<string, unknown>>;

/** Builds what the host sees of an instance's exports. */
export class ExportsBuilder {
  private readonly resources: ReadonlyMap<number, ResourceRuntime>;
  /** The classes made here, which get members. A class of the host is exported as it is. */
  private readonly classes = new Map<ResourceRuntime, CoreFunction>();
  private readonly made = new Set<unknown>();

  /** Takes the instance's resources by the identities that the types have for them. */
  constructor(resources: ReadonlyMap<number, ResourceRuntime>) {
    this.resources = resources;
  }

  build(types: ReadonlyMap<string, ExternItem>, items: Items<RealKinds>, prefix = ''): ExportsObject {
    const object = Object.create(null) as Record<string, unknown>;
    for (const name of types.keys()) {
      const item = items.get(name);
      if (item?.sort === 'type' && item.value) object[pascalCase(name)] = this.classOf(name, item.value, prefix);
    }
    for (const [name, type] of types) this.add(object, name, type, items.get(name), prefix);
    return Object.freeze(object);
  }

  private add(
    object: Record<string, unknown>,
    name: string,
    type: ExternItem,
    item: Item<RealKinds> | undefined,
    prefix: string,
  ): void {
    if (type.sort === 'func' && item?.sort === 'func' && item.value) {
      this.addFunction(object, name, type.type, item.value, prefix);
    } else if (type.sort === 'instance' && item?.sort === 'instance' && item.value) {
      object[name] = this.build(type.type.exports, item.value, `${prefix}${name}.`);
    }
  }

  private addFunction(
    object: Record<string, unknown>,
    text: string,
    type: FuncType,
    func: LiftedFunction | HostFunction,
    prefix: string,
  ): void {
    const name = parseExternName(text);
    if (typeof name === 'string') return;
    const fullName = `${prefix}${text}`;
    const mark = <T extends object>(target: T): T => {
      if (func.isSuspending) markSuspending(target);
      return markProvided(target, { resources: this.resources, type });
    };
    const fn = mark(this.function(func, fullName));
    const define = (target: object, key: PropertyKey, value: object): void => {
      Object.defineProperty(value, 'name', { value: key });
      Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: target === object });
    };
    if (name.kind === 'label' || name.kind === 'interface') {
      define(object, name.kind === 'label' ? camelCase(name.label) : text, fn);
      return;
    }
    const Class = object[pascalCase(name.resource)] as CoreFunction | undefined;
    if (!Class || !this.made.has(Class)) return;
    if (name.kind === 'constructor') {
      define(Class, CONSTRUCT, fn);
      mark(Class);
    } else if (name.kind === 'static') define(Class, staticName(name.label), fn);
    else {
      const method = function (this: unknown, ...args: unknown[]): unknown {
        return fn(this, ...args);
      };
      define(Class.prototype as object, camelCase(name.label), mark(method));
    }
  }

  private function(func: LiftedFunction | HostFunction, name: string): CoreFunction {
    if (func.kind === 'host') return (...args) => func.call(...args);
    return func.isSuspending ? suspendingExport(func, name) : exportFunction(func, name);
  }

  /** The class of a resource type: one for each type, however many names export it. */
  private classOf(name: string, resource: ResourceRuntime, prefix: string): CoreFunction {
    const known = this.classes.get(resource) ?? resource.Class;
    if (known) return known as CoreFunction;
    const Class = class extends GuestResource {
      constructor(...args: unknown[]) {
        super();
        const construct = (Class as unknown as Record<symbol, CoreFunction | undefined>)[CONSTRUCT];
        if (!construct) throw new TypeError(`resource ${prefix}${name} has no constructor`);
        return construct(...args) as never;
      }
    };
    Object.defineProperty(Class, 'name', { value: pascalCase(name) });
    resource.prototype = markResource(Class.prototype, resource);
    resource.name = name;
    this.made.add(Class);
    this.classes.set(resource, Class as unknown as CoreFunction);
    return Class as unknown as CoreFunction;
  }
}

const CONSTRUCT = Symbol('loophost.construct');

/**
 * Finds names that differ in WIT and are one in JavaScript, such as `a1` and `a-1`: of functions and resources in one
 * interface, and of fields or flags in one type. Items that are imports keep their own names.
 */
export function findCollisions(items: ReadonlyMap<string, ExternItem>, problems: LoopError[], isImport = false): void {
  const names: string[] = [];
  for (const [name, item] of items) {
    if (item.sort === 'instance') findCollisions(item.type.exports, problems);
    else if (item.sort === 'func') names.push(name);
    else if (item.sort !== 'type') continue;
    else if (item.type.kind === 'resource') names.push(`resource ${name}`);
    else if (item.type.kind === 'record')
      compareNames(
        item.type.fields.map((field) => field.name),
        problems,
      );
    else if (item.type.kind === 'flags') compareNames(item.type.names, problems);
  }
  if (!isImport) compareNames(names, problems);
}

function compareNames(names: readonly string[], problems: LoopError[]): void {
  // Otherwise names that differ by more than case, as WIT's do, stay different.
  if (!names.some((name) => /-\d/.test(name))) return;
  const known = new Map<string, string>();
  for (const name of names) {
    const key = camelCase(name);
    const other = known.get(key);
    if (other === undefined) known.set(key, name);
    else problems.push(nameCollision(other, name));
  }
}
