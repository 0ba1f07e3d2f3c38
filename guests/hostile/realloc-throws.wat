;; E_TRAP_EXCEPTION: throws an exception when the host asks for memory
(component
  (core module $core
    (memory (export "memory") 1)
    (tag $oops)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (throw $oops))
    (func (export "attack") (param i32 i32)))
  (core instance $core (instantiate $core))
  (func (export "attack") (param "v" string)
    (canon lift (core func $core "attack") (memory (core memory $core "memory")) (realloc (core func $core "realloc")))))
