;; E_TRAP_CORE: reaches unreachable in its start function
(component
  (core module $core
    (func $start unreachable)
    (start $start)
    (func (export "attack")))
  (core instance $core (instantiate $core))
  (func (export "attack") (canon lift (core func $core "attack"))))
