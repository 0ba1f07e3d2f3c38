;; E_TRAP_UNALIGNED: says that its result lies at an odd address
(component
  (core module $core
    (memory (export "memory") 1)
    (func (export "attack") (result i32) (i32.const 17)))
  (core instance $core (instantiate $core))
  (alias core export $core "memory" (core memory $memory))
  (func (export "attack") (result string) (canon lift (core func $core "attack") (memory $memory))))
