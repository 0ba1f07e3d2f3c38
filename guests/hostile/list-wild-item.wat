;; E_TRAP_OUT_OF_BOUNDS: returns a list with a good string and a wild one
(component
  (core module $core
    (memory (export "memory") 1)
    (data (i32.const 16) "\20\00\00\00\02\00\00\00") ;; address, length
    (data (i32.const 32) "\40\00\00\00\03\00\00\00\ff\ff\ff\7f\03\00\00\00")
    (func (export "attack") (result i32) (i32.const 16)))
  (core instance $core (instantiate $core))
  (alias core export $core "memory" (core memory $memory))
  (func (export "attack") (result (list string)) (canon lift (core func $core "attack") (memory $memory))))
