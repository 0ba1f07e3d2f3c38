;; E_TRAP_UNKNOWN_HANDLE: catches everything around a built-in that traps, and goes on
(component
  (type $thing (resource (rep i32)))
  (core func $drop (canon resource.drop $thing))
  (core module $core
    (import "thing" "drop" (func $drop (param i32)))
    (func (export "attack") (result i32)
      (block $swallowed
        (try_table (catch_all $swallowed) (call $drop (i32.const 42)))
        (return (i32.const 1)))
      (i32.const 2)))
  (core instance $core (instantiate $core (with "thing" (instance (export "drop" (func $drop))))))
  (func (export "attack") (result u32) (canon lift (core func $core "attack"))))
