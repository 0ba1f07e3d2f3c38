import type { CoreFunction } from '../abi/calls.ts';
import type { FuncType } from '../types/extern-type.ts';
import { flattenAll } from '../types/type-table.ts';

const VALUE_TYPES: Readonly<Record<string, number>> = { i: 0x7f, I: 0x7e, f: 0x7d, F: 0x7c };
const modules = new Map<string, WebAssembly.Module>();

/**
 * Puts a check before a suspending import. V8 throws where a stack cannot be suspended, and a guest may catch that;
 * what the check throws it cannot. Both are called from wasm, since JavaScript in between could not be suspended.
 */
export function guardSuspending(type: FuncType, check: () => void, suspending: object): CoreFunction {
  const params = flattenAll(type.params.map((param) => param.type)) ?? 'i';
  const result = type.result?.shape.flat ?? '';
  const signature = type.result && result.length !== 1 ? `${params}i:` : `${params}:${result}`;
  let module = modules.get(signature);
  if (!module) modules.set(signature, (module = new WebAssembly.Module(guardModule(signature))));
  const { exports } = new WebAssembly.Instance(module, { '': { c: check, s: suspending as CoreFunction } });
  return exports['f'] as CoreFunction;
}

/** `(module (import "" "c" (func)) (import "" "s" (func T)) (func (export "f") T call 0, local.get…, call 1))`. */
function guardModule(signature: string): Uint8Array<ArrayBuffer> {
  const [params, results] = signature.split(':').map((types) => Array.from(types, (t) => VALUE_TYPES[t] as number));
  const gets = (params as number[]).flatMap((_, i) => [0x20, i]);
  const body = [0, 0x10, 0, ...gets, 0x10, 1, 0x0b];
  const sections = [
    [1, [2, 0x60, 0, 0, 0x60, ...vec(params), ...vec(results)]],
    [2, [2, 0, 1, 0x63, 0, 0, 0, 1, 0x73, 0, 1]],
    [3, [1, 1]],
    [7, [1, 1, 0x66, 0, 2]],
    [10, [1, ...vec(body)]],
  ] as const;
  return Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections.flatMap(([id, bytes]) => [id, ...vec(bytes)])]);
}

/** A vector of bytes. Nothing here is longer than one byte of length tells: a function has up to 17 core parameters. */
function vec(bytes: readonly number[] = []): number[] {
  return [bytes.length, ...bytes];
}
