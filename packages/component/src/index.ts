export {
  compile,
  Component,
  type CompileOptions,
  type ComponentMessage,
  type CustomSection,
  type LinkOptions,
  type MessageOptions,
} from './component.ts';
export { linkFailed } from './errors.ts';
export { Instance, Linked } from './linked.ts';
export type { ExportsObject } from './link/exports.ts';
export { findProviders, type Imports, type Offer } from './link/providers.ts';
export { suspending } from './link/suspending.ts';
export { DEFAULT_LIMITS, limitKind, type Limits } from './limits.ts';
export { ComponentError, type ErrorPlace, type Fault, isComponentError, isLoopError, LoopError } from './loop-error.ts';
export { checkOptions, FLAG, FUNCTION, type OptionKind, RECORD } from './options.ts';
export type { Unsupported } from './plan.ts';
export { TRAP_CODES, type TrapCode } from './traps.ts';
export type {
  AnyType,
  ComponentType,
  ExternItem,
  ExternSort,
  ExternType,
  FuncType,
  InstanceType,
  NameAttributes,
} from './types/extern-type.ts';
export { camelCase, fieldOf, pascalCase, staticName } from './types/names.ts';
export type { Case, Field, PrimitiveKind, ResourceType, ValueType, ValueTypeOf } from './types/value-type.ts';
