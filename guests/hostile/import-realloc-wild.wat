;; E_TRAP_REALLOC_OUT_OF_BOUNDS: gives a block beyond its memory for the result of an import
(component
  (import "host" (instance $host (export "read" (func (result string)))))
  (core module $heap
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const -8)))
  (core instance $heap (instantiate $heap))
  (core func $read (canon lower (func $host "read")
    (memory (core memory $heap "memory")) (realloc (core func $heap "realloc"))))
  (core module $core
    (import "host" "read" (func $read (param i32)))
    (func (export "attack") (call $read (i32.const 16))))
  (core instance $core (instantiate $core (with "host" (instance (export "read" (func $read))))))
  (func (export "attack") (canon lift (core func $core "attack"))))
