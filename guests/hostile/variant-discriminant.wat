;; E_TRAP_INVALID_DISCRIMINANT: returns a variant in memory whose case does not exist
(component
  (core module $core
    (memory (export "memory") 1)
    (data (i32.const 16) "\02")
    (func (export "attack") (result i32) (i32.const 16)))
  (core instance $core (instantiate $core))
  (alias core export $core "memory" (core memory $memory))
  (type $shape' (variant (case "dot") (case "circle" u32)))
  (export $shape "shape" (type $shape'))
  (func (export "attack") (result $shape) (canon lift (core func $core "attack") (memory $memory))))
