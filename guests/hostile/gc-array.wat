;; E_GC_HEAP_DENIED: defines an array type, whose values lie on the runtime's own heap
(component
  (core module $core
    (type $bytes (array (mut i8)))
    (func $attack (export "attack") (drop (array.new_default $bytes (i32.const 1000000000)))))
  (core instance $core (instantiate $core))
  (func (export "attack") (canon lift (core func $core "attack"))))
