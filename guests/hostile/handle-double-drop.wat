;; E_TRAP_UNKNOWN_HANDLE: drops a handle twice
(component
  (type $thing (resource (rep i32)))
  (core func $new (canon resource.new $thing))
  (core func $drop (canon resource.drop $thing))
  (core module $core
    (import "thing" "new" (func $new (param i32) (result i32)))
    (import "thing" "drop" (func $drop (param i32)))
    (func (export "attack") (local $handle i32)
      (local.set $handle (call $new (i32.const 7)))
      (call $drop (local.get $handle))
      (call $drop (local.get $handle))))
  (core instance $core (instantiate $core (with "thing" (instance (export "new" (func $new)) (export "drop" (func $drop))))))
  (func (export "attack") (canon lift (core func $core "attack"))))
