;; E_TRAP_VALUE_TOO_LARGE: returns a list whose items are that list, five levels deep: 8192^5 items
(component
  (core module $core
    (memory (export "memory") 2)
    ;; The second page holds 8192 times its own address and length.
    (func (export "attack") (result i32)
      (local $at i32)
      (local.set $at (i32.const 65536))
      (loop $next
        (i32.store (local.get $at) (i32.const 65536))
        (i32.store offset=4 (local.get $at) (i32.const 8192))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br_if $next (i32.lt_u (local.get $at) (i32.const 131072))))
      (i32.const 65536)))
  (core instance $core (instantiate $core))
  (func (export "attack") (result (list (list (list (list (list u64))))))
    (canon lift (core func $core "attack") (memory (core memory $core "memory")))))
