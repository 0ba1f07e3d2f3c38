import type { CallGraph, Reach } from '../binary/call-graph.ts';
import type { CoreModule } from '../binary/core-module.ts';
import type { LoopError } from '../loop-error.ts';
import type { CoreSort, Plan, Program } from '../plan.ts';
import { limitExceeded, startSuspends } from '../errors.ts';
import { type CoreRequest, type Domain, execute, Frame, type Item, type Items } from './execute.ts';
import type { WasmInstance } from '../types/web-assembly.ts';

/** What a survey knows of a core function. */
type SurveyItem =
  | { readonly kind: 'export'; readonly instance: SurveyInstance; readonly name: string; readonly sort: CoreSort }
  | { readonly kind: 'lower'; readonly func: SurveyFunc | undefined }
  | undefined;

type SurveyFunc =
  | { readonly kind: 'host'; readonly isSuspending: boolean }
  | { readonly kind: 'lift'; readonly core: SurveyItem };

interface Table {
  /** Who puts functions into the table, and which of its tables it is for them. */
  readonly users: [SurveyInstance, number][];
}

interface SurveyInstance {
  readonly id: number;
  readonly module: number;
  readonly args: ReadonlyMap<string, SurveyInstance>;
  readonly bag: ReadonlyMap<string, SurveyItem> | undefined;
  readonly tables: Table[];
}

export interface SurveyKinds {
  readonly module: number | undefined;
  readonly coreInstance: SurveyInstance;
  readonly coreItem: SurveyItem;
  readonly func: SurveyFunc | undefined;
  readonly resource: true;
  readonly state: true;
}

/** Core instances that one instance of a component may consist of. */
const MAX_CORE_INSTANCES = 10_000;
/** Definitions that instantiating may run, in all component instances inside. */
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
  private readonly graphs: readonly CallGraph[] | undefined;
  private readonly lifted: SurveyItem[] = [];
  private readonly cores: SurveyInstance[] = [];
  private steps = 0;

  constructor(modules: readonly CoreModule[], graphs?: readonly CallGraph[]) {
    this.instances = modules.map(() => 0);
    this.graphs = graphs;
  }

  /** Surveys a program with the given imports; without call graphs only the counts mean something. */
  static of(program: Program, imports: Items<SurveyKinds> = new Map(), graphs?: readonly CallGraph[]): Survey {
    const survey = new Survey(program.modules, graphs);
    const frame = new Frame<SurveyKinds>(undefined, true, { module: (index) => index });
    const running = execute(survey, program.root, frame, imports);
    running.next();
    if (!graphs) return survey;
    for (const item of survey.lifted) survey.suspends.push(survey.canSuspend(item, new Set()));
    for (const core of survey.cores) {
      const { start } = graphs[core.module] as CallGraph;
      if (start && survey.reaches(core, { imports: start.imports, tables: [] }, new Set()))
        survey.problems.push(startSuspends());
    }
    return survey;
  }

  enter(_parent: true | undefined, plan: Plan): true {
    this.steps += STEPS_OF_INSTANCE;
    for (const step of plan.steps) this.steps += 1 + ('args' in step ? step.args.length : 0);
    if (this.steps > MAX_STEPS) throw limitExceeded('the number of definitions to instantiate', this.steps, MAX_STEPS);
    return true;
  }

  // eslint-disable-next-line require-yield -- a survey instantiates nothing
  *coreInstance(
    _state: true,
    module: number | undefined,
    args: readonly (readonly [string, SurveyInstance])[],
  ): Generator<CoreRequest, SurveyInstance, WasmInstance> {
    const instance: SurveyInstance = {
      id: this.cores.length,
      module: module ?? -1,
      args: new Map(args),
      bag: undefined,
      tables: [],
    };
    if (module === undefined) return instance;
    this.cores.push(instance);
    if (this.cores.length > MAX_CORE_INSTANCES) {
      throw limitExceeded('the number of core instances', this.cores.length, MAX_CORE_INSTANCES);
    }
    this.instances[module] = (this.instances[module] ?? 0) + 1;
    this.addTables(instance);
    return instance;
  }

  private addTables(instance: SurveyInstance): void {
    for (const [index, from] of (this.graphs?.[instance.module]?.tableImports ?? []).entries()) {
      const given = from && this.tableOf(exportOf(instance.args.get(from[0]), from[1]));
      const table: Table = given ?? { users: [] };
      table.users.push([instance, index]);
      instance.tables.push(table);
    }
  }

  private tableOf(item: SurveyItem): Table | undefined {
    if (item?.kind !== 'export') return undefined;
    const index = this.graphs?.[item.instance.module]?.tableExports.get(item.name);
    return index === undefined ? undefined : item.instance.tables[index];
  }

  coreBag(bag: ReadonlyMap<string, SurveyItem>): SurveyInstance {
    return { id: -1, module: -1, args: new Map(), bag, tables: [] };
  }

  coreExport(instance: SurveyInstance, name: string, sort: CoreSort): SurveyItem {
    return instance.bag ? instance.bag.get(name) : { kind: 'export', instance, name, sort };
  }

  lift(_state: true, _step: unknown, core: SurveyItem): SurveyFunc {
    this.lifted.push(core);
    return { kind: 'lift', core };
  }

  lower(_state: true, _step: unknown, func: SurveyFunc | undefined): SurveyItem {
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

  private canSuspend(item: SurveyItem, seen: Set<unknown>): boolean {
    if (!item) return false;
    const key = item.kind === 'export' ? `${item.instance.id} ${item.name}` : item;
    if (seen.has(key)) return false;
    seen.add(key);
    if (item.kind === 'lower') {
      const { func } = item;
      return func?.kind === 'host' ? func.isSuspending : this.canSuspend(func?.core, seen);
    }
    const reach = this.graphs?.[item.instance.module]?.exports.get(item.name);
    return reach !== undefined && this.reaches(item.instance, reach, seen);
  }

  private reaches(instance: SurveyInstance, reach: Reach, seen: Set<unknown>): boolean {
    const imports = this.graphs?.[instance.module]?.imports ?? [];
    for (const index of reach.imports) {
      const [module, name] = imports[index] as readonly [string, string];
      if (this.canSuspend(exportOf(instance.args.get(module), name), seen)) return true;
    }
    return reach.tables.some((index) => this.tableSuspends(instance.tables[index], seen));
  }

  private tableSuspends(table: Table | undefined, seen: Set<unknown>): boolean {
    if (!table || seen.has(table)) return false;
    seen.add(table);
    return table.users.some(([user, index]) => {
      const reach = this.graphs?.[user.module]?.tables[index];
      return reach !== undefined && this.reaches(user, reach, seen);
    });
  }
}

function exportOf(instance: SurveyInstance | undefined, name: string): SurveyItem {
  if (!instance) return undefined;
  return instance.bag ? instance.bag.get(name) : { kind: 'export', instance, name, sort: 'func' };
}

export type SurveyImport = Item<SurveyKinds>;
