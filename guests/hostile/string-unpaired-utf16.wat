;; E_TRAP_INVALID_STRING: returns UTF-16 with half of a surrogate pair
(component
  (core module $core
    (memory (export "memory") 1)
    (data (i32.const 16) "\20\00\00\00\02\00\00\00") ;; address, length
    (data (i32.const 32) "\00\d8a\00")
    (func (export "attack") (result i32) (i32.const 16)))
  (core instance $core (instantiate $core))
  (alias core export $core "memory" (core memory $memory))
  (func (export "attack") (result string) (canon lift (core func $core "attack") string-encoding=utf16 (memory $memory))))
