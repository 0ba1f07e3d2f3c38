;; The smallest component that does something.
(component
  (core module $m
    (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)
    (func (export "half") (param f64) (result f64) local.get 0 f64.const 2 f64.div)
    (func (export "spin") (param i32) (result i32) (loop $again local.get 0 br_if $again) i32.const 1))
  (core instance $i (instantiate $m))
  (func $add (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add")))
  (func $half (param "a" f64) (result f64) (canon lift (core func $i "half")))
  (func $spin (param "again" bool) (result bool) (canon lift (core func $i "spin")))
  (export "add" (func $add))
  (export "half" (func $half))
  (export "spin" (func $spin) (func (param "again" bool) (result bool))))
