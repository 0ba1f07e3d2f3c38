;; E_TRAP_INVALID_STRING: returns half of a surrogate pair in the UTF-16 form of latin1+utf16
(component
  (core module $core
    (memory (export "memory") 1)
    (data (i32.const 16) "\20\00\00\00\01\00\00\80") ;; address, length
    (data (i32.const 32) "\00\dc")
    (func (export "attack") (result i32) (i32.const 16)))
  (core instance $core (instantiate $core))
  (alias core export $core "memory" (core memory $memory))
  (func (export "attack") (result string) (canon lift (core func $core "attack") string-encoding=latin1+utf16 (memory $memory))))
