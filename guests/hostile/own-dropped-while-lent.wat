;; E_TRAP_HANDLE_LENT: lends a handle to a child, and drops it when the child calls back
(component
  (type $thing (resource (rep i32)))
  (core func $new (canon resource.new $thing))
  (core func $drop (canon resource.drop $thing))
  (core module $inner
    (import "thing" "drop" (func $drop (param i32)))
    (global $handle (export "handle") (mut i32) (i32.const 0))
    (func (export "betray") (call $drop (global.get $handle))))
  (core instance $inner (instantiate $inner (with "thing" (instance (export "drop" (func $drop))))))
  (func $betray (canon lift (core func $inner "betray")))

  (component $child
    (import "thing" (type $thing (sub resource)))
    (import "betray" (func $betray))
    (core func $betray (canon lower (func $betray)))
    (core func $drop (canon resource.drop $thing))
    (core module $core
      (import "parent" "betray" (func $betray))
      (import "thing" "drop" (func $drop (param i32)))
      (func (export "look") (param i32) (call $betray) (call $drop (local.get 0))))
    (core instance $core (instantiate $core
      (with "parent" (instance (export "betray" (func $betray))))
      (with "thing" (instance (export "drop" (func $drop))))))
    (func (export "look") (param "thing" (borrow $thing)) (canon lift (core func $core "look"))))
  (instance $child (instantiate $child (with "thing" (type $thing)) (with "betray" (func $betray))))

  (core func $look (canon lower (func $child "look")))
  (core module $outer
    (import "child" "look" (func $look (param i32)))
    (import "inner" "handle" (global $handle (mut i32)))
    (import "thing" "new" (func $new (param i32) (result i32)))
    (func (export "attack")
      (global.set $handle (call $new (i32.const 7)))
      (call $look (global.get $handle))))
  (core instance $outer (instantiate $outer
    (with "child" (instance (export "look" (func $look))))
    (with "inner" (instance $inner))
    (with "thing" (instance (export "new" (func $new))))))
  (func (export "attack") (canon lift (core func $outer "attack"))))
