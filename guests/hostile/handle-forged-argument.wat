;; E_TRAP_UNKNOWN_HANDLE: lends the host a handle of its own invention
(component
  (import "host" (instance $host
    (export "thing" (type $thing (sub resource)))
    (export "look" (func (param "thing" (borrow $thing))))))
  (alias export $host "thing" (type $thing))
  (core func $look (canon lower (func $host "look")))
  (core module $core
    (import "host" "look" (func $look (param i32)))
    (func (export "attack") (param i32) (call $look (local.get 0))))
  (core instance $core (instantiate $core (with "host" (instance (export "look" (func $look))))))
  (func (export "attack") (param "handle" u32) (canon lift (core func $core "attack"))))
