import type { CoreFunction, LiftedFunction } from '../abi/calls.ts';
import type { Codecs } from '../abi/codecs.ts';
import type { ResourceRuntime } from '../abi/handles.ts';
import { lowerGuest } from '../abi/guest-call.ts';
import { type HostFunction, lowerHost, suspendingHost } from '../abi/import-call.ts';
import { GuestMemory } from '../abi/memory.ts';
import { guestResource, resourceBuiltin } from '../abi/resources.ts';
import { InstanceState, type Store } from '../abi/store.ts';
import { invariant } from '../loop-error.ts';
import type { CoreSort, StepOf } from '../plan.ts';
import type { Canon, CoreRequest, Domain } from './execute.ts';
import { guardSuspending } from './suspend-guard.ts';
import { jspi } from './suspend.ts';
import type { WasmInstance, WasmModule } from '../types/web-assembly.ts';

type CoreExports = Readonly<Record<string, unknown>>;

export interface RealKinds {
  readonly module: WasmModule;
  readonly coreInstance: CoreExports;
  readonly coreItem: unknown;
  readonly func: LiftedFunction | HostFunction;
  readonly resource: ResourceRuntime;
  readonly state: InstanceState;
}

/** Makes the real core instances, functions and resources of one instance. */
export class Instantiation implements Domain<RealKinds> {
  readonly store: Store;
  private readonly modules: readonly WasmModule[];
  private readonly codecs: Codecs;
  /** Whether each lifted function can suspend, in the order in which they are lifted; all cannot when empty. */
  private readonly suspends: readonly boolean[];
  private lifted = 0;
  /** The JavaScript function inside each suspending import, for where it is itself lifted and its caller can wait. */
  private readonly insideSuspending = new Map<unknown, CoreFunction>();

  constructor(store: Store, modules: readonly WasmModule[], codecs: Codecs, suspends: readonly boolean[]) {
    this.store = store;
    this.modules = modules;
    this.codecs = codecs;
    this.suspends = suspends;
  }

  enter(parent: InstanceState | undefined): InstanceState {
    return new InstanceState(this.store, parent);
  }

  module(index: number): WasmModule {
    return this.modules[index] as WasmModule;
  }

  *coreInstance(
    _state: InstanceState,
    module: WasmModule,
    args: readonly (readonly [string, CoreExports])[],
  ): Generator<CoreRequest, CoreExports, WasmInstance> {
    const imports = Object.fromEntries(args);
    const { exports } = yield { module, imports };
    return exports;
  }

  coreBag(exports: ReadonlyMap<string, unknown>): CoreExports {
    const bag = Object.create(null) as Record<string, unknown>;
    for (const [name, item] of exports) bag[name] = item;
    return bag;
  }

  coreExport(instance: CoreExports, name: string, _sort: CoreSort): unknown {
    return instance[name];
  }

  private memory(state: InstanceState, canon: Canon<RealKinds>): GuestMemory {
    const memory = canon.memory as WebAssembly.Memory | undefined;
    return new GuestMemory(state, canon.options.encoding, memory, canon.realloc as never);
  }

  lift(state: InstanceState, step: StepOf<'lift'>, item: unknown, canon: Canon<RealKinds>): LiftedFunction {
    const isSuspending = this.suspends[this.lifted++] ?? false;
    const inside = this.insideSuspending.get(item);
    let core = inside ?? (item as CoreFunction);
    if (isSuspending && !inside) core = jspi()?.promising(core) ?? core;
    return {
      kind: 'guest',
      type: step.type,
      cx: this.memory(state, canon),
      core,
      postReturn: canon.postReturn as CoreFunction | undefined,
      isSuspending,
      forHost: this.codecs.signature(step.type, 'host'),
      forGuest: this.codecs.signature(step.type, 'guest'),
    };
  }

  lower(
    state: InstanceState,
    step: StepOf<'lower'>,
    func: LiftedFunction | HostFunction,
    canon: Canon<RealKinds>,
  ): unknown {
    const cx = this.memory(state, canon);
    const lowerFunc = func.kind === 'guest' ? lowerGuest : func.isSuspending ? suspendingHost : lowerHost;
    const call = lowerFunc(cx, step.type, func as never, this.codecs);
    if (!func.isSuspending) return call;
    const integration = jspi();
    invariant(integration, 'link refuses suspending imports where JSPI is missing');
    const check = (): void => {
      state.checkLeave();
      if (!this.store.canSuspend) this.store.trap('E_TRAP_CANNOT_SUSPEND');
    };
    const guarded = guardSuspending(step.type, check, new integration.Suspending(call));
    this.insideSuspending.set(guarded, call);
    return guarded;
  }

  resource(state: InstanceState, step: StepOf<'resource'>, destructor: unknown): ResourceRuntime {
    return guestResource(`#${step.id}`, state, destructor as CoreFunction | undefined);
  }

  bindResource(state: InstanceState, id: number, resource: ResourceRuntime): void {
    state.resources.set(id, resource);
  }

  resourceOf(state: InstanceState, id: number): ResourceRuntime | undefined {
    return state.resources.get(id);
  }

  builtin(
    state: InstanceState,
    op: 'resource.new' | 'resource.drop' | 'resource.rep',
    resource: ResourceRuntime,
  ): CoreFunction {
    return resourceBuiltin(op, state, resource);
  }
}
