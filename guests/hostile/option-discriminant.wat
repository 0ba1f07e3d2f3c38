;; E_TRAP_INVALID_DISCRIMINANT: returns an option that is neither none nor some
(component
  (core module $core
    (memory (export "memory") 1)
    (data (i32.const 16) "\ff")
    (func (export "attack") (result i32) (i32.const 16)))
  (core instance $core (instantiate $core))
  (alias core export $core "memory" (core memory $memory))
  (func (export "attack") (result (option u32)) (canon lift (core func $core "attack") (memory $memory))))
