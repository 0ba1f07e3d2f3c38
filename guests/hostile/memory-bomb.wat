;; memory is bounded: grows its memory as far as it can, and gives the number of pages
(component
  (core module $core
    (memory 1)
    (func $attack (export "attack") (result i32) 
      (loop $again (br_if $again (i32.ge_s (memory.grow (i32.const 16)) (i32.const 0))))
      (memory.size)))
  (core instance $core (instantiate $core))
  (func (export "attack") (result u32) (canon lift (core func $core "attack"))))
