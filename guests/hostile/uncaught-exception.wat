;; E_TRAP_EXCEPTION: throws an exception that it does not catch
(component
  (core module $core
    (tag $oops (param i32))
    (func $attack (export "attack") (throw $oops (i32.const 42))))
  (core instance $core (instantiate $core))
  (func (export "attack") (canon lift (core func $core "attack"))))
