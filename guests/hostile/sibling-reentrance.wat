;; E_TRAP_CANNOT_ENTER: one child calls its sibling, which calls back into the first through their parent
(component
  ;; The parent learns what to call when both children are there: until then its table is empty.
  (core module $later
    (table (export "table") 1 funcref)
    (func (export "call") (call_indirect (i32.const 0))))
  (core instance $later (instantiate $later))
  (func $call-first (canon lift (core func $later "call")))

  (component $child
    (import "next" (func $next))
    (core func $next (canon lower (func $next)))
    (core module $core
      (import "sibling" "next" (func $next))
      (func (export "go") (call $next)))
    (core instance $core (instantiate $core (with "sibling" (instance (export "next" (func $next))))))
    (func (export "go") (canon lift (core func $core "go"))))
  (instance $second (instantiate $child (with "next" (func $call-first))))
  (instance $first (instantiate $child (with "next" (func $second "go"))))

  (core func $first (canon lower (func $first "go")))
  (core module $fill
    (import "later" "table" (table 1 funcref))
    (import "first" "go" (func $go))
    (elem (i32.const 0) func $go))
  (core instance (instantiate $fill
    (with "later" (instance $later))
    (with "first" (instance (export "go" (func $first))))))
  (export "attack" (func $first "go")))
