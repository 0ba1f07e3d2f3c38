;; E_TRAP_STACK_OVERFLOW: catches everything around a recursion without end, and goes on
(component
  (core module $core
    (func $deep (call $deep))
    (func (export "attack") (result i32)
      (block $swallowed
        (try_table (catch_all $swallowed) (call $deep))
        (return (i32.const 1)))
      (i32.const 2)))
  (core instance $core (instantiate $core))
  (func (export "attack") (result u32) (canon lift (core func $core "attack"))))
