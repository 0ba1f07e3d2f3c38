;; E_TRAP_UNALIGNED: returns a list of u32 at an address that is not a multiple of four
(component
  (core module $core
    (memory (export "memory") 1)
    (data (i32.const 16) "\22\00\00\00\01\00\00\00") ;; address, length
    (func (export "attack") (result i32) (i32.const 16)))
  (core instance $core (instantiate $core))
  (alias core export $core "memory" (core memory $memory))
  (func (export "attack") (result (list u32)) (canon lift (core func $core "attack") (memory $memory))))
