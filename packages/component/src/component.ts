import { Codecs } from './abi/codecs.ts';
import { type CallGraph, type DirectCalls, readCallGraph, readDirectCalls } from './binary/call-graph.ts';
import { readComponent, readPreamble, rootScope } from './binary/component.ts';
import type { CoreModule } from './binary/core-module.ts';
import { type Maxima, withMaxima } from './binary/memory-limits.ts';
import { Reader } from './binary/reader.ts';
import {
  compileForbidden,
  coreModuleInvalid,
  gcHeapDenied,
  limitExceeded,
  linkFailed,
  messageInvalid,
  unsupportedFeature,
} from './errors.ts';
import { bytesOf, refuseOtherKinds, refuseWitPackage } from './file-kind.ts';
import { findCollisions } from './link/exports.ts';
import { ImportResolver, surveyItems } from './link/imports.ts';
import type { Imports } from './link/providers.ts';
import { Survey } from './link/survey.ts';
import { type Budget, checkSize, completeLimits, LIMIT_KINDS, type Limits, shareBudget } from './limits.ts';
import { Linked } from './linked.ts';
import type { LoopError } from './loop-error.ts';
import { checkOptions, FLAG, FUNCTION, RECORD } from './options.ts';
import type { Program, Unsupported } from './plan.ts';
import type { ExternItem } from './types/extern-type.ts';
import { TypeTable } from './types/type-table.ts';
import type { WasmModule } from './types/web-assembly.ts';

/** Options of {@link compile}. */
export interface CompileOptions {
  /** Overrides of {@link DEFAULT_LIMITS}, field by field. */
  readonly limits?: Partial<Limits>;
  /**
   * Accepts core modules that define GC struct or array types or exception references. Their memory lies on V8's own
   * heap, where no limit holds: overflowing it ends the whole process. For trusted guests only. Default false.
   */
  readonly allowGcHeap?: boolean;
}

/** Options of {@link Component.link}. */
export interface LinkOptions {
  /**
   * Called with the name of an import, like `wasi:cli/exit@0.2.0.exit`, before each call of the function that serves it.
   * What it throws ends the instance, as the cause of `E_IMPORT_THREW`.
   */
  readonly onHostCall?: (name: string) => void;
  /**
   * With a suspending import, takes all exports as ones that may suspend, unless it is known already which can reach it:
   * for hosts that wait for every call anyway. All the code need not be read then, which takes as long as compiling it. A
   * start function that reaches such an import through a table traps then, instead of being refused. Default false.
   */
  readonly allMaySuspend?: boolean;
}

/** Options of {@link Component.toMessage}. */
export interface MessageOptions {
  /**
   * Whether the other thread links with `allMaySuspend`, as was done here before with imports of the same kinds, which
   * checked the start functions. Or it links without suspending imports. Default false.
   */
  readonly allMaySuspend?: boolean;
}

/** A custom section of the component, such as `producers`. */
export interface CustomSection {
  readonly name: string;
  readonly data: Uint8Array;
}

/** A component as plain data and compiled modules, for `postMessage` and `structuredClone`. */
export interface ComponentMessage {
  readonly kind: 'loophost/component';
  readonly version: 1;
  readonly program: Program;
  readonly modules: readonly WasmModule[];
  readonly budgetProblem: Budget['problem'];
  readonly limits: Limits;
  readonly custom: readonly CustomSection[];
  readonly hasStart: boolean;
  readonly isComposed: boolean;
  /** Undefined when they were not asked for. */
  readonly callGraphs: readonly CallGraph[] | undefined;
}

/**
 * Compiles a component from its bytes: decodes and validates it (Binary.md, Explainer.md), and lets the runtime compile
 * its core modules, with the memory and table budgets written into them. Runs no guest code.
 *
 * The bytes are read before `compile` returns its promise; what is needed of them later is copied.
 *
 * @throws {LoopError} `E_COMPONENT_MALFORMED` or `E_COMPONENT_INVALID` with the byte offset; `E_CORE_MODULE_INVALID`;
 *   `E_COMPONENT_OTHER_KIND` for a core module, a WIT package, another kind of file, or no bytes at all;
 *   `E_GC_HEAP_DENIED`; `E_LIMIT_EXCEEDED`; `E_OPTION_INVALID`.
 * @example
 * const component = await compile(await readFile('greeter.wasm'));
 */
