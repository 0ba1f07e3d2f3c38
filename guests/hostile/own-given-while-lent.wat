;; E_TRAP_HANDLE_LENT: lends a handle and gives it away in one call
(component
  (import "host" (instance $host
    (export "thing" (type $thing (sub resource)))
    (export "swap" (func (param "lent" (borrow $thing)) (param "given" (own $thing))))))
  (alias export $host "thing" (type $thing))
  (core func $swap (canon lower (func $host "swap")))
  (core module $core
    (import "host" "swap" (func $swap (param i32 i32)))
    (func (export "attack") (param i32) (call $swap (local.get 0) (local.get 0))))
  (core instance $core (instantiate $core (with "host" (instance (export "swap" (func $swap))))))
  (func (export "attack") (param "thing" (own $thing)) (canon lift (core func $core "attack"))))
