;; E_TRAP_CORE: ends in unreachable in its post-return function, after it has given a good result
(component
  (core module $core
    (func (export "attack") (result i32) (i32.const 7))
    (func (export "clean-up") (param i32) unreachable))
  (core instance $core (instantiate $core))
  (func (export "attack") (result u32)
    (canon lift (core func $core "attack") (post-return (core func $core "clean-up")))))
