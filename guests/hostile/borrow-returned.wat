;; E_TRAP_HANDLE_TYPE: returns a handle that was only lent to it as its own
(component
  (import "host" (instance $host
    (export "thing" (type $thing (sub resource)))))
  (alias export $host "thing" (type $thing))
  (core module $core
    (func (export "attack") (param i32) (result i32) (local.get 0)))
  (core instance $core (instantiate $core (with "host" (instance ))))
  (func (export "attack") (param "thing" (borrow $thing)) (result (own $thing))
    (canon lift (core func $core "attack"))))
