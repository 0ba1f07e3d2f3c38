;; E_TRAP_HANDLE_TYPE: gives away a handle that was only lent to it
(component
  (import "host" (instance $host
    (export "thing" (type $thing (sub resource)))
    (export "take" (func (param "thing" (own $thing))))))
  (alias export $host "thing" (type $thing))
  (core func $take (canon lower (func $host "take")))
  (core module $core
    (import "host" "take" (func $take (param i32)))
    (func (export "attack") (param i32) (call $take (local.get 0))))
  (core instance $core (instantiate $core (with "host" (instance (export "take" (func $take))))))
  (func (export "attack") (param "thing" (borrow $thing)) (canon lift (core func $core "attack"))))
