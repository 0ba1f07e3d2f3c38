;; Exports that show less than there is, under types of their own.
(component
  (type $secret (resource (rep i32)))
  (core func $new (canon resource.new $secret))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32)))
    (func (export "make") (result i32) (call $new (i32.const 1)))
    (func (export "look") (param i32) (result i32) (local.get 0)))
  (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
  (func $make (result (own $secret)) (canon lift (core func $i "make")))
  (func $look (param "it" (borrow $secret)) (result u32) (canon lift (core func $i "look")))
  (instance $api (export "look" (func $look)) (export "make" (func $make)))
  (export $open "open" (type $secret))
  (type $n u32)
  (export $n2 "n" (type $n) (type (eq $n)))
  (export "make" (func $make) (func (result (own $open))))
  (export "shown" (instance $api) (instance (export "make" (func (result (own $open)))))))
