;; E_TRAP_VALUE_TOO_LARGE: returns 8192 strings that are all the same 64 KiB of memory, 512 MiB together
(component
  (core module $core
    (memory (export "memory") 2)
    ;; The strings fill the first page; their addresses, all 0, and lengths fill the second.
    (func (export "attack") (result i32)
      (local $at i32)
      (local.set $at (i32.const 65536))
      (loop $next
        (i32.store offset=4 (local.get $at) (i32.const 65536))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br_if $next (i32.lt_u (local.get $at) (i32.const 131072))))
      (i32.store (i32.const 16) (i32.const 65536))
      (i32.store (i32.const 20) (i32.const 8192))
      (i32.const 16)))
  (core instance $core (instantiate $core))
  (func (export "attack") (result (list string))
    (canon lift (core func $core "attack") (memory (core memory $core "memory")))))
