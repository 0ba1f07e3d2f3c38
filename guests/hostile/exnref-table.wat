;; E_GC_HEAP_DENIED: keeps exceptions in a table, and with them the runtime's own heap
(component
  (core module $core
    (table 1 exnref)
    (func $attack (export "attack") nop))
  (core instance $core (instantiate $core))
  (func (export "attack") (canon lift (core func $core "attack"))))
