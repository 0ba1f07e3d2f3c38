import type { CanonOptions, CoreSort, Plan, Reference, ResourceBinding, Sort, Step, StepOf } from '../plan.ts';
import { invariant } from '../loop-error.ts';
import type { WasmInstance, WasmModule } from '../types/web-assembly.ts';

/**
 * What the definitions of a component stand for while its plan runs. `Instantiation` makes the real things; `Survey`
 * follows the same steps over descriptions of them, to learn what an instance will need before there is one.
 */
export interface Kinds {
  readonly module: unknown;
  readonly coreInstance: unknown;
  readonly coreItem: unknown;
  readonly func: unknown;
  readonly resource: unknown;
  /** The component instance that a plan makes. */
  readonly state: unknown;
}

export type Item<K extends Kinds> =
  | { readonly sort: 'module'; readonly module: K['module'] }
  | { readonly sort: 'func'; readonly func: K['func'] }
  | { readonly sort: 'instance'; readonly exports: Items<K> }
  | { readonly sort: 'component'; readonly plan: Plan; readonly frame: Frame<K> }
  | { readonly sort: 'type'; readonly resource: K['resource'] | undefined };

export type ComponentItem<K extends Kinds> = Extract<Item<K>, { readonly sort: 'component' }>;
export type Items<K extends Kinds> = ReadonlyMap<string, Item<K>>;

export interface Canon<K extends Kinds> {
  readonly options: CanonOptions;
  readonly memory: K['coreItem'] | undefined;
  readonly realloc: K['coreItem'] | undefined;
  readonly postReturn: K['coreItem'] | undefined;
}

/** Makes what each step defines. */
export interface Domain<K extends Kinds> {
  enter(parent: K['state'], plan: Plan): K['state'];
  module(index: number): K['module'];
  coreInstance(
    state: K['state'],
    module: K['module'],
    args: readonly (readonly [string, K['coreInstance']])[],
  ): Generator<CoreRequest, K['coreInstance'], WasmInstance>;
  coreBag(exports: ReadonlyMap<string, K['coreItem']>): K['coreInstance'];
  coreExport(instance: K['coreInstance'], name: string, sort: CoreSort): K['coreItem'];
  lift(state: K['state'], step: StepOf<'lift'>, core: K['coreItem'], canon: Canon<K>): K['func'];
  lower(state: K['state'], step: StepOf<'lower'>, func: K['func'], canon: Canon<K>): K['coreItem'];
  resource(state: K['state'], step: StepOf<'resource'>, destructor: K['coreItem'] | undefined): K['resource'];
  bindResource(state: K['state'], id: number, resource: K['resource']): void;
  resourceOf(state: K['state'], id: number): K['resource'] | undefined;
  builtin(
    state: K['state'],
    op: 'resource.new' | 'resource.drop' | 'resource.rep',
    resource: K['resource'],
  ): K['coreItem'];
}

/** A core instantiation that the caller may do synchronously or not. */
export interface CoreRequest {
  readonly module: WasmModule;
  readonly imports: Readonly<Record<string, object>>;
}

/** The index spaces of one component while its plan runs. */
export class Frame<K extends Kinds> {
  readonly outer: Frame<K> | undefined;
  readonly state: K['state'];
  readonly modules: K['module'][] = [];
  readonly coreInstances: K['coreInstance'][] = [];
  readonly core: Record<CoreSort, K['coreItem'][]> = { func: [], table: [], memory: [], global: [], tag: [] };
  readonly funcs: K['func'][] = [];
  readonly instances: Items<K>[] = [];
  readonly components: (ComponentItem<K> | undefined)[] = [];
  readonly exports: Map<string, Item<K>> = new Map();

  constructor(outer: Frame<K> | undefined, state: K['state']) {
    this.outer = outer;
    this.state = state;
  }
}

