;; E_START_SUSPENDS: calls an import in its start function; no harm, unless that import suspends
(component
  (import "host" (instance $host (export "note" (func))))
  (core func $note (canon lower (func $host "note")))
  (core module $core
    (import "host" "note" (func $note))
    (start $note)
    (func (export "attack")))
  (core instance $core (instantiate $core (with "host" (instance (export "note" (func $note))))))
  (func (export "attack") (canon lift (core func $core "attack"))))
