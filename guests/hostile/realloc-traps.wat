;; E_TRAP_CORE: ends in unreachable when the host asks for memory
(component
  (core module $core
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
    (func (export "attack") (param i32 i32)))
  (core instance $core (instantiate $core))
  (func (export "attack") (param "v" string)
    (canon lift (core func $core "attack") (memory (core memory $core "memory")) (realloc (core func $core "realloc")))))