/** Runs a plan, definition after definition in binary order, and gives what the component exports. */
export function* execute<K extends Kinds>(
  domain: Domain<K>,
  plan: Plan,
  frame: Frame<K>,
  args: Items<K>,
): Generator<CoreRequest, Items<K>, WasmInstance> {
  for (const { id, path } of plan.importedResources) bind(domain, frame, id, args, path);
  for (const step of plan.steps) {
    if (step.op === 'core-instance') yield* instantiateCore(domain, frame, step);
    else if (step.op === 'instance') yield* instantiate(domain, frame, step);
    else run(domain, frame, args, step);
  }
  return frame.exports;
}

function* instantiateCore<K extends Kinds>(
  domain: Domain<K>,
  frame: Frame<K>,
  step: StepOf<'core-instance'>,
): Generator<CoreRequest, void, WasmInstance> {
  const given = step.args.map(([name, index]) => [name, frame.coreInstances[index]] as const);
  frame.coreInstances.push(yield* domain.coreInstance(frame.state, frame.modules[step.module], given));
}

function run<K extends Kinds>(
  domain: Domain<K>,
  frame: Frame<K>,
  args: Items<K>,
  step: Exclude<Step, StepOf<'core-instance' | 'instance'>>,
): void {
  switch (step.op) {
    case 'import':
      return push(frame, step.item.sort, args.get(step.item.name));
    case 'export':
      return runExport(domain, frame, step);
    case 'core-module':
    case 'core-bag':
    case 'core-alias':
      return runCore(domain, frame, step);
    case 'outer':
    case 'alias':
    case 'component':
    case 'bag':
      return runAlias(domain, frame, step);
    default:
      return runCanon(domain, frame, step);
  }
}

function runCore<K extends Kinds>(
  domain: Domain<K>,
  frame: Frame<K>,
  step: StepOf<'core-module' | 'core-bag' | 'core-alias'>,
): void {
  switch (step.op) {
    case 'core-module':
      frame.modules.push(domain.module(step.module));
      return;
    case 'core-bag':
      frame.coreInstances.push(
        domain.coreBag(new Map(step.exports.map(({ name, sort, index }) => [name, frame.core[sort][index]]))),
      );
      return;
    case 'core-alias':
      frame.core[step.sort].push(domain.coreExport(frame.coreInstances[step.instance], step.name, step.sort));
  }
}

function runAlias<K extends Kinds>(
  domain: Domain<K>,
  frame: Frame<K>,
  step: StepOf<'outer' | 'alias' | 'component' | 'bag'>,
): void {
  switch (step.op) {
    case 'component':
      frame.components.push({ sort: 'component', plan: step.plan, frame });
      return;
    case 'outer': {
      let from: Frame<K> | undefined = frame;
      for (let i = 0; i < step.count; i++) from = from?.outer;
      if (step.sort === 'module') frame.modules.push(from?.modules[step.index]);
      else push(frame, 'component', from?.components[step.index]);
      return;
    }
    case 'alias':
      return push(frame, step.sort, frame.instances[step.instance]?.get(step.name));
    case 'bag':
      frame.instances.push(new Map(step.exports.map((ref) => [ref.name, itemAt(domain, frame, ref)])));
  }
}

function runCanon<K extends Kinds>(
  domain: Domain<K>,
  frame: Frame<K>,
  step: StepOf<'lift' | 'lower' | 'resource' | 'resource.new' | 'resource.drop' | 'resource.rep' | 'unsupported'>,
): void {
  const { state, core } = frame;
  switch (step.op) {
    case 'lift':
      frame.funcs.push(domain.lift(state, step, core.func[step.func], canonOf(frame, step.options)));
      return;
    case 'lower':
      core.func.push(domain.lower(state, step, frame.funcs[step.func], canonOf(frame, step.options)));
      return;
    case 'resource':
      domain.bindResource(
        state,
        step.id,
        domain.resource(state, step, step.dtor === undefined ? undefined : core.func[step.dtor]),
      );
      return;
    case 'unsupported':
      core.func.push(undefined);
      return;
    default: {
      const resource = domain.resourceOf(state, step.id);
      invariant(resource !== undefined, 'validation lets only known resources be used');
      core.func.push(domain.builtin(state, step.op, resource));
    }
  }
}

