;; E_TRAP_OUT_OF_BOUNDS: returns a string whose last byte lies just beyond its memory
(component
  (core module $core
    (memory (export "memory") 1)
    (data (i32.const 16) "\f9\ff\00\00\08\00\00\00") ;; address, length
    (func (export "attack") (result i32) (i32.const 16)))
  (core instance $core (instantiate $core))
  (alias core export $core "memory" (core memory $memory))
  (func (export "attack") (result string) (canon lift (core func $core "attack") (memory $memory))))
