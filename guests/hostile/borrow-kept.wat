;; E_TRAP_BORROW_LEAKED: keeps a handle that was only lent for the call
(component
  (import "host" (instance $host
    (export "thing" (type $thing (sub resource)))))
  (alias export $host "thing" (type $thing))
  (core module $core
    (global $kept (mut i32) (i32.const 0))
    (func (export "attack") (param i32) (global.set $kept (local.get 0))))
  (core instance $core (instantiate $core (with "host" (instance ))))
  (func (export "attack") (param "thing" (borrow $thing)) (canon lift (core func $core "attack"))))
