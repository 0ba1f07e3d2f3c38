;; E_TRAP_CORE: divides by zero
(component
  (core module $core
    (func $attack (export "attack") (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0))))
  (core instance $core (instantiate $core))
  (func (export "attack") (param "divisor" u32) (result u32) (canon lift (core func $core "attack"))))
