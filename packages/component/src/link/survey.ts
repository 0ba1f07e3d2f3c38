import type { CallGraph, DirectCalls, Reach } from '../binary/call-graph.ts';
import type { CoreModule } from '../binary/core-module.ts';
import type { LoopError } from '../loop-error.ts';
import type { Plan, Program, Step } from '../plan.ts';
import { limitExceeded, startSuspends } from '../errors.ts';
import { type CoreRequest, type Domain, execute, Frame, type Items } from './execute.ts';
import type { WasmInstance } from '../types/web-assembly.ts';

/** What a survey knows of a core item: where it is exported, or which function is lowered to it. */
type SurveyItem =
  | { readonly kind: 'export'; readonly instance: SurveyInstance; readonly name: string }
  | { readonly kind: 'lower'; readonly func: SurveyFunc | undefined }
  | undefined;

type SurveyFunc =
  | { readonly kind: 'host'; readonly isSuspending: boolean }
  | { readonly kind: 'lift'; readonly core: SurveyItem };

/** A table, or all the places between which references to functions move in ways that no call graph tells. */
interface Table {
  readonly kind: 'table';
  /** Who puts functions into the table, and which of its tables it is for them. */
  readonly users: [SurveyInstance, number][];
  /** Tables whose functions may come to lie in this one too. */
  readonly sources: Table[];
}

/** What calls, and is called. */
type Node = Table | Exclude<SurveyItem, undefined>;

interface SurveyInstance {
  readonly module: number;
  readonly args: ReadonlyMap<string, SurveyInstance>;
  /** Its exports, each made when first asked for. */
  readonly items: Map<string, SurveyItem>;
  readonly tables: Table[];
}

export interface SurveyKinds {
  readonly module: number | undefined;
  readonly coreInstance: SurveyInstance;
  readonly coreItem: SurveyItem;
  readonly func: SurveyFunc | undefined;
  readonly resource: true;
  /** How deep the instance lies in others. */
  readonly state: number;
}

/** Core instances that one instance of a component may consist of. */
const MAX_CORE_INSTANCES = 10_000;
/** Component instances inside one another: running them takes stack. Tools nest two or three. */
const MAX_DEPTH = 200;
/** Ways from one function to another that are followed. Beyond, every export counts as one that can suspend. */
const MAX_CALLS = 10_000_000;
/** Definitions that instantiating may run, in all component instances inside, and what core instances cost besides. */
const MAX_STEPS = 1_000_000;
/** What an instance costs without any definition in it, as so many of them. */
const STEPS_OF_INSTANCE = 100;

/**
 * Runs a program over descriptions instead of real things: how often each core module will be instantiated, and, with
 * the modules' call graphs, which lifted functions can reach a suspending import.
 */
export class Survey implements Domain<SurveyKinds> {
  /** Instances of each core module, by index. */
  readonly instances: number[];
  /** Whether each lifted function, in the order in which they are lifted, can reach a suspending import. */
  readonly suspends: boolean[] = [];
  readonly problems: LoopError[] = [];
  /** Whether start functions run, which cannot wait. */
  hasStart = false;
  /** Whether a component calls another one inside. Destructors do, which cannot wait. */
  isComposed = false;
  private readonly graphs: readonly CallGraph[] | undefined;
  private readonly lifted: SurveyItem[] = [];
  private readonly cores: SurveyInstance[] = [];
  private readonly modules: readonly CoreModule[];
  /** Where references go that leave their table or module. */
  private readonly mixed: Table = { kind: 'table', users: [], sources: [] };
  private steps = 0;

  constructor(modules: readonly CoreModule[], graphs?: readonly CallGraph[]) {
    this.modules = modules;
    this.instances = modules.map(() => 0);
    this.graphs = graphs;
  }

  /** Surveys a program with the given imports; without call graphs every function counts as one that can suspend. */
  static of(program: Program, imports: Items<SurveyKinds> = new Map(), graphs?: readonly CallGraph[]): Survey {
    const survey = new Survey(program.modules, graphs);
    const running = execute(survey, program.root, new Frame<SurveyKinds>(undefined, 1), imports);
    running.next();
    if (graphs) survey.followCalls(graphs);
    else survey.suspends.push(...survey.lifted.map(() => true));
    return survey;
  }

  /**
   * Finds start functions that call a suspending import by its name. What they reach through tables is not followed: to
   * know it, all code would have to be read, and it traps where it does happen.
   */
  checkStarts(calls: readonly DirectCalls[]): void {
    const reached = new Set<SurveyItem>();
    const add = (core: SurveyInstance, names: readonly (readonly [string, string])[] = []): number => {
      for (const [module, name] of names) reached.add(exportOf(core.args.get(module), name));
      return names.length;
    };
    let steps = 0;
    for (const core of this.cores) if (steps <= MAX_STEPS) steps += 1 + add(core, calls[core.module]?.ofStart());
    for (const item of reached) {
      // Beyond, what happens is left to the trap as well.
      if (steps > MAX_STEPS) return;
      if (item?.kind === 'export') steps += 1 + add(item.instance, calls[item.instance.module]?.ofExport(item.name));
      else if (item?.func?.kind === 'host' && item.func.isSuspending) return void this.problems.push(startSuspends());
    }
  }

  private followCalls(graphs: readonly CallGraph[]): void {
    const starts = this.cores.map((core) => {
      // What a start function reaches through a table is not held against it: tables are seldom full by then.
      const { imports = [] } = (graphs[core.module] as CallGraph).start ?? {};
      return this.reached(core, { imports, tables: [] });
    });
    const suspending = this.suspending([...this.lifted, ...starts.flat()]);
    for (const item of this.lifted) this.suspends.push(item !== undefined && suspending.has(item));
    for (const start of starts) if (start.some((node) => suspending.has(node))) this.problems.push(startSuspends());
  }

