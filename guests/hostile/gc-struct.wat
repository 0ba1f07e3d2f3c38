;; E_GC_HEAP_DENIED: defines a struct type, whose values lie on the runtime's own heap
(component
  (core module $core
    (type $link (struct (field (ref null $link))))
    (func $attack (export "attack") (local $list (ref null $link))
      (loop $again (local.set $list (struct.new $link (local.get $list))) (br $again))))
  (core instance $core (instantiate $core))
  (func (export "attack") (canon lift (core func $core "attack"))))
