;; E_TRAP_UNKNOWN_HANDLE: drops a handle that was lent to it twice
(component
  (import "host" (instance $host
    (export "thing" (type $thing (sub resource)))))
  (alias export $host "thing" (type $thing))
  (core func $drop (canon resource.drop $thing))
  (core module $core
    (import "host" "drop" (func $drop (param i32)))
    (func (export "attack") (param i32) (call $drop (local.get 0)) (call $drop (local.get 0))))
  (core instance $core (instantiate $core (with "host" (instance (export "drop" (func $drop))))))
  (func (export "attack") (param "thing" (borrow $thing)) (canon lift (core func $core "attack"))))
