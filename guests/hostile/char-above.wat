;; E_TRAP_INVALID_CHAR: returns a char above U+10FFFF
(component
  (core module $core
    (memory (export "memory") 1)
    (func (export "attack") (result i32) (i32.const 0x110000)))
  (core instance $core (instantiate $core))
  (alias core export $core "memory" (core memory $memory))
  (func (export "attack") (result char) (canon lift (core func $core "attack"))))
