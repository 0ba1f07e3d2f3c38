import { parse } from '@bytecodealliance/jco';
import { compile } from '@loophost/component';
import type { Instance, LinkedComponent } from '@loophost/host';
import { createNodeHost } from '@loophost/node';

/** One side of a measurement with a guest in a thread of its own. */
export interface ThreadPeer {
  readonly name: string;
  /** Starts a guest, without anything that was started beforehand unless `spare`. */
  start(): Promise<ThreadGuest>;
  close(): Promise<void>;
}

export interface ThreadGuest {
  /** Five letters in upper case: a small call, there and back. */
  upper(text: string): Promise<string>;
  /** Loops until the deadline ends it. */
  loop(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

const COMPONENT = `(component
  (core module $m (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "upper") (param $at i32) (param $length i32) (result i32) (local $i i32)
      (block $done (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $length)))
        (i32.store8 (i32.add (local.get $at) (local.get $i))
          (i32.sub (i32.load8_u (i32.add (local.get $at) (local.get $i))) (i32.const 32)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
      (i32.store (i32.const 8) (local.get $at))
      (i32.store (i32.const 12) (local.get $length))
      (i32.const 8))
    (func (export "loop") (loop $again (br $again))))
  (core instance $i (instantiate $m))
  (func (export "upper") (param "text" string) (result string)
    (canon lift (core func $i "upper") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
  (func (export "loop") (canon lift (core func $i "loop"))))`;

/** The same for Extism: its own interface instead of the Component Model's. */
const PLUGIN = `(module
  (import "extism:host/env" "input_length" (func $input_length (result i64)))
  (import "extism:host/env" "input_load_u8" (func $load (param i64) (result i32)))
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
  (import "extism:host/env" "output_set" (func $output (param i64 i64)))
  (memory (export "memory") 1)
  (func (export "upper") (result i32) (local $length i64) (local $to i64) (local $i i64)
    (local.set $length (call $input_length))
    (local.set $to (call $alloc (local.get $length)))
    (block $done (loop $next
      (br_if $done (i64.ge_u (local.get $i) (local.get $length)))
      (call $store (i64.add (local.get $to) (local.get $i)) (i32.sub (call $load (local.get $i)) (i32.const 32)))
      (local.set $i (i64.add (local.get $i) (i64.const 1)))
      (br $next)))
    (call $output (local.get $to) (local.get $length))
    (i32.const 0))
  (func (export "loop") (result i32) (loop $again (br $again)) (i32.const 0)))`;

/** Ours, with or without threads that wait for a guest. */
export async function loophostThreads(
  spareThreads: number,
): Promise<ThreadPeer & { readonly linked: LinkedComponent }> {
  const host = createNodeHost({ spareThreads });
  const component = await compile(await parse(COMPONENT));
  const linked = await host.link(component, { name: 'upper', limits: { maxRestarts: 1_000_000 } });
  return {
    name: '@loophost/node',
    linked,
    start: async () => guestOf(await linked.instantiate()),
    close: () => host[Symbol.asyncDispose](),
  };
}

function guestOf(instance: Instance): ThreadGuest {
  return {
    upper: async (text) => (await instance.call('upper', [text])) as string,
    loop: async (timeoutMs) => void (await instance.call('loop', [], { timeoutMs }).catch(() => undefined)),
    close: () => instance[Symbol.asyncDispose](),
  };
}

interface ExtismPlugin {
  call(name: string, input: string): Promise<{ text(): string } | null>;
  close(): Promise<void>;
}

/** Extism in its worker mode, where a plugin has a thread and a call a deadline. */
export async function extismThreads(timeoutMs?: number): Promise<ThreadPeer> {
  const { default: createPlugin } = (await import('@extism/extism')) as unknown as {
    default(manifest: object, options: object): Promise<ExtismPlugin>;
  };
  const data = await parse(PLUGIN);
  const manifest = { wasm: [{ data }] };
  const options = { runInWorker: true, useWasi: false, ...(timeoutMs !== undefined && { timeoutMs }) };
  return {
    name: '@extism/extism',
    start: async () => {
      const plugin = await createPlugin(manifest, options);
      return {
        upper: async (text) => (await plugin.call('upper', text))?.text() ?? '',
        loop: async () => void (await plugin.call('loop', '').catch(() => undefined)),
        close: () => plugin.close(),
      };
    },
    close: async () => undefined,
  };
}
