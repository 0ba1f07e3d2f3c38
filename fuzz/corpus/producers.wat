;; Custom sections between definitions.
(component
  (@custom "first" "some bytes")
  (type $a (list u8))
  (@custom "second" "more bytes")
  (import "f" (func (param "a" $a)))
  (core module (@custom "inner" "in a module"))
  (@custom "producers" "\00")
  (export "a" (type $a)))
