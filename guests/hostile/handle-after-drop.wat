;; E_TRAP_UNKNOWN_HANDLE: uses a handle that it has dropped
(component
  (type $thing (resource (rep i32)))
  (core func $new (canon resource.new $thing))
  (core func $drop (canon resource.drop $thing))
  (core func $rep (canon resource.rep $thing))
  (core module $core
    (import "thing" "new" (func $new (param i32) (result i32)))
    (import "thing" "drop" (func $drop (param i32)))
    (import "thing" "rep" (func $rep (param i32) (result i32)))
    (func (export "attack") (local $handle i32)
      (local.set $handle (call $new (i32.const 7)))
      (call $drop (local.get $handle))
      (drop (call $rep (local.get $handle)))))
  (core instance $core (instantiate $core (with "thing" (instance (export "new" (func $new)) (export "drop" (func $drop)) (export "rep" (func $rep))))))
  (func (export "attack") (canon lift (core func $core "attack"))))
