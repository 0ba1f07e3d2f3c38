import type { ExternItem, Imports } from '@loophost/component';
import type { Decision, Denial } from './decision.ts';
import type { HeldObjects } from './held-objects.ts';
import type { PlatformSignal } from './signal.ts';

/** Who wrote the component, as far as the host is concerned. `untrusted` unless told otherwise. */
export type TrustClass = 'untrusted' | 'trusted';

/**
 * A named group of interfaces with its policy and its providers. Its phases: `configure` once for each link, pure;
 * `prepare` once for each guest that starts; the guest part's `link` where the guest runs; dispose when the guest ends.
 */
export interface Capability {
  /** As grants and reports name it: `http`. */
  readonly name: string;
  /** The interfaces that it serves, with the newest version of each: `wasi:http/types@0.2.12`. */
  readonly interfaces: readonly string[];
  /** The least trust that a component must have for it. Default `untrusted`. */
  readonly trust?: TrustClass;
  /**
   * Checks a grant and turns it into a policy. Does no I/O.
   *
   * @param grant - What the component was given under this capability's name; undefined when nothing was.
   * @throws {LoopError} `E_GRANT_INVALID` when the grant is not well-formed.
   */
  configure(grant: unknown, context: GrantContext): Configured;
}

export interface GrantContext {
  /** The component's name, for messages. */
  readonly component: string;
}

/** A capability under the grant of one component. */
export interface Configured {
  /** Why one of its interfaces is not served under this grant; undefined when it is. */
  denial?(wanted: string): Denial | undefined;
  /**
   * Whether a provider can make the guest wait for something outside of its thread. If none can, no export of a guest
   * becomes asynchronous by it, and start functions may call all of it.
   */
  readonly mayWait: boolean;
  /** The guest part that serves the interfaces: a name that the platform knows, or the URL of a module. */
  readonly guestPart: string;
  /** Makes what one guest needs. */
  prepare(context: HostContext): Prepared;
}

/** What the host's half of a capability gets for one guest. */
export interface HostContext {
  readonly component: string;
  /** What the component imports, with the types. */
  readonly imports: readonly ExternItem[];
  /** Aborted when the guest has ended: nobody needs any more what is still done for it. */
  readonly signal: PlatformSignal;
  /** Counts the host's resources that the guest holds. */
  readonly handles: HandleCount;
  /** Those of them that are objects of an embedder's classes. */
  readonly objects: HeldObjects;
  /** Tells listeners of a decision. */
  report(decision: Decision): void;
  /** Tells listeners of something else, such as a log entry. */
  emit(event: CapabilityEvent): void;
}

/** Counts resources that a guest holds. */
export interface HandleCount {
  /**
   * The guest is about to get one more.
   *
   * @throws {LoopError} `E_HANDLES_EXCEEDED` when it holds as many as it may.
   */
  take(): void;
  giveBack(): void;
}

/** Something that a capability tells the host's listeners. */
export interface CapabilityEvent {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** One guest's share of a capability. */
export interface Prepared {
  /** Plain data for the guest part. */
  readonly settings: unknown;
  /** What the guest part may ask of the host, by name. Each may be asynchronous; `context.signal` tells when the guest has ended. */
  readonly operations?: Readonly<Record<string, Operation>>;
  /** Releases what the guest used. */
  [Symbol.dispose]?(): void;
}

/** An operation in the host's realm, asked for by a guest part. Arguments and result are plain data. */
export type Operation = (...args: readonly never[]) => unknown;

/** The half of a capability that runs in the guest's thread: it makes the import objects of one guest. */
export interface GuestPart {
  /** Makes the imports. Does no I/O: the host also calls it, to check a link. */
  link(settings: unknown, realm: GuestRealm): Provided;
}

export interface Provided {
  readonly imports: Imports;
  /** Releases what the guest still holds. */
  [Symbol.dispose]?(): void;
}

/** What a guest part gets of the place where the guest runs. */
export interface GuestRealm {
  /** The capability that the part serves. */
  readonly capability: string;
  /** What the component imports, with the types. */
  readonly imports: readonly ExternItem[];
  /** How a guest waits: suspended, with its thread free for other work, or with its thread blocked. */
  readonly waiting: 'suspend' | 'block';
  /** Runs an operation of the host and gives its result. A guest that waits for it must be suspended. */
  ask(operation: string, ...args: readonly unknown[]): Promise<unknown>;
  /** The same, when nobody needs the result. In order with `ask`. If it fails, the guest is ended. */
  tell(operation: string, ...args: readonly unknown[]): void;
  report(decision: Decision): void;
}

/** Finds guest parts by name or URL. */
export type GuestParts = (name: string) => Promise<GuestPart>;
