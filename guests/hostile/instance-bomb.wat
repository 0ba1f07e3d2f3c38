;; E_LIMIT_EXCEEDED: makes 2^30 instances, in thirty components that each make two of the one before
(component
  (component $c0
    (core module $core (func (export "attack")))
    (core instance $core (instantiate $core))
    (func (export "attack") (canon lift (core func $core "attack"))))
  (component $c1
    (alias outer 1 $c0 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c2
    (alias outer 1 $c1 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c3
    (alias outer 1 $c2 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c4
    (alias outer 1 $c3 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c5
    (alias outer 1 $c4 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c6
    (alias outer 1 $c5 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c7
    (alias outer 1 $c6 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c8
    (alias outer 1 $c7 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c9
    (alias outer 1 $c8 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c10
    (alias outer 1 $c9 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c11
    (alias outer 1 $c10 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c12
    (alias outer 1 $c11 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c13
    (alias outer 1 $c12 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c14
    (alias outer 1 $c13 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c15
    (alias outer 1 $c14 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c16
    (alias outer 1 $c15 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c17
    (alias outer 1 $c16 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c18
    (alias outer 1 $c17 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c19
    (alias outer 1 $c18 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c20
    (alias outer 1 $c19 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c21
    (alias outer 1 $c20 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c22
    (alias outer 1 $c21 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c23
    (alias outer 1 $c22 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c24
    (alias outer 1 $c23 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c25
    (alias outer 1 $c24 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c26
    (alias outer 1 $c25 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c27
    (alias outer 1 $c26 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c28
    (alias outer 1 $c27 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (component $c29
    (alias outer 1 $c28 (component $c))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "attack" (func $a "attack")))
  (instance $last (instantiate $c29))
  (export "attack" (func $last "attack")))
