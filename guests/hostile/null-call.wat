;; E_TRAP_CORE: calls through an empty place of a table
(component
  (core module $core
    (table 1 funcref)
    (func $attack (export "attack") (call_indirect (i32.const 0))))
  (core instance $core (instantiate $core))
  (func (export "attack") (canon lift (core func $core "attack"))))
