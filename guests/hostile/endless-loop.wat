;; no end: spins until its thread is ended
(component
  (core module $core
    (func $attack (export "attack") (loop $again (br $again))))
  (core instance $core (instantiate $core))
  (func (export "attack") (canon lift (core func $core "attack"))))
