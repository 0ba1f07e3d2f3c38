;; E_TRAP_OUT_OF_BOUNDS: says that its result lies beyond its memory
(component
  (core module $core
    (memory (export "memory") 1)
    (func (export "attack") (result i32) (i32.const 65532)))
  (core instance $core (instantiate $core))
  (alias core export $core "memory" (core memory $memory))
  (func (export "attack") (result string) (canon lift (core func $core "attack") (memory $memory))))
