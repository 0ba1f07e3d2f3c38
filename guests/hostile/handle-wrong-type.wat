;; E_TRAP_HANDLE_TYPE: drops a handle as one of another resource type
(component
  (type $thing (resource (rep i32)))
  (type $other (resource (rep i32)))
  (core func $new (canon resource.new $thing))
  (core func $drop-other (canon resource.drop $other))
  (core module $core
    (import "thing" "new" (func $new (param i32) (result i32)))
    (import "other" "drop" (func $drop-other (param i32)))
    (func (export "attack") (call $drop-other (call $new (i32.const 7)))))
  (core instance $core (instantiate $core
    (with "thing" (instance (export "new" (func $new))))
    (with "other" (instance (export "drop" (func $drop-other))))))
  (func (export "attack") (canon lift (core func $core "attack"))))
