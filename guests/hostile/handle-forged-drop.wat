;; E_TRAP_UNKNOWN_HANDLE: drops a handle of its own invention
(component
  (type $thing (resource (rep i32)))
  (core func $drop (canon resource.drop $thing))
  (core module $core
    (import "thing" "drop" (func $drop (param i32)))
    (func (export "attack") (param i32) (call $drop (local.get 0))))
  (core instance $core (instantiate $core (with "thing" (instance (export "drop" (func $drop))))))
  (func (export "attack") (param "handle" u32) (canon lift (core func $core "attack"))))
