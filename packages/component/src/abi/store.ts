import { callBlocked, disposeFailed, instanceDisposed, instanceTrapped, textOf } from '../errors.ts';
import { isLoopError, LoopError } from '../loop-error.ts';
import { type TrapCode, trapError } from '../traps.ts';
import { HandleTable, type ResourceRuntime } from './handles.ts';

/** A wasm module whose one export traps: the only error that no guest can catch. */
const TRAPPING_MODULE = Uint8Array.of(
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 0x74, 0, 0, 10, 5, 1, 3, 0, 0, 11,
); // prettier-ignore

/** Limits that hold while an instance runs. */
export interface StoreLimits {
  /** Bytes of strings and lists that one call may bring out of a guest. */
  readonly maxTransferBytes: number;
  /** Handles that one root instance may hold, in all its component instances. */
  readonly maxHandles: number;
  /** Calls that may wait for a suspended one. */
  readonly maxQueuedCalls: number;
  readonly queueTimeoutMs: number;
}

interface Waiter {
  readonly name: string;
  go(): void;
  refuse(error: LoopError): void;
}

/**
 * Everything that one root instance made, nested instances included. A trap anywhere ends it all: afterwards no call
 * enters and none of its guests goes on (Explainer, "Component Invariants" 1).
 */
export class Store {
  trapped: LoopError | undefined;
  isDisposed = false;
  /** The instances in it, the root first. */
  readonly states: InstanceState[] = [];
  /** Handles in the tables of all its instances. */
  handles = 0;
  /** The import in which the current call is suspended. */
  suspendedIn: string | undefined;
  /** Ends the wait of the suspended call. */
  wake: (() => void) | undefined;
  /** The current call gave its caller a promise, or the next in the queue is about to begin. */
  isAsync = false;
  /** Counts the checks of a call's values, so that one check knows a handle that it met before. */
  checks = 0;
  /** The current call began as one that may suspend, and nothing on its stack forbids it. */
  canSuspend = false;
  /** Work put off until the current call has left: destructors that the host asked for meanwhile. */
  private readonly deferred: (() => void)[] = [];
  private readonly waiting: Waiter[] = [];
  /** The store trapped, or something waits for the current call to leave. */
  needsCare = false;
  readonly limits: StoreLimits;
  private throwTrap: (() => never) | undefined;

  constructor(limits: StoreLimits) {
    this.limits = limits;
  }

  /** Whether other calls can wait for the end of the current one, which is not below them on the stack. */
  get canWait(): boolean {
    return this.isAsync || this.suspendedIn !== undefined;
  }

  /** Waits for the suspended call, and those that wait already, to leave; then the caller owns the root instance. */
  turn(name: string): Promise<void> {
    const { maxQueuedCalls, queueTimeoutMs } = this.limits;
    const blockedIn = this.suspendedIn;
    if (this.waiting.length >= maxQueuedCalls) {
      return Promise.reject(
        callBlocked(name, blockedIn, `${maxQueuedCalls} calls wait for it already (maxQueuedCalls)`),
      );
    }
    this.needsCare = true;
    return new Promise((resolve, reject) => {
      const give = (error: LoopError): void => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        reject(error);
      };
      const why = `it did not return within ${queueTimeoutMs} ms (queueTimeoutMs)`;
      const timer = setTimeout(() => give(callBlocked(name, this.suspendedIn ?? blockedIn, why)), queueTimeoutMs);
      const waiter: Waiter = {
        go: () => (clearTimeout(timer), resolve()),
        refuse: (error) => (clearTimeout(timer), give(error)),
        name,
      };
      this.waiting.push(waiter);
    });
  }

  defer(work: () => void): void {
    this.deferred.push(work);
    this.needsCare = true;
  }

  /** Runs what waited for a call to leave. The root instance can be entered, unless the next call in the queue takes it. */
  settle(root: InstanceState): void {
    if (this.trapped) {
      root.mayEnter = false;
      throw this.fail(this.trapped);
    }
    for (let work = this.deferred.shift(); work; work = this.deferred.shift()) work();
    const next = this.waiting.shift();
    this.needsCare = this.waiting.length > 0 || this.trapped !== undefined;
    if (!next) return;
    root.mayEnter = false;
    this.isAsync = true;
    next.go();
  }

  /** Ends everything that waits, because the store has ended. */
  private abandon(): void {
    for (const waiter of [...this.waiting]) {
      const refusal = this.refusal(waiter.name);
      if (refusal) waiter.refuse(refusal);
    }
    this.deferred.length = 0;
  }

  /**
   * Ends the store for good. What its guests own of the host's is destroyed at once, unless a guest is on the stack:
   * then when the call has left.
   */
  dispose(): void {
    const isRunning = !this.states[0]?.mayEnter && !this.trapped && this.suspendedIn === undefined;
    this.isDisposed = true;
    this.end(instanceDisposed());
    for (const state of this.states) state.mayEnter = false;
    this.wake?.();
    if (!isRunning) this.release([]);
  }

  /** Destroys the host's resources that the guests own. Every destructor runs, whatever others throw. */
  private release(problems: LoopError[]): void {
    const before = problems.length;
    for (const { handles } of this.states) handles.releaseHostOwned(problems);
    if (problems.length > before) throw disposeFailed(problems);
  }

  /** Ends the store with an error and unwinds the guest's stack, past any handler that the guest may have. */
  raise(error: LoopError): never {
    this.end(error);
    if (!this.throwTrap) {
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(TRAPPING_MODULE));
      this.throwTrap = exports['t'] as () => never;
    }
    return this.throwTrap();
  }

  trap(code: TrapCode, detail?: string): never {
    return this.raise(trapError(code, detail));
  }

  /** Ends the store because a call from the host threw, and gives the error for the host. */
  fail(thrown: unknown): LoopError {
    const trapped = this.blame(thrown);
    if (this.isDisposed) this.release([trapped]);
    return trapped;
  }

  private blame(thrown: unknown): LoopError {
    const trapped = this.end(this.trapped ?? asTrap(thrown));
    if (trapped.backtrace.length === 0) trapped.backtrace = wasmFrames(thrown, trapped);
    return trapped;
  }

  /** Ends the store because guest code threw into a call from a guest, which must not catch what it threw. */
  rethrow(thrown: unknown): never {
    return this.raise(this.blame(thrown));
  }

  private end(error: LoopError): LoopError {
    this.trapped ??= error;
    this.needsCare = true;
    this.abandon();
    return this.trapped;
  }

  /** Why no call can enter: the store trapped or was disposed. */
  refusal(name: string): LoopError | undefined {
    if (this.isDisposed) return instanceDisposed(name);
    return this.trapped && instanceTrapped(name, this.trapped);
  }
}

