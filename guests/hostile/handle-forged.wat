;; E_TRAP_UNKNOWN_HANDLE: asks what a handle of its own invention stands for
(component
  (type $thing (resource (rep i32)))
  (core func $rep (canon resource.rep $thing))
  (core module $core
    (import "thing" "rep" (func $rep (param i32) (result i32)))
    (func (export "attack") (param i32) (result i32) (call $rep (local.get 0))))
  (core instance $core (instantiate $core (with "thing" (instance (export "rep" (func $rep))))))
  (func (export "attack") (param "handle" u32) (result u32) (canon lift (core func $core "attack"))))
