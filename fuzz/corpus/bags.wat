;; Instances made of what is at hand.
(component
  (import "f" (func $f (result u32)))
  (import "r" (type $r (sub resource)))
  (import "m" (core module $m (export "g" (func))))
  (import "c" (component $c (export "z" (func))))
  (instance $a (export "f" (func $f)) (export "again" (func $f)) (export "r" (type $r)))
  (instance $b (export "a" (instance $a)) (export "m" (core module $m)) (export "c" (component $c)))
  (instance $made (instantiate $c))
  (component $taker
    (import "x" (instance $x
      (export "a" (instance (export "f" (func (result u32)))))
      (export "m" (core module (export "g" (func))))))
    (export "y" (instance $x)))
  (instance $t (instantiate $taker (with "x" (instance $b)) (with "extra" (instance $made))))
  (export "b" (instance $b))
  (export "t" (instance $t)))
