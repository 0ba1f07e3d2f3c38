;; E_LIMIT_EXCEEDED: starts with 1 GiB of memory
(component
  (core module $core
    (memory 16384)
    (func $attack (export "attack") nop))
  (core instance $core (instantiate $core))
  (func (export "attack") (canon lift (core func $core "attack"))))
