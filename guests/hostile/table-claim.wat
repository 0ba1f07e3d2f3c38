;; E_LIMIT_EXCEEDED: starts with a table of ten million elements
(component
  (core module $core
    (table 10000000 funcref)
    (func $attack (export "attack") nop))
  (core instance $core (instantiate $core))
  (func (export "attack") (canon lift (core func $core "attack"))))
