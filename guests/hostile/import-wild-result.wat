;; E_TRAP_OUT_OF_BOUNDS: has the host write a result beyond its memory
(component
  (import "host" (instance $host (export "call" (func (result (tuple u32 u32))))))
  (core module $heap
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $heap (instantiate $heap))
  (core func $call (canon lower (func $host "call")
    (memory (core memory $heap "memory")) (realloc (core func $heap "realloc"))))
  (core module $core
    (import "host" "call" (func $call (param i32)))
    (func (export "attack") (call $call (i32.const 65532))))
  (core instance $core (instantiate $core (with "host" (instance (export "call" (func $call))))))
  (func (export "attack") (canon lift (core func $core "attack"))))
