;; E_TRAP_EXCEPTION: catches everything around a call to another component that throws, and goes on
(component
  (component $child
    (core module $core
      (tag $oops)
      (func (export "fail") (throw $oops)))
    (core instance $core (instantiate $core))
    (func (export "fail") (canon lift (core func $core "fail"))))
  (instance $child (instantiate $child))
  (core func $fail (canon lower (func $child "fail")))
  (core module $core
    (import "child" "fail" (func $fail))
    (func (export "attack") (result i32)
      (block $swallowed
        (try_table (catch_all $swallowed) (call $fail))
        (return (i32.const 1)))
      (i32.const 2)))
  (core instance $core (instantiate $core (with "child" (instance (export "fail" (func $fail))))))
  (func (export "attack") (result u32) (canon lift (core func $core "attack"))))
