;; E_TRAP_REALLOC_OUT_OF_BOUNDS: gives the host a block that ends just beyond its memory
(component
  (core module $core
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.sub (i32.const 0x10001) (local.get 3)))
    (func (export "attack") (param i32 i32)))
  (core instance $core (instantiate $core))
  (func (export "attack") (param "v" string)
    (canon lift (core func $core "attack") (memory (core memory $core "memory")) (realloc (core func $core "realloc")))))
