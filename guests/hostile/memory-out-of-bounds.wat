;; E_TRAP_CORE: reads beyond its own memory
(component
  (core module $core
    (memory 1)
    (func $attack (export "attack") (drop (i32.load (i32.const 65533)))))
  (core instance $core (instantiate $core))
  (func (export "attack") (canon lift (core func $core "attack"))))