function asTrap(thrown: unknown): LoopError {
  if (isLoopError(thrown)) return thrown;
  const message = textOf(thrown);
  if (thrown instanceof RangeError && /call stack/.test(message))
    return trapError('E_TRAP_STACK_OVERFLOW', undefined, thrown);
  if (thrown instanceof WebAssembly.RuntimeError) return trapError('E_TRAP_CORE', message, thrown);
  const { Exception, SuspendError } = WebAssembly as { Exception?: Newable; SuspendError?: Newable };
  if (Exception && thrown instanceof Exception) return trapError('E_TRAP_EXCEPTION', undefined, thrown);
  if (SuspendError && thrown instanceof SuspendError) return trapError('E_TRAP_CANNOT_SUSPEND', message, thrown);
  return new LoopError('E_BUG', { fault: 'host', message: `bug: ${message}`, cause: thrown });
}

type Newable = new (...args: never[]) => unknown;

/** The wasm frames of a stack trace, innermost first, as `function (module) +offset`. V8 names them by the name section. */
function wasmFrames(...errors: unknown[]): string[] {
  for (const error of errors) {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    const frames = [
      ...stack.matchAll(/^ *at (?:(.+) \()?wasm:\/\/wasm\/([^:]*):wasm-function\[(\d+)\]:0x([0-9a-f]+)/gm),
    ];
    if (frames.length > 0)
      return frames.map(([, name, , index, offset]) => `${name ?? `function[${index}]`} +0x${offset}`);
  }
  return [];
}

/** One component instance at run time (definitions.py, `ComponentInstance`). */
export class InstanceState {
  readonly store: Store;
  readonly parent: InstanceState | undefined;
  /** This instance and the ones around it, innermost first. */
  readonly chain: readonly InstanceState[];
  readonly handles: HandleTable;
  /** The runtime type for each resource type of this component, by the identity it has in the plan. */
  readonly resources: Map<number, ResourceRuntime> = new Map();
  mayEnter = true;
  mayLeave = true;

  constructor(store: Store, parent: InstanceState | undefined) {
    this.store = store;
    this.parent = parent;
    this.handles = new HandleTable(store);
    this.chain = parent ? [this, ...parent.chain] : [this];
    store.states.push(this);
  }

  /** An instance that is in `realloc` or `post-return` cannot call out. */
  checkLeave(): void {
    if (!this.mayLeave) this.store.trap('E_TRAP_CANNOT_LEAVE');
  }

  /** The instances that a call from `caller` would freshly enter; from the host when there is no caller. */
  enteredFrom(caller: InstanceState | undefined): readonly InstanceState[] {
    return caller ? this.chain.filter((instance) => !caller.chain.includes(instance)) : this.chain;
  }
}
