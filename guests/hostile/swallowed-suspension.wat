;; E_TRAP_CANNOT_SUSPEND: its destructor catches everything around an import; no harm, unless that suspends while the host disposes
(component
  (import "host" (instance $host (export "note" (func))))
  (core func $note (canon lower (func $host "note")))
  (core module $destructor
    (import "host" "note" (func $note))
    (func (export "destroy") (param i32)
      (block $swallowed
        (try_table (catch_all $swallowed) (call $note)))))
  (core instance $destructor (instantiate $destructor (with "host" (instance (export "note" (func $note))))))
  (type $thing' (resource (rep i32) (dtor (core func $destructor "destroy"))))
  (export $thing "thing" (type $thing'))
  (core func $new (canon resource.new $thing'))
  (core module $core
    (import "thing" "new" (func $new (param i32) (result i32)))
    (func (export "attack") (result i32) (call $new (i32.const 7))))
  (core instance $core (instantiate $core (with "thing" (instance (export "new" (func $new))))))
  (func (export "attack") (result (own $thing)) (canon lift (core func $core "attack"))))
