;; E_TRAP_REALLOC_UNALIGNED: gives the host an odd address for a list of u32
(component
  (core module $core
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1025))
    (func (export "attack") (param i32 i32)))
  (core instance $core (instantiate $core))
  (func (export "attack") (param "v" (list u32))
    (canon lift (core func $core "attack") (memory (core memory $core "memory")) (realloc (core func $core "realloc")))))
