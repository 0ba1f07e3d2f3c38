import type { Component } from '@loophost/component';
import type { Configured, HostContext, Prepared, TrustClass } from './capability.ts';
import { Catalog } from './catalog.ts';
import { disposed, failureIn, providerFailed } from './errors.ts';
import { type EventBody, type Events, failureOf } from './events.ts';
import type { Executor, Guest, Outside, PartSpec } from './executor.ts';
import { HandleCounter } from './handles.ts';
import { HeldObjects } from './held-objects.ts';
import { Instance } from './instance.ts';
import type { HostLimits } from './limits.ts';
import type { ImportReport, Selection } from './link.ts';
import type { LiveCounter } from './live.ts';
import { Pool, type PoolOptions } from './pool.ts';
import { RunningGuest } from './running.ts';

/** What a linked component is made from. */
export interface LinkedParts {
  readonly component: Component;
  readonly name: string;
  readonly trust: TrustClass;
  readonly executor: Executor;
  readonly selection: Selection;
  readonly limits: HostLimits;
  readonly live: LiveCounter;
  readonly events: Events;
  readonly onDispose: () => void;
}

/** A component whose imports are served and whose grants and limits are fixed. Made by `host.link`. */
export class LinkedComponent implements AsyncDisposable {
  /** Finds exported functions by name. */
  readonly catalog: Catalog;
  private readonly parts: LinkedParts;
  private readonly owned = new Set<AsyncDisposable>();
  private started = 0;
  private ending: Promise<void> | undefined;

  /** @internal */
  constructor(parts: LinkedParts) {
    this.parts = parts;
    this.catalog = new Catalog(parts.component);
  }

  get name(): string {
    return this.parts.name;
  }

  get limits(): HostLimits {
    return this.parts.limits;
  }

  /** @internal */
  get live(): LiveCounter {
    return this.parts.live;
  }

  /** Who serves each import. */
  get imports(): readonly ImportReport[] {
    return this.parts.selection.imports;
  }

  /**
   * Makes an instance and starts its first guest.
   *
   * @throws {LoopError} `E_START_TIMED_OUT`; the code of a trap in a start function; `E_OUT_OF_MEMORY`; `E_THREAD_DIED`;
   *   `E_GUEST_ENDED` when it is disposed of meanwhile; `E_DISPOSED`.
   */
  async instantiate(): Promise<Instance> {
    if (this.ending) throw disposed(`the linked component "${this.name}"`);
    const instance = new Instance(this, () => this.owned.delete(instance));
    this.owned.add(instance);
    try {
      await instance.start();
    } catch (thrown) {
      await instance[Symbol.asyncDispose]();
      throw thrown;
    }
    return instance;
  }

  /**
   * Makes a pool of instances that share the calls. They start when they are first needed, or by `pool.start()`.
   *
   * @throws {LoopError} `E_OPTION_INVALID`; `E_DISPOSED`.
   */
  pool(options: PoolOptions = {}): Pool {
    if (this.ending) throw disposed(`the linked component "${this.name}"`);
    const pool = new Pool(this, options, () => this.owned.delete(pool));
    this.owned.add(pool);
    return pool;
  }

  /**
   * Starts a guest with shares of its own of all capabilities.
   *
   * @internal
   */
  startGuest(): RunningGuest {
    const number = ++this.started;
    const { selection, executor, component, limits, name } = this.parts;
    const prepared = new Map<string, Prepared>();
    const specs: PartSpec[] = [];
    const asked = new Set<{ readonly name: string }>();
    const outside = this.outside(number, prepared, asked);
    const ended = new AbortController();
    const { imports } = component;
    const { report, emit, live } = outside;
    const handles = new HandleCounter(limits.maxHandles, live);
    const objects = new HeldObjects(handles, emit);
    const context = { component: name, imports, signal: ended.signal, handles, objects, report, emit };
    const release = (): void => {
      ended.abort();
      this.release(number, prepared);
      objects[Symbol.dispose]();
    };
    const waiting = selection.mayWait ? 'suspend' : executor.waiting;
    let guest: Guest;
    try {
      for (const { capability, configured } of selection.selected) {
        const one = prepare(capability.name, configured, context);
        prepared.set(capability.name, one);
        specs.push({ capability: capability.name, guestPart: configured.guestPart, settings: one.settings });
      }
      guest = executor.start({ name, component, parts: specs, limits, waiting }, outside);
    } catch (thrown) {
      release();
      throw thrown;
    }
    void guest.ended.then(release);
    const asking = (): string | undefined => [...asked].at(-1)?.name;
    return new RunningGuest({ guest, number, live, timeoutMs: limits.timeoutMs, asking });
  }

  /** Each by itself: what one does wrong must not keep another from it. */
  private release(instance: number, prepared: ReadonlyMap<string, Prepared>): void {
    for (const [capability, one] of prepared) {
      try {
        one[Symbol.dispose]?.();
      } catch (thrown) {
        this.emit(instance, failureOf(capability, thrown));
      }
    }
  }

  /** @internal */
  emit(instance: number, body: EventBody): void {
    this.parts.events.emit({ component: this.name, instance, timeMs: Date.now(), ...body });
  }

  private outside(
    number: number,
    prepared: ReadonlyMap<string, Prepared>,
    asked: Set<{ readonly name: string }>,
  ): Outside {
    const tell: Outside['tell'] = (capability, operation, args) => {
      const run = prepared.get(capability)?.operations?.[operation];
      if (!run) throw providerFailed(`${capability}/${operation}`, 'it has no such operation');
      return run(...(args as never[]));
    };
    return {
      live: this.parts.live,
      tell,
      ask: (capability, operation, args) => {
        const answer = tell(capability, operation, args);
        return answer instanceof Promise ? noted(answer, operation, asked) : answer;
      },
      report: (decision) => this.emit(number, { kind: 'decision', ...decision }),
      emit: (event) => this.emit(number, event as unknown as EventBody),
    };
  }

  /** Ends every instance and pool made from this. */
  [Symbol.asyncDispose](): Promise<void> {
    return (this.ending ??= this.end());
  }

  private async end(): Promise<void> {
    await Promise.all([...this.owned].map((one) => one[Symbol.asyncDispose]()));
    this.parts.onDispose();
  }
}

function prepare(capability: string, configured: Configured, context: HostContext): Prepared {
  try {
    return configured.prepare(context);
  } catch (thrown) {
    throw failureIn(capability, thrown);
  }
}

/** Keeps the name of what a guest asked for until that is answered. */
async function noted<T>(answer: Promise<T>, name: string, asked: Set<{ readonly name: string }>): Promise<T> {
  const entry = { name };
  asked.add(entry);
  try {
    return await answer;
  } finally {
    asked.delete(entry);
  }
}