  enter(parent: number, plan: Plan): number {
    this.spend(plan.steps.reduce((sum, step) => sum + stepsOf(step), STEPS_OF_INSTANCE));
    if (parent >= MAX_DEPTH) throw limitExceeded('the depth of component instances', parent + 1, MAX_DEPTH);
    return parent + 1;
  }

  private spend(steps: number): void {
    this.steps += steps;
    if (this.steps > MAX_STEPS) throw limitExceeded('the work of instantiating, in steps,', this.steps, MAX_STEPS);
  }

  module(index: number): number {
    return index;
  }

  // eslint-disable-next-line require-yield -- a survey instantiates nothing
  *coreInstance(
    _state: number,
    module: number | undefined,
    args: readonly (readonly [string, SurveyInstance])[],
  ): Generator<CoreRequest, SurveyInstance, WasmInstance> {
    const instance: SurveyInstance = { module: module ?? -1, args: new Map(args), items: new Map(), tables: [] };
    if (module === undefined) return instance;
    this.cores.push(instance);
    const { cost = 0, hasStart = false } = this.modules[module] ?? {};
    this.hasStart ||= hasStart;
    this.spend(cost);
    if (this.cores.length > MAX_CORE_INSTANCES) {
      throw limitExceeded('the number of core instances', this.cores.length, MAX_CORE_INSTANCES);
    }
    this.instances[module] = (this.instances[module] ?? 0) + 1;
    this.addTables(instance);
    return instance;
  }

  private addTables(instance: SurveyInstance): void {
    const graph = this.graphs?.[instance.module];
    for (const from of graph?.tableImports ?? []) {
      const given = from && this.tableOf(exportOf(instance.args.get(from[0]), from[1]));
      instance.tables.push(given ?? { kind: 'table', users: [], sources: [] });
    }
    if (graph?.mixes) {
      for (const table of instance.tables) {
        table.sources.push(this.mixed);
        this.mixed.sources.push(table);
      }
      instance.tables.push(this.mixed);
    }
    for (const [index, table] of instance.tables.entries()) table.users.push([instance, index]);
  }

  private tableOf(item: SurveyItem): Table | undefined {
    if (item?.kind !== 'export') return undefined;
    const index = this.graphs?.[item.instance.module]?.tableExports.get(item.name);
    return index === undefined ? undefined : item.instance.tables[index];
  }

  coreBag(bag: ReadonlyMap<string, SurveyItem>): SurveyInstance {
    return { module: -1, args: new Map(), items: new Map(bag), tables: [] };
  }

  coreExport(instance: SurveyInstance, name: string): SurveyItem {
    return exportOf(instance, name);
  }

  lift(_state: number, _step: unknown, core: SurveyItem): SurveyFunc {
    this.lifted.push(core);
    return { kind: 'lift', core };
  }

  lower(_state: number, _step: unknown, func: SurveyFunc | undefined): SurveyItem {
    this.isComposed ||= func?.kind === 'lift';
    return { kind: 'lower', func };
  }

  resource(): true {
    return true;
  }

  bindResource(): void {
    // A survey does not tell resources apart.
  }

  resourceOf(): true {
    return true;
  }

  builtin(): SurveyItem {
    return undefined;
  }

  /** All that can reach a suspending import, of what the given ones can reach. */
  private suspending(from: readonly (Node | undefined)[]): ReadonlySet<Node> {
    const callers = new Map<Node, Node[]>();
    const found = new Set<Node>();
    const nodes = new Set<Node>(from.filter((item) => item !== undefined));
    let calls = 0;
    for (const node of nodes) {
      if (node.kind === 'lower' && node.func?.kind === 'host' && node.func.isSuspending) found.add(node);
      const callees = this.callees(node);
      calls += callees.length;
      if (calls > MAX_CALLS) return new Set(this.lifted.filter((item) => item !== undefined));
      for (const callee of callees) {
        nodes.add(callee);
        const known = callers.get(callee);
        if (known) known.push(node);
        else callers.set(callee, [node]);
      }
    }
    for (const node of found) for (const caller of callers.get(node) ?? []) found.add(caller);
    return found;
  }

  private callees(node: Node): readonly Node[] {
    if (node.kind === 'lower') return node.func?.kind === 'lift' && node.func.core ? [node.func.core] : [];
    if (node.kind === 'export') {
      return this.reached(node.instance, this.graphs?.[node.instance.module]?.exports.get(node.name));
    }
    const put = node.users.map(([user, index]) => this.reached(user, this.graphs?.[user.module]?.tables[index]));
    return [...node.sources, ...put.flat()];
  }

  private reached(instance: SurveyInstance, reach: Reach = { imports: [], tables: [] }): Node[] {
    const imports = this.graphs?.[instance.module]?.imports ?? [];
    const items = reach.imports.map((index) => {
      const [module, name] = imports[index] as readonly [string, string];
      return exportOf(instance.args.get(module), name);
    });
    return [...items, ...reach.tables.map((index) => instance.tables[index])].filter((node) => node !== undefined);
  }
}

function stepsOf(step: Step): number {
  return 1 + ('args' in step ? step.args.length : 'exports' in step ? step.exports.length : 0);
}

function exportOf(instance: SurveyInstance | undefined, name: string): SurveyItem {
  let item = instance?.items.get(name);
  if (instance && !item) instance.items.set(name, (item = { kind: 'export', instance, name }));
  return item;
}
