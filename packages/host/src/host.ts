import type { Component } from '@loophost/component';
import type { Capability, GuestParts, TrustClass } from './capability.ts';
import { checkCapabilities } from './duplicates.ts';
import { disposed, executorUnknown, trustTooLow } from './errors.ts';
import { Events, type Listener } from './events.ts';
import type { Executor } from './executor.ts';
import { completeHostLimits, type HostLimits } from './limits.ts';
import { checkLink, type Grants, type ImportReport, type LinkInput, mismatches, Selection } from './link.ts';
import { LinkedComponent } from './linked.ts';
import { type Live, LiveCounter } from './live.ts';
import { checkHostOptions, checkLinkOptions } from './options.ts';

/** What a host is made from. `createNodeHost` fills in the platform's share. */
export interface HostOptions {
  /** What components can be given. Of two that serve one interface, the first does. Default none. */
  readonly capabilities?: readonly Capability[];
  /** Where guests can run; the first is the default. */
  readonly executors: readonly Executor[];
  readonly guestParts: GuestParts;
  /** Shared with the executors, which count threads. */
  readonly live?: LiveCounter;
}

export interface LinkOptions {
  /** What messages and events call the component. Default `component`. */
  readonly name?: string;
  /** Default `untrusted`. */
  readonly trust?: TrustClass;
  /** By the name of the capability. Default nothing. */
  readonly grants?: Grants;
  /** Overrides of {@link DEFAULT_HOST_LIMITS}, field by field. */
  readonly limits?: Partial<HostLimits>;
  /** The name of an executor. Default the host's first: `thread`. */
  readonly executor?: string;
}

/** Runs components with the grants and limits that each was linked with. Made by {@link createHost}. */
export class Host implements AsyncDisposable {
  private readonly options: HostOptions;
  private readonly counter: LiveCounter;
  private readonly events = new Events();
  private readonly linked = new Set<LinkedComponent>();
  private ending: Promise<void> | undefined;

  /** @internal */
  constructor(options: HostOptions) {
    this.options = options;
    this.counter = options.live ?? new LiveCounter();
  }

  /** What the host holds at the moment. */
  get live(): Live {
    return this.counter.now;
  }

  /** Listens to decisions, starts and ends of guests, log entries and output. Dispose of the result to stop. */
  on(listener: Listener): Disposable {
    return this.events.on(listener);
  }

  /**
   * Checks a component against its grants, its trust and this host's capabilities. Runs no guest code. Reuse the result
   * for many instances.
   *
   * @throws {LoopError} `E_LINK_FAILED`, whose `problems` hold everything that stands in the way, each with its fix:
   *   `E_IMPORT_UNPROVIDED`, `E_IMPORT_MISMATCH`, `E_GRANT_MISSING`, `E_GRANT_INVALID`, `E_TRUST_TOO_LOW` and what the
   *   engine's `link` finds; `E_EXECUTOR_UNKNOWN`; `E_OPTION_INVALID` for what is no component and options that do not exist
   *   or are of another kind; `E_DISPOSED`.
   */
  async link(component: Component, options: LinkOptions = {}): Promise<LinkedComponent> {
    checkLinkOptions('link', component, options);
    const limits = completeHostLimits(options.limits);
    const input = inputOf(component, options);
    const executor = this.executor(options.executor);
    if (this.ending) throw disposed('the host');
    const selection = new Selection(this.options.capabilities ?? [], input);
    if (executor.trust === 'trusted' && input.trust !== 'trusted')
      selection.problems.push(
        trustTooLow({
          component: input.name,
          what: `the executor "${executor.name}"`,
          needed: 'trusted',
          found: input.trust,
        }),
      );
    await checkLink(input, selection, this.options.guestParts);
    if (this.ending) throw disposed('the host');
    const linked = new LinkedComponent({
      ...input,
      executor,
      selection,
      limits,
      live: this.counter,
      events: this.events,
      onDispose: () => this.linked.delete(linked),
    });
    this.linked.add(linked);
    return linked;
  }

  /**
   * Tells for each import of a component who would serve it, or why nobody does and what would change that.
   *
   * @throws {LoopError} `E_OPTION_INVALID`; `E_GRANT_INVALID` when a grant turns out to be unusable as it is first used.
   */
  async inspect(component: Component, options: LinkOptions = {}): Promise<readonly ImportReport[]> {
    checkLinkOptions('inspect', component, options);
    const input = inputOf(component, options);
    const selection = new Selection(this.options.capabilities ?? [], input);
    const found = await mismatches(input, selection, this.options.guestParts);
    return selection.imports.map((report) => {
      const problem = found.find(({ at }) => at.interface === report.name);
      return problem && report.status === 'served'
        ? { ...report, status: 'mismatch', reason: problem.message }
        : report;
    });
  }

  private executor(name: string | undefined): Executor {
    const { executors } = this.options;
    const found = name === undefined ? executors[0] : executors.find((one) => one.name === name);
    if (!found)
      throw executorUnknown(
        name ?? '',
        executors.map((one) => one.name),
      );
    return found;
  }

  /** Ends every guest and every thread. */
  [Symbol.asyncDispose](): Promise<void> {
    return (this.ending ??= this.end());
  }

  private async end(): Promise<void> {
    await Promise.all([...this.linked].map((linked) => linked[Symbol.asyncDispose]()));
    await Promise.all(this.options.executors.map((executor) => executor[Symbol.asyncDispose]()));
  }
}

/**
 * Makes a host from capabilities and executors. Most apps want `createNodeHost` of `@loophost/node`.
 *
 * @throws {LoopError} `E_OPTION_INVALID`, also when two capabilities have one name.
 */
export function createHost(options: HostOptions): Host {
  checkHostOptions(options);
  checkCapabilities(options.capabilities ?? []);
  return new Host(options);
}

function inputOf(
  component: Component,
  { name = 'component', trust = 'untrusted', grants = {} }: LinkOptions,
): LinkInput {
  return { component, name, trust, grants };
}
