;; A core module of the host, linked with one of our own.
(component
  (import "libc" (core module $libc
    (export "memory" (memory 1))
    (export "realloc" (func (param i32 i32 i32 i32) (result i32)))))
  (core module $m
    (import "libc" "memory" (memory 1))
    (func (export "length") (param i32 i32) (result i32) (local.get 1)))
  (core instance $libc (instantiate $libc))
  (core instance $m (instantiate $m (with "libc" (instance $libc))))
  (func (export "length") (param "text" string) (result u32)
    (canon lift (core func $m "length") (memory (core memory $libc "memory")) (realloc (core func $libc "realloc")))))