export async function compile(bytes: Uint8Array | ArrayBuffer, options: CompileOptions = {}): Promise<Component> {
  checkOptions(
    'compile component',
    ['', { options }, { options: RECORD }],
    ['options.', options, { limits: RECORD, allowGcHeap: FLAG }],
    ['options.limits.', options?.limits, LIMIT_KINDS],
  );
  const data = bytesOf(bytes);
  const limits = completeLimits(options.limits);
  checkSize(data, limits);
  const compiler = new ModuleCompiler(data, options.allowGcHeap ?? false);
  const { program, custom } = decode(data, limits, compiler);
  const { instances, hasStart, isComposed } = Survey.of(program);
  const budget = shareBudget(program, instances, limits);
  const code = data.slice();
  const reach: ReachReader = {
    graphs: () => program.modules.map((module) => readCallGraph(code, module)),
    direct: () => program.modules.map((module) => readDirectCalls(code, module)),
  };
  const modules = await compiler.compileAll(program.modules, budget);
  return new Component({
    program,
    modules,
    budgetProblem: budget.problem,
    limits,
    custom,
    hasStart,
    isComposed,
    reach,
  });
}

function decode(
  data: Uint8Array,
  limits: Limits,
  compiler: ModuleCompiler,
): { program: Program; custom: CustomSection[] } {
  refuseOtherKinds(data);
  const table = new TypeTable();
  const reader = new Reader(data, 0, data.length, table);
  readPreamble(reader);
  const onModule = (module: CoreModule): void => compiler.start(module);
  const compilation = { table, modules: [], unsupported: [], onModule };
  const custom: CustomSection[] = [];
  const { plan } = readComponent(reader, rootScope(compilation), limits, (name, body) => {
    custom.push({ name, data: body.bytes.slice(body.pos, body.end) });
  });
  refuseWitPackage(plan);
  return { program: { root: plan, modules: compilation.modules, unsupported: compilation.unsupported }, custom };
}

/** Lets the runtime compile core modules, each as soon as its final bytes are known. */
class ModuleCompiler {
  private readonly data: Uint8Array;
  private readonly allowGcHeap: boolean;
  private readonly started = new Map<CoreModule, Promise<WasmModule>>();
  private count = 0;

  constructor(data: Uint8Array, allowGcHeap: boolean) {
    this.data = data;
    this.allowGcHeap = allowGcHeap;
  }

  /** Starts a module that no budget concerns, while the rest of the component is still being decoded. */
  start(module: CoreModule): void {
    const index = this.count++;
    if (module.usesGcHeap && !this.allowGcHeap) throw gcHeapDenied(index, module.start);
    if (module.memories.length > 0 || module.tables.length > 0) return;
    const compiling = compileCore(this.data.subarray(module.start, module.end));
    // The error is reported with the module's index, unless the component turns out to be invalid before.
    compiling.catch(() => undefined);
    this.started.set(module, compiling);
  }

  compileAll(modules: readonly CoreModule[], { maxima }: Budget): Promise<WasmModule[]> {
    return Promise.all(
      modules.map(async (module, i) => {
        try {
          const started = this.started.get(module);
          return await (started ?? compileCore(withMaxima(this.data, module, maxima[i] as Maxima)));
        } catch (cause) {
          if (/Content Security Policy/i.test(String(cause))) throw compileForbidden(cause);
          throw coreModuleInvalid(i, module.start, cause);
        }
      }),
    );
  }
}

/** Up to here, compiling takes a millisecond at most, and less than it takes to ask another thread. */
const SMALL_MODULE_BYTES = 65_536;

async function compileCore(bytes: Uint8Array): Promise<WasmModule> {
  const source = bytes as Uint8Array<ArrayBuffer>;
  return bytes.length <= SMALL_MODULE_BYTES ? new WebAssembly.Module(source) : WebAssembly.compile(source);
}

/** Tells whether a value has what `toMessage` gives; what is inside is trusted. */
function isMessage(message: ComponentMessage): boolean {
  if (message?.kind !== 'loophost/component' || message.version !== 1) return false;
  const { program, modules, limits, custom, callGraphs } = message;
  return (
    RECORD[1](program?.root) &&
    Array.isArray(custom) &&
    Object.entries(LIMIT_KINDS).every(([name, [, fits]]) => fits(limits?.[name as keyof Limits])) &&
    [modules, callGraphs ?? modules].every((list) => Array.isArray(list) && list.length === program.modules?.length)
  );
}

interface Parts {
  readonly program: Program;
  readonly modules: readonly WasmModule[];
  readonly budgetProblem: Budget['problem'];
  readonly limits: Limits;
  readonly custom: readonly CustomSection[];
  readonly hasStart: boolean;
  readonly isComposed: boolean;
  /** The call graphs of the core modules, or what reads them when they are needed. */
  readonly reach: readonly CallGraph[] | ReachReader | undefined;
}

/** Reads from the code of the core modules what can reach what. */
interface ReachReader {
  graphs(): readonly CallGraph[];
  direct(): readonly DirectCalls[];
}

