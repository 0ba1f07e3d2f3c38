;; Two components joined by their parent. `$front` speaks UTF-8 and imports what `$greeter`, which speaks UTF-16,
;; exports: a function that takes a record with strings, and one that takes a list of them. Neither sees the other's
;; memory; the host carries the values across.
(component
  (component $greeter
    (core module $core
      (memory (export "memory") 1)
      (global $top (mut i32) (i32.const 4096))
      ;; Blocks are laid one after the other, and all freed at once when a call has ended.
      (func $realloc (export "realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
        (local $block i32)
        (local.set $block (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
        (global.set $top (i32.add (local.get $block) (local.get $size)))
        (memory.copy (local.get $block) (local.get $old) (local.get $old-size))
        (local.get $block))
      (func (export "reset") (param i32) (global.set $top (i32.const 4096)))

      (data (i32.const 16) "H\00e\00l\00l\00o\00,\00 \00") ;; 7 code units
      (data (i32.const 32) "!\00")
      (data (i32.const 34) " \00")

      (func $copy-units (param $to i32) (param $from i32) (param $units i32) (result i32)
        (memory.copy (local.get $to) (local.get $from) (i32.shl (local.get $units) (i32.const 1)))
        (i32.add (local.get $to) (i32.shl (local.get $units) (i32.const 1))))

      ;; Puts address and length of "Hello, [TITLE ]NAME!" at $out.
      (func $make (param $out i32) (param $name i32) (param $name-units i32)
        (param $has-title i32) (param $title i32) (param $title-units i32)
        (local $text i32) (local $end i32)
        ;; What stands behind `none` has no meaning.
        (local.set $title-units (i32.mul (local.get $title-units) (local.get $has-title)))
        (local.set $text (call $realloc (i32.const 0) (i32.const 0) (i32.const 2)
          (i32.shl (i32.add (i32.add (local.get $name-units) (local.get $title-units)) (i32.const 9)) (i32.const 1))))
        (local.set $end (call $copy-units (local.get $text) (i32.const 16) (i32.const 7)))
        (if (local.get $has-title) (then
          (local.set $end (call $copy-units (local.get $end) (local.get $title) (local.get $title-units)))
          (local.set $end (call $copy-units (local.get $end) (i32.const 34) (i32.const 1)))))
        (local.set $end (call $copy-units (local.get $end) (local.get $name) (local.get $name-units)))
        (local.set $end (call $copy-units (local.get $end) (i32.const 32) (i32.const 1)))
        (i32.store (local.get $out) (local.get $text))
        (i32.store offset=4 (local.get $out) (i32.shr_u (i32.sub (local.get $end) (local.get $text)) (i32.const 1))))

      (func (export "greet") (param $name i32) (param $name-units i32)
        (param $has-title i32) (param $title i32) (param $title-units i32) (result i32)
        (call $make (i32.const 0) (local.get $name) (local.get $name-units)
          (local.get $has-title) (local.get $title) (local.get $title-units))
        (i32.const 0))

      ;; A person takes 20 bytes, the address and length of a greeting 8.
      (func (export "greet-all") (param $people i32) (param $count i32) (result i32)
        (local $greetings i32) (local $i i32) (local $person i32)
        (local.set $greetings (call $realloc (i32.const 0) (i32.const 0) (i32.const 4) (i32.shl (local.get $count) (i32.const 3))))
        (block $done
          (loop $next
            (br_if $done (i32.eq (local.get $i) (local.get $count)))
            (local.set $person (i32.add (local.get $people) (i32.mul (local.get $i) (i32.const 20))))
            (call $make
              (i32.add (local.get $greetings) (i32.shl (local.get $i) (i32.const 3)))
              (i32.load (local.get $person))
              (i32.load offset=4 (local.get $person))
              (i32.load8_u offset=8 (local.get $person))
              (i32.load offset=12 (local.get $person))
              (i32.load offset=16 (local.get $person)))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br $next)))
        (i32.store (i32.const 0) (local.get $greetings))
        (i32.store (i32.const 4) (local.get $count))
        (i32.const 0)))
    (core instance $core (instantiate $core))
    (alias core export $core "memory" (core memory $memory))
    (alias core export $core "realloc" (core func $realloc))
    (alias core export $core "reset" (core func $reset))

    (type $person' (record (field "name" string) (field "title" (option string))))
    (export $person "person" (type $person'))
    (func (export "greet") (param "who" $person) (result string)
      (canon lift (core func $core "greet") string-encoding=utf16 (memory $memory) (realloc $realloc) (post-return $reset)))
    (func (export "greet-all") (param "people" (list $person)) (result (list string))
      (canon lift (core func $core "greet-all") string-encoding=utf16 (memory $memory) (realloc $realloc) (post-return $reset))))

  (component $front
    (import "greeter" (instance $greeter
      (type $person' (record (field "name" string) (field "title" (option string))))
      (export "person" (type $person (eq $person')))
      (export "greet" (func (param "who" $person) (result string)))
      (export "greet-all" (func (param "people" (list $person)) (result (list string))))))

    (core module $heap
      (memory (export "memory") 1)
      (global $top (mut i32) (i32.const 4096))
      (func (export "realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
        (local $block i32)
        (local.set $block (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
        (global.set $top (i32.add (local.get $block) (local.get $size)))
        (memory.copy (local.get $block) (local.get $old) (local.get $old-size))
        (local.get $block))
      (func (export "reset") (param i32) (global.set $top (i32.const 4096))))
    (core instance $heap (instantiate $heap))
    (alias core export $heap "memory" (core memory $memory))
    (alias core export $heap "realloc" (core func $realloc))
    (alias core export $heap "reset" (core func $reset))

    (core func $greet (canon lower (func $greeter "greet") (memory $memory) (realloc $realloc)))
    (core func $greet-all (canon lower (func $greeter "greet-all") (memory $memory) (realloc $realloc)))

    ;; A name and a title are passed like the fields of a person, and tuples of them lie in memory like people.
    (core module $core
      (import "greeter" "greet" (func $greet (param i32 i32 i32 i32 i32 i32)))
      (import "greeter" "greet-all" (func $greet-all (param i32 i32 i32)))
      (func (export "welcome") (param i32 i32 i32 i32 i32) (result i32)
        (call $greet (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (i32.const 0))
        (i32.const 0))
      (func (export "welcome-all") (param i32 i32) (result i32)
        (call $greet-all (local.get 0) (local.get 1) (i32.const 0))
        (i32.const 0)))
    (core instance $core (instantiate $core
      (with "greeter" (instance (export "greet" (func $greet)) (export "greet-all" (func $greet-all))))))

    (func (export "welcome") (param "name" string) (param "title" (option string)) (result string)
      (canon lift (core func $core "welcome") (memory $memory) (realloc $realloc) (post-return $reset)))
    (func (export "welcome-all") (param "guests" (list (tuple string (option string)))) (result (list string))
      (canon lift (core func $core "welcome-all") (memory $memory) (realloc $realloc) (post-return $reset))))

  (instance $greeter (instantiate $greeter))
  (instance $front (instantiate $front (with "greeter" (instance $greeter))))
  (export "loop:guests/greeter@0.1.0" (instance $greeter))
  (export "loop:guests/front@0.1.0" (instance $front)))
