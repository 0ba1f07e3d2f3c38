;; E_TRAP_STACK_OVERFLOW: calls itself without end
(component
  (core module $core
    (func $attack (export "attack") (param i32) (result i32) (i32.add (call $attack (local.get 0)) (i32.const 1))))
  (core instance $core (instantiate $core))
  (func (export "attack") (param "x" u32) (result u32) (canon lift (core func $core "attack"))))
