import type { Component } from '@loophost/component';
import type { Prepared, TrustClass } from './capability.ts';
import { Catalog } from './catalog.ts';
import { disposed, providerFailed } from './errors.ts';
import type { EventBody, Events } from './events.ts';
import type { Executor, Guest, GuestSpec, Outside, PartSpec } from './executor.ts';
import { Instance } from './instance.ts';
import type { HostLimits } from './limits.ts';
import type { ImportReport, Selection } from './link.ts';
import type { LiveCounter } from './live.ts';
import { Pool, type PoolOptions } from './pool.ts';

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

/** A guest that starts or runs, with what the host keeps for it. */
export interface Running {
  readonly guest: Guest;
  readonly number: number;
}

/** A component whose imports are served and whose grants and limits are fixed. Made by `host.link`. */
export class LinkedComponent implements AsyncDisposable {
  /** Finds exported functions by name. */
  readonly catalog: Catalog;
  private readonly parts: LinkedParts;
  private readonly owned = new Set<AsyncDisposable>();
  private started = 0;
  private isDisposed = false;

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
   * @throws {LoopError} `E_START_TIMED_OUT`; the code of a trap in a start function; `E_OUT_OF_MEMORY`.
   */
  async instantiate(): Promise<Instance> {
    if (this.isDisposed) throw disposed(`the linked component "${this.name}"`);
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

  /** Makes a pool of instances that share the calls. They start when they are first needed, or by `pool.start()`. */
  pool(options: PoolOptions = {}): Pool {
    if (this.isDisposed) throw disposed(`the linked component "${this.name}"`);
    const pool = new Pool(this, options, () => this.owned.delete(pool));
    this.owned.add(pool);
    return pool;
  }

  /** Starts a guest with shares of its own of all capabilities. */
  startGuest(): Running {
    const number = ++this.started;
    const { selection, executor, component, limits, name } = this.parts;
    const prepared = new Map<string, Prepared>();
    const specs: PartSpec[] = [];
    const outside = this.outside(number, prepared);
    for (const { capability, configured } of selection.selected) {
      const one = configured.prepare({ component: name, report: outside.report, emit: outside.emit });
      prepared.set(capability.name, one);
      specs.push({ capability: capability.name, guestPart: configured.guestPart, settings: one.settings });
    }
    const waiting = selection.mayWait ? 'suspend' : executor.waiting;
    const spec: GuestSpec = { component, parts: specs, limits, waiting };
    this.emit(number, { kind: 'start' });
    const guest = executor.start(spec, outside);
    void guest.ended.then(() => {
      for (const one of prepared.values()) one[Symbol.dispose]?.();
    });
    return { guest, number };
  }

  emit(instance: number, body: EventBody): void {
    this.parts.events.emit({ component: this.name, instance, timeMs: Date.now(), ...body });
  }

  private outside(number: number, prepared: ReadonlyMap<string, Prepared>): Outside {
    return {
      live: this.parts.live,
      ask: (capability, operation, args) => {
        const run = prepared.get(capability)?.operations?.[operation];
        if (!run) throw providerFailed(`${capability}/${operation}`, 'it has no such operation');
        return run(...(args as never[]));
      },
      report: (decision) => this.emit(number, { kind: 'decision', ...decision }),
      emit: (event) => this.emit(number, event as unknown as EventBody),
    };
  }

  /** Ends every instance and pool made from this. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    for (const one of [...this.owned]) await one[Symbol.asyncDispose]();
    this.parts.onDispose();
  }
}
