;; E_TRAP_CANNOT_LEAVE: calls an import in its post-return function
(component
  (import "host" (instance $host (export "note" (func))))
  (core func $note (canon lower (func $host "note")))
  (core module $core
    (import "host" "note" (func $note))
    (func (export "attack") (result i32) (i32.const 7))
    (func (export "clean-up") (param i32) (call $note)))
  (core instance $core (instantiate $core (with "host" (instance (export "note" (func $note))))))
  (func (export "attack") (result u32)
    (canon lift (core func $core "attack") (post-return (core func $core "clean-up")))))
