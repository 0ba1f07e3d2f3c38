;; E_TRAP_UNKNOWN_HANDLE: its destructor drops the handle that is being dropped
(component
  (core module $table
    (table (export "table") 1 funcref)
    (func (export "destroy") (param i32) (call_indirect (param i32) (local.get 0) (i32.const 0))))
  (core instance $table (instantiate $table))
  (type $thing (resource (rep i32) (dtor (core func $table "destroy"))))
  (core func $new (canon resource.new $thing))
  (core func $drop (canon resource.drop $thing))
  (core module $core
    (import "table" "table" (table 1 funcref))
    (import "thing" "new" (func $new (param i32) (result i32)))
    (import "thing" "drop" (func $drop (param i32)))
    (global $handle (mut i32) (i32.const 0))
    (func $again (param i32) (call $drop (global.get $handle)))
    (elem (i32.const 0) func $again)
    (func (export "attack")
      (global.set $handle (call $new (i32.const 7)))
      (call $drop (global.get $handle))))
  (core instance $core (instantiate $core
    (with "table" (instance $table))
    (with "thing" (instance (export "new" (func $new)) (export "drop" (func $drop))))))
  (func (export "attack") (canon lift (core func $core "attack"))))
