;; Six levels, aliases to types of all of them.
(component
  (type $t0 (record (field "a" u8)))
  (component $a
    (type $t1 (tuple (option string) u8))
    (component $b
      (alias outer 2 $t0 (type $t))
      (alias outer 1 $t1 (type $u))
      (type $v (list $u))
      (component $c
        (type $w (list string))
        (component $d
          (alias outer 1 $w (type $x))
          (component $e
            (alias outer 3 $v (type $v'))
            (export "v" (type $v')))
          (export "e" (component $e)))
        (export "d" (component $d)))
      (instance $c (instantiate $c))
      (export "t" (type $t)))
    (instance $b (instantiate $b))
    (export "t" (type $b "t")))
  (instance $a (instantiate $a))
  (export "a" (instance $a)))
