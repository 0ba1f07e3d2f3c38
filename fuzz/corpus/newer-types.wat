;; Lists of fixed length and maps.
(component
  (type $matrix (list (list f32 4) 4))
  (type $scores (map string u32))
  (type $index (map u64 (list string)))
  (import "invert" (func $invert (param "of" $matrix) (result $matrix)))
  (import "rank" (func (param "scores" $scores) (result (option $index))))
  (core module $m
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 16))
    (func (export "first") (param i32 i32 i32 i32) (result i32) (local.get 0)))
  (core instance $m (instantiate $m))
  (func (export "first") (param "of" (list s16 4)) (result s16) (canon lift (core func $m "first")))
  (export "matrix" (type $matrix))
  (export "invert" (func $invert)))
