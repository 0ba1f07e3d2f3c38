;; E_TRAP_INVALID_DISCRIMINANT: returns a result that is neither ok nor error
(component
  (core module $core
    (memory (export "memory") 1)
    (func (export "attack") (result i32) (i32.const -1)))
  (core instance $core (instantiate $core))
  (alias core export $core "memory" (core memory $memory))
  (func (export "attack") (result (result)) (canon lift (core func $core "attack"))))