function canonOf<K extends Kinds>(frame: Frame<K>, options: CanonOptions): Canon<K> {
  const at = (space: K['coreItem'][], index: number | undefined): K['coreItem'] | undefined =>
    index === undefined ? undefined : space[index];
  return {
    options,
    memory: at(frame.core.memory, options.memory),
    realloc: at(frame.core.func, options.realloc),
    postReturn: at(frame.core.func, options.postReturn),
  };
}

function itemAt<K extends Kinds>(
  domain: Domain<K>,
  frame: Frame<K>,
  { sort, index, resource }: Reference<Sort>,
): Item<K> {
  switch (sort) {
    case 'module':
      return { sort, module: frame.modules[index] };
    case 'func':
      return { sort, func: frame.funcs[index] };
    case 'instance':
      return { sort, exports: frame.instances[index] as Items<K> };
    case 'component':
      return frame.components[index] as ComponentItem<K>;
    default:
      return { sort: 'type', resource: resource === undefined ? undefined : domain.resourceOf(frame.state, resource) };
  }
}

/** Appends an item to the index space of its sort. Types have none at run time. A survey may not know the item. */
function push<K extends Kinds>(frame: Frame<K>, sort: Sort, item: Item<K> | undefined): void {
  switch (sort) {
    case 'module':
      frame.modules.push(item?.sort === sort ? item.module : undefined);
      return;
    case 'func':
      frame.funcs.push(item?.sort === sort ? item.func : undefined);
      return;
    case 'instance':
      frame.instances.push(item?.sort === sort ? item.exports : new Map());
      return;
    case 'component':
      frame.components.push(item?.sort === sort ? item : undefined);
      return;
    default:
  }
}

function runExport<K extends Kinds>(domain: Domain<K>, frame: Frame<K>, step: StepOf<'export'>): void {
  const item = itemAt(domain, frame, step.from);
  const { name } = step.item;
  bindAll(domain, frame, step.renamed, item);
  frame.exports.set(name, item);
  push(frame, step.from.sort, item);
}

function* instantiate<K extends Kinds>(
  domain: Domain<K>,
  frame: Frame<K>,
  step: StepOf<'instance'>,
): Generator<CoreRequest, void, WasmInstance> {
  const component = frame.components[step.component];
  if (!component) return void frame.instances.push(new Map());
  const args = new Map(step.args.map((ref) => [ref.name, itemAt(domain, frame, ref)]));
  const inner = new Frame<K>(component.frame, domain.enter(frame.state, component.plan));
  const exports = yield* execute(domain, component.plan, inner, args);
  bindAll(domain, frame, step.defined, { sort: 'instance', exports });
  frame.instances.push(exports);
}

/** Binds the resources that an item brings along to the identities that they have in the enclosing component. */
function bindAll<K extends Kinds>(
  domain: Domain<K>,
  frame: Frame<K>,
  bindings: readonly ResourceBinding[],
  item: Item<K>,
): void {
  for (const { path, id } of bindings) {
    if (item.sort === 'instance') bind(domain, frame, id, item.exports, path);
    else if (item.sort === 'type' && item.resource !== undefined) domain.bindResource(frame.state, id, item.resource);
  }
}

function bind<K extends Kinds>(
  domain: Domain<K>,
  frame: Frame<K>,
  id: number,
  items: Items<K>,
  path: readonly string[],
): void {
  let at: Items<K> | undefined = items;
  let item: Item<K> | undefined;
  for (const name of path) {
    item = at?.get(name);
    at = item?.sort === 'instance' ? item.exports : undefined;
  }
  if (item?.sort === 'type' && item.resource !== undefined) domain.bindResource(frame.state, id, item.resource);
}
