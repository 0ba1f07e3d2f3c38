;; E_TRAP_CORE: reaches unreachable, two calls deep
(component
  (core module $core
    (func $innermost unreachable)
    (func $middle (call $innermost))
    (func $attack (export "attack") (call $middle)))
  (core instance $core (instantiate $core))
  (func (export "attack") (canon lift (core func $core "attack"))))
