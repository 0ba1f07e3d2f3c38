;; E_LIMIT_EXCEEDED: starts with 320 MiB in five memories
(component
  (core module $core
    (memory 1024)
    (memory 1024)
    (memory 1024)
    (memory 1024)
    (memory 1024)
    (func $attack (export "attack") nop))
  (core instance $core (instantiate $core))
  (func (export "attack") (canon lift (core func $core "attack"))))
