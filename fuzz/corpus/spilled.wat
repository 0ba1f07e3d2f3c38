;; Parameters and results too many for core values: they travel in memory.
(component
  (type $wide' (record (field "a" u64) (field "b" f64) (field "c" (option u32)) (field "d" (tuple s8 s16 s32 s64))
    (field "e" char) (field "f" bool)))
  (import "wide" (type $wide (eq $wide')))
  (import "swap" (func $swap (param "x" $wide) (param "y" $wide) (result $wide)))
  (core module $libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 256)))
  (core instance $libc (instantiate $libc))
  (core func $swap' (canon lower (func $swap) (memory (core memory $libc "memory"))))
  (core module $m
    (import "" "swap" (func $swap (param i32 i32)))
    (func (export "run") (param i32) (result i32)
      (call $swap (local.get 0) (i32.const 512)) (i32.const 512)))
  (core instance $i (instantiate $m (with "" (instance (export "swap" (func $swap'))))))
  (func (export "run") (param "x" $wide) (param "y" $wide) (result $wide)
    (canon lift (core func $i "run") (memory (core memory $libc "memory")) (realloc (core func $libc "realloc")))))
