;; A resource of one child, used by its sibling, whose import is replaced by it.
(component
  (component $maker
    (type $r' (resource (rep i32)))
    (export $r "r" (type $r'))
    (core func $new (canon resource.new $r'))
    (core module $m
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) (call $new (i32.const 42)))
      (func (export "peek") (param i32) (result i32) (local.get 0)))
    (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
    (func (export "make") (result (own $r)) (canon lift (core func $i "make")))
    (func (export "peek") (param "it" (borrow $r)) (result u32) (canon lift (core func $i "peek"))))
  (component $user
    (import "r" (type $r (sub resource)))
    (import "make" (func $make (result (own $r))))
    (import "peek" (func $peek (param "it" (borrow $r)) (result u32)))
    (core func $make' (canon lower (func $make)))
    (core func $peek' (canon lower (func $peek)))
    (core func $drop (canon resource.drop $r))
    (core module $m
      (import "" "make" (func $make (result i32)))
      (import "" "peek" (func $peek (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "run") (result i32)
        (local $h i32)
        (local.set $h (call $make))
        (call $peek (local.get $h))
        (call $drop (local.get $h))))
    (core instance $i (instantiate $m (with "" (instance
      (export "make" (func $make')) (export "peek" (func $peek')) (export "drop" (func $drop))))))
    (func (export "run") (result u32) (canon lift (core func $i "run")))
    (export "same-r" (type $r)))
  (instance $maker (instantiate $maker))
  (instance $user (instantiate $user
    (with "r" (type $maker "r")) (with "make" (func $maker "make")) (with "peek" (func $maker "peek"))))
  (export "maker" (instance $maker))
  (export "run" (func $user "run")))
