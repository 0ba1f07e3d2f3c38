;; Strings in UTF-8: a length is a number of bytes.
(component
  (import "loop:guests/listener@0.1.0" (instance $listener
    (export "hear" (func (param "text" string) (result string)))))

  (core module $heap
    (memory (export "memory") 1)
    (global $top (mut i32) (i32.const 4096))
    ;; Blocks are laid one after the other, and all freed at once when a call has ended.
    (func (export "realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
      (local $block i32)
      (local.set $block (i32.and
        (i32.add (global.get $top) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
      (global.set $top (i32.add (local.get $block) (local.get $size)))
      (block $fits
        (br_if $fits (i32.le_u (global.get $top) (i32.mul (memory.size) (i32.const 65536))))
        (br_if $fits (i32.ge_s (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 1))) (i32.const 0)))
        unreachable)
      (memory.copy (local.get $block) (local.get $old) (local.get $old-size))
      (local.get $block))
    (func (export "reset") (param i32) (global.set $top (i32.const 4096))))
  (core instance $heap (instantiate $heap))
  (alias core export $heap "memory" (core memory $memory))
  (alias core export $heap "realloc" (core func $realloc))
  (alias core export $heap "reset" (core func $reset))

  (core func $hear (canon lower (func $listener "hear") string-encoding=utf8 (memory $memory) (realloc $realloc)))
  (core module $core
    (import "heap" "memory" (memory 1))
    (import "listener" "hear" (func $hear (param i32 i32 i32)))
    ;; The samples: address and length of each.
    (data (i32.const 16)
      "@\00\00\00\00\00\00\00"
      "@\00\00\00\05\00\00\00"
      "F\00\00\00\07\00\00\00"
      "N\00\00\00\06\00\00\00"
      "T\00\00\00\04\00\00\00")
    (data (i32.const 64) "plain") ;; plain
    (data (i32.const 70) "Gr\c3\bc\c3\9fe") ;; Grüße
    (data (i32.const 78) "\e8\a8\88\e7\ae\97") ;; 計算
    (data (i32.const 84) "\f0\9f\a7\ae") ;; 🧮

    ;; The block at 0, 8 bytes, is where results lie.
    (func $echo (export "echo") (param i32 i32) (result i32)
      (i32.store (i32.const 0) (local.get 0))
      (i32.store (i32.const 4) (local.get 1))
      (i32.const 0))
    (func (export "units") (param i32 i32) (result i32) (local.get 1))
    (func (export "relay") (param i32 i32) (result i32)
      (call $hear (local.get 0) (local.get 1) (i32.const 0))
      (i32.const 0))
    (func (export "samples") (result i32) (call $echo (i32.const 16) (i32.const 5))))
  (core instance $core (instantiate $core
    (with "heap" (instance $heap))
    (with "listener" (instance (export "hear" (func $hear))))))

  (func $echo (param "v" string) (result string)
    (canon lift (core func $core "echo") string-encoding=utf8 (memory $memory) (realloc $realloc) (post-return $reset)))
  (func $echo-list (param "v" (list string)) (result (list string))
    (canon lift (core func $core "echo") string-encoding=utf8 (memory $memory) (realloc $realloc) (post-return $reset)))
  ;; The length as the guest gets it.
  (func $units (param "v" string) (result u32)
    (canon lift (core func $core "units") string-encoding=utf8 (memory $memory) (realloc $realloc) (post-return $reset)))
  ;; Passes a string to the host, and what the host answers back.
  (func $relay (param "v" string) (result string)
    (canon lift (core func $core "relay") string-encoding=utf8 (memory $memory) (realloc $realloc) (post-return $reset)))
  ;; Strings that the guest holds itself.
  (func $samples (result (list string))
    (canon lift (core func $core "samples") string-encoding=utf8 (memory $memory) (realloc $realloc)))

  (instance $strings
    (export "echo" (func $echo))
    (export "echo-list" (func $echo-list))
    (export "units" (func $units))
    (export "relay" (func $relay))
    (export "samples" (func $samples)))
  (export "loop:guests/strings@0.1.0" (instance $strings)))
