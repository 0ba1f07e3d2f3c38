;; E_TRAP_INVALID_DISCRIMINANT: returns the fourth case of an enum that has three
(component
  (core module $core
    (memory (export "memory") 1)
    (func (export "attack") (result i32) (i32.const 3)))
  (core instance $core (instantiate $core))
  (alias core export $core "memory" (core memory $memory))
  (type $color' (enum "red" "green" "blue"))
  (export $color "color" (type $color'))
  (func (export "attack") (result $color) (canon lift (core func $core "attack"))))
