;; An instance exported under a type that hides what its resource is.
(component
  (type $secret (resource (rep i32)))
  (core func $new (canon resource.new $secret))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32)))
    (func (export "make") (result i32) (call $new (i32.const 1))))
  (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
  (func $make (result (own $secret)) (canon lift (core func $i "make")))
  (instance $api (export "secret" (type $secret)) (export "make" (func $make)))
  (export "opaque" (type $secret) (type (sub resource)))
  (export "shown" (instance $api) (instance
    (export "secret" (type $s (sub resource)))
    (export "make" (func (result (own $s)))))))
