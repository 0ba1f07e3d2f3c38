;; A child in the middle of its parent: `ask` of the parent calls the child, which calls a function of the parent, on
;; the same stack. A component may be entered again from within itself, so this is not the reentrance that traps.
(component
  (core module $inner
    (global $calls (export "calls") (mut i32) (i32.const 0))
    (func (export "answer") (param i32) (result i32)
      (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
      (i32.mul (local.get 0) (i32.const 10)))
    (func (export "count") (result i32) (global.get $calls)))
  (core instance $inner (instantiate $inner))
  (func $answer (param "x" u32) (result u32) (canon lift (core func $inner "answer")))

  (component $child
    (import "answer" (func $answer (param "x" u32) (result u32)))
    (core func $answer (canon lower (func $answer)))
    (core module $core
      (import "parent" "answer" (func $answer (param i32) (result i32)))
      (func (export "ask") (param i32) (result i32) (i32.add (call $answer (local.get 0)) (i32.const 1))))
    (core instance $core (instantiate $core (with "parent" (instance (export "answer" (func $answer))))))
    (func (export "ask") (param "x" u32) (result u32) (canon lift (core func $core "ask"))))
  (instance $child (instantiate $child (with "answer" (func $answer))))

  (core func $ask (canon lower (func $child "ask")))
  (core module $outer
    (import "child" "ask" (func $ask (param i32) (result i32)))
    (func (export "ask") (param i32) (result i32) (i32.mul (call $ask (local.get 0)) (i32.const 2))))
  (core instance $outer (instantiate $outer (with "child" (instance (export "ask" (func $ask))))))

  ;; (x * 10 + 1) * 2
  (func (export "ask") (param "x" u32) (result u32) (canon lift (core func $outer "ask")))
  ;; The child asked by the host itself: into the parent, then the child, then the parent again.
  (export "ask-child" (func $child "ask"))
  ;; How often the parent answered.
  (func (export "count") (result u32) (canon lift (core func $inner "count"))))
