;; E_START_SUSPENDS: calls an import in its start function, through a table; no harm, unless that import suspends
(component
  (import "host" (instance $host (export "note" (func))))
  (core func $note (canon lower (func $host "note")))
  (core module $core
    (import "host" "note" (func $note))
    (table 1 funcref)
    (elem (i32.const 0) func $note)
    (func $start (call_indirect (i32.const 0)))
    (start $start)
    (func (export "attack")))
  (core instance $core (instantiate $core (with "host" (instance (export "note" (func $note))))))
  (func (export "attack") (canon lift (core func $core "attack"))))
