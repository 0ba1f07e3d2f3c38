;; E_TRAP_UNALIGNED: returns UTF-16 at an odd address
(component
  (core module $core
    (memory (export "memory") 1)
    (data (i32.const 16) "\21\00\00\00\01\00\00\00") ;; address, length
    (func (export "attack") (result i32) (i32.const 16)))
  (core instance $core (instantiate $core))
  (alias core export $core "memory" (core memory $memory))
  (func (export "attack") (result string) (canon lift (core func $core "attack") string-encoding=utf16 (memory $memory))))
