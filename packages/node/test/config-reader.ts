/** A component that reads a key when it starts and when it is asked to, and passes on what it gets, which stays in its memory. */
export const configReader = (interfaceName: string): string => `(component
  (import "${interfaceName}" (instance $store
    (type $error' (variant (case "upstream" string) (case "io" string)))
    (export "${interfaceName.includes('runtime') ? 'config-error' : 'error'}" (type $error (eq $error')))
    (export "get" (func (param "key" string) (result (result (option string) (error $error)))))))
  (core module $own (memory (export "memory") 1) (global $top (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $top) (global.set $top (i32.and (i32.add (i32.add (global.get $top) (local.get 3)) (i32.const 7)) (i32.const -8)))))
  (core instance $own (instantiate $own))
  (core func $get (canon lower (func $store "get")
    (memory (core memory $own "memory")) (realloc (core func $own "realloc"))))
  (core module $m
    (import "store" "get" (func $get (param i32 i32 i32)))
    (import "own" "memory" (memory 1))
    (data (i32.const 0) "greeting")
    (func $start (call $get (i32.const 0) (i32.const 8) (i32.const 64)))
    (start $start)
    ;; An option<string> stands at 4 of a result: is-some, pointer, length.
    (func (export "read") (param i32 i32) (result i32)
      (call $get (local.get 0) (local.get 1) (i32.const 128))
      (i32.const 132)))
  (core instance $i (instantiate $m
    (with "store" (instance (export "get" (func $get)))) (with "own" (instance $own))))
  (func (export "read") (param "key" string) (result (option string))
    (canon lift (core func $i "read") (memory (core memory $own "memory")) (realloc (core func $own "realloc")))))`;

/** The interfaces of `wasi:config` that components are found to import. */
export const CONFIG_INTERFACES: readonly string[] = [
  'wasi:config/store@0.2.0-draft',
  'wasi:config/store@0.2.0-rc.1',
  'wasi:config/runtime@0.2.0-draft',
];
