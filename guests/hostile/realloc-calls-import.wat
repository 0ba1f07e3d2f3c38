;; E_TRAP_CANNOT_LEAVE: calls an import when the host asks for memory
(component
  (import "host" (instance $host (export "note" (func))))
  (core func $note (canon lower (func $host "note")))
  (core module $core
    (import "host" "note" (func $note))
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (call $note) (i32.const 1024))
    (func (export "attack") (param i32 i32)))
  (core instance $core (instantiate $core (with "host" (instance (export "note" (func $note))))))
  (func (export "attack") (param "v" string)
    (canon lift (core func $core "attack") (memory (core memory $core "memory")) (realloc (core func $core "realloc")))))
