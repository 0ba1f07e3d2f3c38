;; Core start functions, data and element segments, a table call.
(component
  (import "note" (func $note (param "n" u32)))
  (core func $note' (canon lower (func $note)))
  (core module $m
    (type $t (func (param i32) (result i32)))
    (import "" "note" (func $note (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 8) "some text")
    (table funcref (elem $double $square))
    (func $double (type $t) (i32.mul (local.get 0) (i32.const 2)))
    (func $square (type $t) (i32.mul (local.get 0) (local.get 0)))
    (func $begin (call $note (i32.load (i32.const 8))))
    (start $begin)
    (func (export "apply") (param i32 i32) (result i32) (call_indirect (type $t) (local.get 1) (local.get 0))))
  (core instance $i (instantiate $m (with "" (instance (export "note" (func $note'))))))
  (func (export "apply") (param "which" u8) (param "to" u32) (result u32) (canon lift (core func $i "apply"))))