/** A compiled component: its typed world, ready to be linked any number of times. Made by {@link compile}. */
export class Component {
  private readonly parts: Omit<Parts, 'reach'>;
  private reach: Parts['reach'];

  constructor({ reach, ...parts }: Parts) {
    this.parts = parts;
    this.reach = reach;
  }

  /** What the component imports, in order, with types. */
  get imports(): readonly ExternItem[] {
    return [...this.parts.program.root.imports.values()];
  }

  /** What the component exports, in order, with types. */
  get exports(): readonly ExternItem[] {
    return [...this.parts.program.root.exports.values()];
  }

  /** The custom sections of the outermost component, in order. */
  get customSections(): readonly CustomSection[] {
    return this.parts.custom;
  }

  /** Features that the component uses and `link` refuses, since this version cannot run them, each with its first offset. */
  get unsupported(): readonly Unsupported[] {
    return this.parts.program.unsupported;
  }

  /**
   * Checks the imports against what is offered, and prepares everything that instances share. Runs no guest code.
   * Reuse the result for many instances.
   *
   * An import is served by the entry of its exact name, else by one of the same interface in the same compatible range
   * (`0.2.x`, `1.x`), newest first, else by one without a version. Interfaces are objects of functions in camelCase,
   * resources classes in PascalCase; another component's exported interface fits as it is, and is type-checked.
   * Mark functions that return promises with `suspending`.
   *
   * @throws {LoopError} `E_LINK_FAILED`, whose `problems` hold every reason: `E_IMPORT_UNMET`, `E_IMPORT_MISMATCH`,
   *   `E_FEATURE_UNSUPPORTED`, `E_LIMIT_EXCEEDED`, `E_JSPI_MISSING`, `E_START_SUSPENDS`,
   *   `E_NAME_COLLISION`. `E_OPTION_INVALID` for imports or options that are none. `E_MESSAGE_INVALID` when the component
   *   comes from a message that was made with `allMaySuspend`, and this is not.
   */
  link(imports: Imports = {}, options: LinkOptions = {}): Linked {
    checkOptions(
      'link component',
      ['', { imports, options }, { imports: RECORD, options: RECORD }],
      ['options.', options, { onHostCall: FUNCTION, allMaySuspend: FLAG }],
    );
    const { program, budgetProblem, limits, modules, hasStart, isComposed } = this.parts;
    const resolver = new ImportResolver(imports, options.onHostCall);
    const resolved = resolver.resolve(program.root.imports);
    const problems: LoopError[] = [...resolver.problems];
    findCollisions(program.root.imports, problems, true);
    findCollisions(program.root.exports, problems);
    for (const { feature, offset } of program.unsupported) problems.push(unsupportedFeature(feature, offset));
    if (budgetProblem) problems.push(limitExceeded(...budgetProblem));
    let suspends: readonly boolean[] = [];
    if (resolver.hasSuspending && problems.length === 0) {
      const { reach } = this;
      const isSpared = options.allMaySuspend && !isComposed && !Array.isArray(reach);
      const survey = Survey.of(program, surveyItems(resolved), isSpared ? undefined : this.callGraphs());
      // Where there is no code, whoever made the message has checked the start functions.
      if (isSpared && hasStart && reach) survey.checkStarts((reach as ReachReader).direct());
      suspends = survey.suspends;
      problems.push(...survey.problems);
    }
    if (problems.length > 0) throw linkFailed(problems);
    return new Linked({
      program,
      modules,
      limits,
      resolved,
      suspends,
      codecs: new Codecs(new TypeTable()),
      servedBy: resolver.servedBy,
    });
  }

  private callGraphs(): readonly CallGraph[] {
    const { reach } = this;
    if (!reach) throw messageInvalid('was made with allMaySuspend', 'give allMaySuspend to link too');
    return (this.reach = 'graphs' in reach ? reach.graphs() : reach);
  }

  /** Gives the component as data that another thread can take with {@link Component.fromMessage}, without compiling again. */
  toMessage(options: MessageOptions = {}): ComponentMessage {
    checkOptions(
      'make message of component',
      ['', { options }, { options: RECORD }],
      ['options.', options, { allMaySuspend: FLAG }],
    );
    const { custom, isComposed, ...parts } = this.parts;
    const copied = custom.map(({ name, data }) => ({ name, data: data.slice() }));
    return {
      kind: 'loophost/component',
      version: 1,
      ...parts,
      custom: copied,
      isComposed,
      callGraphs: options.allMaySuspend && !isComposed ? undefined : this.callGraphs(),
    };
  }

  /** @throws {LoopError} `E_MESSAGE_INVALID` when the value does not come from `toMessage` of this version. */
  static fromMessage(message: ComponentMessage): Component {
    if (!isMessage(message)) throw messageInvalid();
    return new Component({ ...message, reach: message.callGraphs });
  }
}
