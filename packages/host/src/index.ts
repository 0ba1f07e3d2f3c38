export { createHost, type Host, type HostOptions, type LinkOptions } from './host.ts';
export type { LinkedComponent } from './linked.ts';
export type { CallOptions, Instance } from './instance.ts';
export type { PlatformSignal, Signal } from './signal.ts';
export type { Pool, PoolOptions } from './pool.ts';
export { GuestResource } from './resource.ts';
export { type Provider, provide, type ProviderOptions } from './provider.ts';
export { checkCapabilities } from './duplicates.ts';
export { Catalog, type ExportedFunction } from './catalog.ts';
export type { Grants, ImportReport } from './link.ts';
export { DEFAULT_HOST_LIMITS, type HostLimits } from './limits.ts';
export { type Live, LiveCounter } from './live.ts';
export type { HostEvent, Listener } from './events.ts';
export { allow, type Decision, type Denial, deny, plain } from './decision.ts';
export type {
  Capability,
  CapabilityEvent,
  Configured,
  GrantContext,
  GuestPart,
  GuestParts,
  GuestRealm,
  HandleCount,
  HostContext,
  Operation,
  Prepared,
  Provided,
  TrustClass,
} from './capability.ts';
export type { Executor, Guest, GuestCall, GuestDrop, GuestSpec, Outside, PartSpec } from './executor.ts';
export { Turns } from './guest/turns.ts';
export { inlineExecutor } from './inline.ts';
export { fromWire, textOf, toWire, type WireError } from './wire.ts';
export { failureIn, guestEnded, grantInvalid, notTransferable, providerFailed, threadDied } from './errors.ts';
