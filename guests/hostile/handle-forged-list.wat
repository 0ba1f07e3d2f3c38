;; E_TRAP_UNKNOWN_HANDLE: returns a list with a good handle and one of its own invention
(component
  (import "host" (instance $host
    (export "thing" (type $thing (sub resource)))))
  (alias export $host "thing" (type $thing))
  (core module $core
    (memory (export "memory") 1)
    (data (i32.const 16) "\20\00\00\00\02\00\00\00") ;; address, length
    (func (export "attack") (param i32) (result i32)
      (i32.store (i32.const 32) (local.get 0))
      (i32.store (i32.const 36) (i32.const 1234))
      (i32.const 16)))
  (core instance $core (instantiate $core (with "host" (instance ))))
  (func (export "attack") (param "thing" (own $thing)) (result (list (own $thing)))
    (canon lift (core func $core "attack") (memory (core memory $core "memory")))))
