/**
 * The runtime's WebAssembly classes for our declarations, where the program that reads them knows the global: its
 * TypeScript may have neither the DOM's library nor another that declares it.
 */
type Known<Name extends string> = typeof globalThis extends { WebAssembly: Record<Name, { prototype: infer Class }> }
  ? Class
  : object;

export type WasmModule = Known<'Module'>;
export type WasmInstance = Known<'Instance'>;
export type WasmMemory = Known<'Memory'>;
