;; Components in components: a child that uses the outer module, another that is made of it twice.
(component
  (core module $shared (func (export "seven") (result i32) i32.const 7))
  (component $child
    (alias outer 1 $shared (core module $m))
    (core instance $i (instantiate $m))
    (func (export "seven") (result u32) (canon lift (core func $i "seven"))))
  (component $adder
    (import "a" (func $a (result u32)))
    (import "b" (instance $b (export "seven" (func (result u32)))))
    (core func $a' (canon lower (func $a)))
    (core func $b' (canon lower (func $b "seven")))
    (core module $m
      (import "" "a" (func $a (result i32)))
      (import "" "b" (func $b (result i32)))
      (func (export "sum") (result i32) (i32.add (call $a) (call $b))))
    (core instance $i (instantiate $m (with "" (instance (export "a" (func $a')) (export "b" (func $b'))))))
    (func (export "sum") (result u32) (canon lift (core func $i "sum"))))
  (instance $one (instantiate $child))
  (instance $two (instantiate $child))
  (instance $sum (instantiate $adder (with "a" (func $one "seven")) (with "b" (instance $two))))
  (export "sum" (func $sum "sum"))
  (export "one" (instance $one)))
