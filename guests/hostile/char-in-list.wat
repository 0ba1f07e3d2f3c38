;; E_TRAP_INVALID_CHAR: returns a list with a char that does not exist
(component
  (core module $core
    (memory (export "memory") 1)
    (data (i32.const 16) "\20\00\00\00\02\00\00\00") ;; address, length
    (data (i32.const 32) "a\00\00\00\ff\df\00\00")
    (func (export "attack") (result i32) (i32.const 16)))
  (core instance $core (instantiate $core))
  (alias core export $core "memory" (core memory $memory))
  (func (export "attack") (result (list char)) (canon lift (core func $core "attack") (memory $memory))))
