;; E_IMPORT_THREW: catches everything around an import that fails, and goes on
(component
  (import "host" (instance $host (export "note" (func))))
  (core func $note (canon lower (func $host "note")))
  (core module $core
    (import "host" "note" (func $note))
    (func (export "attack") (result i32)
      (block $swallowed
        (try_table (catch_all $swallowed) (call $note))
        (return (i32.const 1)))
      (i32.const 2)))
  (core instance $core (instantiate $core (with "host" (instance (export "note" (func $note))))))
  (func (export "attack") (result u32) (canon lift (core func $core "attack"))))
