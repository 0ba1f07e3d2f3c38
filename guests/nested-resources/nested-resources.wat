;; `$vault` defines a resource type. Its sibling `$keeper` gets it through their parent: it makes secrets, keeps handles
;; to them, lends them to `$vault`, and gives them away to the host.
(component
  (component $vault
    ;; A secret is represented by the address of its text's address and length.
    (core module $heap
      (memory (export "memory") 1)
      (global $alive (export "alive") (mut i32) (i32.const 0))
      (global $top (mut i32) (i32.const 1024))
      ;; Blocks are never freed: this guest lives for a few calls.
      (func (export "realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
        (local $block i32)
        (local.set $block (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
        (global.set $top (i32.add (local.get $block) (local.get $size)))
        (memory.copy (local.get $block) (local.get $old) (local.get $old-size))
        (local.get $block))
      (func (export "destroy") (param $secret i32)
        (i64.store (local.get $secret) (i64.const 0))
        (global.set $alive (i32.sub (global.get $alive) (i32.const 1)))))
    (core instance $heap (instantiate $heap))
    (alias core export $heap "memory" (core memory $memory))
    (alias core export $heap "realloc" (core func $realloc))
    (alias core export $heap "destroy" (core func $destroy))

    (type $secret' (resource (rep i32) (dtor (core func $destroy))))
    (core func $new (canon resource.new $secret'))
    (export $secret "secret" (type $secret'))

    (core module $core
      (import "heap" "memory" (memory 1))
      (import "heap" "alive" (global $alive (mut i32)))
      (import "heap" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
      (import "secret" "new" (func $new (param i32) (result i32)))
      (func (export "make") (param $text i32) (param $length i32) (result i32)
        (local $secret i32)
        (local.set $secret (call $realloc (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 8)))
        (i32.store (local.get $secret) (local.get $text))
        (i32.store offset=4 (local.get $secret) (local.get $length))
        (global.set $alive (i32.add (global.get $alive) (i32.const 1)))
        (call $new (local.get $secret)))
      (func (export "reveal") (param $secret i32) (result i32) (local.get $secret))
      (func (export "alive") (result i32) (global.get $alive)))
    (core instance $core (instantiate $core
      (with "heap" (instance $heap))
      (with "secret" (instance (export "new" (func $new))))))

    (func (export "[constructor]secret") (param "text" string) (result (own $secret))
      (canon lift (core func $core "make") (memory $memory) (realloc $realloc)))
    (func (export "[method]secret.reveal") (param "self" (borrow $secret)) (result string)
      (canon lift (core func $core "reveal") (memory $memory) (realloc $realloc)))
    ;; How many secrets there are.
    (func (export "alive") (result u32) (canon lift (core func $core "alive"))))

  (component $keeper
    (import "vault" (instance $vault
      (export "secret" (type $secret (sub resource)))
      (export "[constructor]secret" (func (param "text" string) (result (own $secret))))
      (export "[method]secret.reveal" (func (param "self" (borrow $secret)) (result string)))))
    (alias export $vault "secret" (type $secret))

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

    (core func $make (canon lower (func $vault "[constructor]secret") (memory $memory) (realloc $realloc)))
    (core func $reveal (canon lower (func $vault "[method]secret.reveal") (memory $memory) (realloc $realloc)))
    (core func $drop (canon resource.drop $secret))

    ;; Functions of handles, which are numbers of this component's own: the host knows a secret by another.
    (core module $core
      (import "vault" "make" (func $make (param i32 i32) (result i32)))
      (import "vault" "reveal" (func $reveal (param i32 i32)))
      (import "vault" "drop" (func $drop (param i32)))
      (func (export "same") (param i32) (result i32) (local.get 0))
      (func (export "make") (param i32 i32) (result i32) (call $make (local.get 0) (local.get 1)))
      (func (export "reveal") (param i32) (result i32) (call $reveal (local.get 0) (i32.const 0)) (i32.const 0))
      (func (export "drop") (param i32) (call $drop (local.get 0)))
      ;; A borrowed handle is dropped before the call ends.
      (func (export "peek") (param i32) (result i32)
        (call $reveal (local.get 0) (i32.const 0))
        (call $drop (local.get 0))
        (i32.const 0)))
    (core instance $core (instantiate $core (with "vault" (instance
      (export "make" (func $make))
      (export "reveal" (func $reveal))
      (export "drop" (func $drop))))))

    ;; Makes a secret and keeps it. Gives the number that it is kept under.
    (func (export "keep-new") (param "text" string) (result u32)
      (canon lift (core func $core "make") (memory $memory) (realloc $realloc) (post-return $reset)))
    ;; Keeps a secret that the caller gives.
    (func (export "keep") (param "secret" (own $secret)) (result u32) (canon lift (core func $core "same")))
    (func (export "reveal-kept") (param "number" u32) (result string)
      (canon lift (core func $core "reveal") (memory $memory) (realloc $realloc) (post-return $reset)))
    ;; Reads a secret that is only lent.
    (func (export "peek") (param "secret" (borrow $secret)) (result string)
      (canon lift (core func $core "peek") (memory $memory) (realloc $realloc) (post-return $reset)))
    ;; Gives a kept secret away.
    (func (export "release") (param "number" u32) (result (own $secret)) (canon lift (core func $core "same")))
    (func (export "forget") (param "number" u32) (canon lift (core func $core "drop"))))

  (instance $vault (instantiate $vault))
  (instance $keeper (instantiate $keeper (with "vault" (instance $vault))))
  (export "loop:guests/vault@0.1.0" (instance $vault))
  (export "loop:guests/keeper@0.1.0" (instance $keeper)))
