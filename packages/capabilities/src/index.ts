export { type ByteSink, type ByteSource, IoFailure, sourceOf } from './io/bytes.ts';
export { collectOutput, type CollectedOutput, type CollectOptions } from './cli/collect.ts';
export { environment, type EnvironmentGrant } from './cli/environment.ts';
export {
  DEFAULT_OUTPUT_LIMIT_BYTES,
  type InheritedInput,
  type InheritedStreams,
  stdio,
  type StdioGrant,
} from './cli/stdio.ts';
export type { OutputTarget } from './cli/stdio-part.ts';
export { clocks, type ClocksGrant } from './clocks/clocks.ts';
export { exitCodeOf } from './errors.ts';
export { io } from './io/capability.ts';
export { random, type RandomGrant } from './random/random.ts';
export { sockets } from './sockets/sockets.ts';
export { wasi } from './wasi.ts';
export { config } from './config/config.ts';
export { DEFAULT_LOG_BOUNDS, type LogBounds, type LogEntry, type LogLevel } from './logging/bounds.ts';
export { logging } from './logging/logging.ts';
export {
  batchCheck,
  checkGrowth,
  DEFAULT_STORE_BOUNDS,
  type StoreBounds,
  type StoreTotals,
} from './keyvalue/bounds.ts';
export { keyValue, type KeyValueOptions } from './keyvalue/keyvalue.ts';
export { MemoryStore } from './keyvalue/memory.ts';
export {
  type Awaitable,
  type Entry,
  increased,
  type KeyPage,
  type KeyValueStore,
  type NumberRange,
  StoreFailure,
  type Versioned,
} from './keyvalue/store.ts';
export { type FilePlatform, filesystem } from './filesystem/filesystem.ts';
export { memoryFilesystem } from './filesystem/memory.ts';
export type { MemoryTrees } from './filesystem/memory-backend.ts';
export type { AllowedRequest, Asker, Framing, HttpBackend, ResponseHead, Transfer } from './http/backend.ts';
export { normalizeAddress } from './http/address.ts';
export { type ErrorCode, failure as httpFailure, HttpFailure } from './http/error-code.ts';
export type { FieldEntry } from './http/field-rules.ts';
export type { HttpGrant } from './http/grant.ts';
export { http, type HttpOptions } from './http/http.ts';
export {
  formatAuthority,
  type HostName,
  type Origin,
  type OriginPattern,
  parsePattern,
  type PatternProblem,
  type Scheme,
} from './http/origin.ts';
export { DEFAULT_HTTP_BOUNDS, type HttpBounds } from './http/policy.ts';
