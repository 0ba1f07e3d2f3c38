export { GuestRuntime, type RealmPort } from './runtime.ts';
export { isRefusal } from './refusal.ts';
export { isHandleRef, type HandleRef } from './handle-ref.ts';
export { remotePart, type RemoteSettings } from './remote.ts';
export type { Decision } from '../decision.ts';
export { allow, deny, plain } from '../decision.ts';
export type { GuestPart, GuestParts, GuestRealm, Provided } from '../capability.ts';
export type { GuestCall, GuestSpec, PartSpec } from '../executor.ts';
export { fromWire, toWire, type WireError } from '../wire.ts';
