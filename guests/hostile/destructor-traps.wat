;; E_TRAP_CORE: its destructor ends in unreachable
(component
  (core module $destructor (func (export "destroy") (param i32) unreachable))
  (core instance $destructor (instantiate $destructor))
  (type $thing' (resource (rep i32) (dtor (core func $destructor "destroy"))))
  (export $thing "thing" (type $thing'))
  (core func $new (canon resource.new $thing'))
  (core module $core
    (import "thing" "new" (func $new (param i32) (result i32)))
    (func (export "attack") (result i32) (call $new (i32.const 7))))
  (core instance $core (instantiate $core (with "thing" (instance (export "new" (func $new))))))
  (func (export "attack") (result (own $thing)) (canon lift (core func $core "attack"))))
