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

/** A component with the definitions around it. */
interface Inner<K extends Kinds> {
  readonly plan: Plan;
  readonly frame: Frame<K>;
}

/** What the items of each sort stand for. A survey may not know it. Types other than resources have no being at run time. */
interface Values<K extends Kinds> {
  readonly module: K['module'] | undefined;
  readonly func: K['func'] | undefined;
  readonly instance: Items<K> | undefined;
  readonly component: Inner<K> | undefined;
  readonly type: K['resource'] | undefined;
  readonly value: undefined;
}

type ItemOf<K extends Kinds, S extends Sort> = { readonly sort: S; readonly value: Values<K>[S] };
export type Item<K extends Kinds> = { readonly [S in Sort]: ItemOf<K, S> }[Sort];
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
    module: K['module'] | undefined,
    args: readonly (readonly [string, K['coreInstance']])[],
  ): Generator<CoreRequest, K['coreInstance'], WasmInstance>;
  coreBag(exports: ReadonlyMap<string, K['coreItem']>): K['coreInstance'];
  coreExport(instance: K['coreInstance'], name: string, sort: CoreSort): K['coreItem'];
  lift(state: K['state'], step: StepOf<'lift'>, core: K['coreItem'], canon: Canon<K>): K['func'];
  lower(state: K['state'], step: StepOf<'lower'>, func: K['func'] | undefined, canon: Canon<K>): K['coreItem'];
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
  readonly items: { readonly [S in Sort]: Values<K>[S][] } = {
    module: [],
    func: [],
    instance: [],
    component: [],
    type: [],
    value: [],
  };
  readonly core: Record<CoreSort, K['coreItem'][]> = { func: [], table: [], memory: [], global: [], tag: [] };
  readonly coreInstances: K['coreInstance'][] = [];
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
  bind(domain, frame, plan.importedResources, { sort: 'instance', value: args });
  for (const step of plan.steps) {
    if (step.op === 'core-instance') {
      const given = step.args.map(([name, index]) => [name, frame.coreInstances[index]] as const);
      frame.coreInstances.push(yield* domain.coreInstance(frame.state, frame.items.module[step.module], given));
    } else if (step.op === 'instance') {
      const inner = frame.items.component[step.component];
      const value = inner && (yield* instantiate(domain, frame, inner, step.args));
      bind(domain, frame, step.defined, { sort: 'instance', value });
      frame.items.instance.push(value);
    } else run(domain, frame, args, step);
  }
  return frame.exports;
}

function instantiate<K extends Kinds>(
  domain: Domain<K>,
  frame: Frame<K>,
  { plan, frame: outer }: Inner<K>,
  args: readonly Reference<Sort>[],
): Generator<CoreRequest, Items<K>, WasmInstance> {
  return execute(domain, plan, new Frame<K>(outer, domain.enter(frame.state, plan)), itemsAt(domain, frame, args));
}

function run<K extends Kinds>(
  domain: Domain<K>,
  frame: Frame<K>,
  args: Items<K>,
  step: Exclude<Step, StepOf<'core-instance' | 'instance'>>,
): void {
  const { state, core, items, coreInstances } = frame;
  switch (step.op) {
    case 'import':
      return push(frame, step.item.sort, args.get(step.item.name));
    case 'export': {
      const item = itemAt(domain, frame, step.from);
      bind(domain, frame, step.renamed, item);
      frame.exports.set(step.item.name, item);
      return push(frame, step.from.sort, item);
    }
    case 'core-module':
      return void items.module.push(domain.module(step.module));
    case 'core-bag':
      return void coreInstances.push(
        domain.coreBag(new Map(step.exports.map(({ name, sort, index }) => [name, core[sort][index]]))),
      );
    case 'core-alias':
      return void core[step.sort].push(domain.coreExport(coreInstances[step.instance], step.name, step.sort));
    case 'component':
      return void items.component.push({ plan: step.plan, frame });
    case 'outer': {
      let from = frame;
      for (let i = 0; i < step.count; i++) from = from.outer ?? from;
      return void items[step.sort].push(from.items[step.sort][step.index] as never);
    }
    case 'alias':
      return push(frame, step.sort, items.instance[step.instance]?.get(step.name));
    case 'bag':
      return void items.instance.push(itemsAt(domain, frame, step.exports));
    case 'lift':
      return void items.func.push(domain.lift(state, step, core.func[step.func], canonOf(frame, step.options)));
    case 'lower':
      return void core.func.push(domain.lower(state, step, items.func[step.func], canonOf(frame, step.options)));
    case 'resource':
      return domain.bindResource(state, step.id, domain.resource(state, step, at(core.func, step.dtor)));
    case 'unsupported':
      return void core.func.push(undefined);
    default: {
      const resource = domain.resourceOf(state, step.id);
      invariant(resource !== undefined, 'validation lets only known resources be used');
      core.func.push(domain.builtin(state, step.op, resource));
    }
  }
}

function at<T>(space: readonly T[], index: number | undefined): T | undefined {
  return index === undefined ? undefined : space[index];
}

function canonOf<K extends Kinds>({ core }: Frame<K>, options: CanonOptions): Canon<K> {
  return {
    options,
    memory: at(core.memory, options.memory),
    realloc: at(core.func, options.realloc),
    postReturn: at(core.func, options.postReturn),
  };
}

function itemAt<K extends Kinds>(
  domain: Domain<K>,
  { items, state }: Frame<K>,
  { sort, index, resource }: Reference<Sort>,
): Item<K> {
  if (sort !== 'type') return { sort, value: items[sort][index] } as Item<K>;
  return { sort, value: resource === undefined ? undefined : domain.resourceOf(state, resource) };
}

function itemsAt<K extends Kinds>(
  domain: Domain<K>,
  frame: Frame<K>,
  references: readonly Reference<Sort>[],
): Items<K> {
  return new Map(references.map((reference) => [reference.name, itemAt(domain, frame, reference)]));
}

/** Appends an item to the index space of its sort. */
function push<K extends Kinds>({ items }: Frame<K>, sort: Sort, item: Item<K> | undefined): void {
  items[sort].push((item?.sort === sort ? item.value : undefined) as never);
}

/** Binds the resources that an item brings along to the identities that they have in the enclosing component. */
function bind<K extends Kinds>(
  domain: Domain<K>,
  { state }: Frame<K>,
  bindings: readonly ResourceBinding[],
  from: Item<K>,
): void {
  for (const { path, id } of bindings) {
    let item: Item<K> | undefined = from;
    for (const name of path) if (item?.sort === 'instance') item = item.value?.get(name);
    if (item?.sort === 'type' && item.value !== undefined) domain.bindResource(state, id, item.value);
  }
}
