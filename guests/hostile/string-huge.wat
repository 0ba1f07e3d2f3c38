;; E_TRAP_VALUE_TOO_LARGE: returns a string of 2^28 bytes, one more than a string may have
(component
  (core module $core
    (memory (export "memory") 1)
    (data (i32.const 16) "\20\00\00\00\00\00\00\10") ;; address, length
    (func (export "attack") (result i32) (i32.const 16)))
  (core instance $core (instantiate $core))
  (alias core export $core "memory" (core memory $memory))
  (func (export "attack") (result string) (canon lift (core func $core "attack") (memory $memory))))
