;; A component that logs: what it is told, once or often, and that it starts.
(component
  (import "wasi:logging/logging@0.1.0-draft" (instance $logging
    (type $level-type (enum "trace" "debug" "info" "warn" "error" "critical"))
    (export "level" (type $level (eq $level-type)))
    (export "log" (func (param "level" $level) (param "context" string) (param "message" string)))))
  (alias export $logging "level" (type $level))

  (core module $memory-module
    (memory (export "memory") 2)
    (global $top (mut i32) (i32.const 1024))
    (data (i32.const 0) "startstarted")
    ;; Only the texts of the call that runs are needed.
    (func (export "clear") (global.set $top (i32.const 1024)))
    (func (export "realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
      (local $block i32) (local $missing i32)
      (local.set $block (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
      (global.set $top (i32.add (local.get $block) (local.get $size)))
      (local.set $missing (i32.sub (global.get $top) (i32.mul (memory.size) (i32.const 65536))))
      (if (i32.gt_s (local.get $missing) (i32.const 0)) (then
        (if (i32.eq (memory.grow (i32.div_u (i32.add (local.get $missing) (i32.const 65535)) (i32.const 65536))) (i32.const -1))
          (then unreachable))))
      (local.get $block)))
  (core instance $own (instantiate $memory-module))
  (core func $log (canon lower (func $logging "log") (memory (core memory $own "memory"))))

  (core module $logger-module
    (import "host" "log" (func $log (param i32 i32 i32 i32 i32)))
    (import "own" "memory" (memory 2))
    (import "own" "clear" (func $clear))
    (func $start (call $log (i32.const 2) (i32.const 0) (i32.const 5) (i32.const 5) (i32.const 7)))
    (start $start)
    (func $times (export "log-times")
      (param $level i32) (param $context i32) (param $context-length i32) (param $message i32) (param $message-length i32)
      (param $times i32)
      (if (local.get $times) (then
        (loop $next
          (call $log (local.get $level) (local.get $context) (local.get $context-length)
            (local.get $message) (local.get $message-length))
          (local.set $times (i32.sub (local.get $times) (i32.const 1)))
          (br_if $next (local.get $times)))))
      (call $clear))
    (func (export "log")
      (param $level i32) (param $context i32) (param $context-length i32) (param $message i32) (param $message-length i32)
      (call $times (local.get $level) (local.get $context) (local.get $context-length)
        (local.get $message) (local.get $message-length) (i32.const 1)))
    (func (export "log-and-loop")
      (param $level i32) (param $context i32) (param $context-length i32) (param $message i32) (param $message-length i32)
      (call $times (local.get $level) (local.get $context) (local.get $context-length)
        (local.get $message) (local.get $message-length) (i32.const 1))
      (loop $forever (br $forever))))
  (core instance $logger (instantiate $logger-module
    (with "host" (instance (export "log" (func $log))))
    (with "own" (instance $own))))

  (export $exported-level "level" (type $level))
  (func (export "log") (param "level" $exported-level) (param "context" string) (param "message" string)
    (canon lift (core func $logger "log") (memory (core memory $own "memory")) (realloc (core func $own "realloc"))))
  (func (export "log-times")
    (param "level" $exported-level) (param "context" string) (param "message" string) (param "times" u32)
    (canon lift (core func $logger "log-times") (memory (core memory $own "memory")) (realloc (core func $own "realloc"))))
  (func (export "log-and-loop") (param "level" $exported-level) (param "context" string) (param "message" string)
    (canon lift (core func $logger "log-and-loop") (memory (core memory $own "memory")) (realloc (core func $own "realloc")))))
