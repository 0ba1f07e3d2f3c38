import { readFile } from 'node:fs/promises';
import { parse } from '@bytecodealliance/jco';
import { compile, type CompileOptions, type Component } from '@loophost/component';

/** Where guests run. */
export const EXECUTORS = ['thread', 'inline'] as const;

const compiled = new Map<string, Promise<Component>>();

/** Compiles a guest of `guests/`, as `agent` or `hostile/endless-loop`. */
export function guest(name: string, options?: CompileOptions): Promise<Component> {
  const make = async (): Promise<Component> => {
    const file = name.startsWith('hostile/') ? `${name}.wasm` : `${name}/${name}.wasm`;
    return compile(await readFile(new URL(`../../../guests/${file}`, import.meta.url)), options);
  };
  if (options) return make();
  return compiled.get(name) ?? (compiled.set(name, make()).get(name) as Promise<Component>);
}

/** Compiles a component from its text. */
export async function wat(text: string, options?: CompileOptions): Promise<Component> {
  return compile(await parse(text), options);
}

/** A component that exports one function `f`, which calls the import `acme:test/host@1.0.0.f`, u32 to u32. */
export const CALLER = `(component
  (import "acme:test/host@1.0.0" (instance $host (export "f" (func (param "x" u32) (result u32)))))
  (core func $f (canon lower (func $host "f")))
  (core module $m
    (import "" "f" (func $f (param i32) (result i32)))
    (func (export "once") (param i32) (result i32) (call $f (local.get 0)))
    (func (export "times") (param i32) (result i32) (local $sum i32)
      (loop $next
        (local.set $sum (i32.add (local.get $sum) (call $f (local.get 0))))
        (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (local.get $sum))
    (func (export "forever") (loop $next (drop (call $f (i32.const 1))) (br $next))))
  (core instance $i (instantiate $m (with "" (instance (export "f" (func $f))))))
  (func (export "once") (param "x" u32) (result u32) (canon lift (core func $i "once")))
  (func (export "times") (param "n" u32) (result u32) (canon lift (core func $i "times")))
  (func (export "forever") (canon lift (core func $i "forever"))))`;

/** Counts its calls in its memory; loops, traps or recurses when asked. */
export const COUNTER = `(component
  (core module $m
    (global $n (mut i32) (i32.const 0))
    (func (export "count") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n))
    (func (export "loop") (loop $again (br $again)))
    (func (export "trap") unreachable)
    (func $deep (export "recurse") (call $deep)))
  (core instance $i (instantiate $m))
  (func (export "count") (result u32) (canon lift (core func $i "count")))
  (func (export "loop") (canon lift (core func $i "loop")))
  (func (export "trap") (canon lift (core func $i "trap")))
  (func (export "recurse") (canon lift (core func $i "recurse"))))`;

/** A resource that holds a number; `dropped` tells that of the last one dropped. */
export const RESOURCE = `(component
  (core module $d (global $last (mut i32) (i32.const 0))
    (func (export "drop") (param i32) (global.set $last (local.get 0)))
    (func (export "dropped") (result i32) (global.get $last)))
  (core instance $d (instantiate $d))
  (type $hidden (resource (rep i32) (dtor (core func $d "drop"))))
  (export $r "r" (type $hidden))
  (core func $new (canon resource.new $hidden))
  (core module $m (import "" "new" (func $new (param i32) (result i32)))
    (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
    (func (export "value") (param i32) (result i32) (local.get 0)))
  (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
  (func (export "[constructor]r") (param "x" u32) (result (own $r)) (canon lift (core func $i "make")))
  (func (export "[method]r.value") (param "self" (borrow $r)) (result u32) (canon lift (core func $i "value")))
  (func (export "dropped") (result u32) (canon lift (core func $d "dropped"))))`;

/** Gives a list of `n` strings, each of the same 60,000 bytes of the guest's memory. */
export const STRINGS = `(component
  (core module $m (memory (export "mem") 2)
    (func (export "strings") (param i32) (result i32) (local i32)
      (loop $next
        (i32.store (i32.add (i32.const 1024) (i32.mul (local.get 1) (i32.const 8))) (i32.const 65536))
        (i32.store offset=4 (i32.add (i32.const 1024) (i32.mul (local.get 1) (i32.const 8))) (i32.const 60000))
        (br_if $next (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))
      (i32.store (i32.const 8) (i32.const 1024))
      (i32.store (i32.const 12) (local.get 0))
      (i32.const 8)))
  (core instance $i (instantiate $m))
  (func (export "strings") (param "n" u32) (result (list string))
    (canon lift (core func $i "strings") (memory (core memory $i "mem")))))`;

/** Counts to a number, which takes a nanosecond or so for each; `start` puts it into a start function as well. */
export function counter(start?: number): string {
  return `(component
  (core module $m
    (func $spin (export "spin") (param i32) (result i32) (local i32)
      (loop $next (br_if $next (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))
      (local.get 1))
    ${start === undefined ? '' : `(func $start (drop (call $spin (i32.const ${start})))) (start $start)`})
  (core instance $i (instantiate $m))
  (func (export "spin") (param "to" u32) (result u32) (canon lift (core func $i "spin"))))`;
}
