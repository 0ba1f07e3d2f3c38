/** The interface of a provider with two classes of resources, for guests. */
const IMPORT = `(import "acme:test/res@1.0.0" (instance $h
    (export "a" (type $a (sub resource))) (export "b" (type $b (sub resource)))
    (export "[constructor]a" (func (param "x" u32) (result (own $a))))
    (export "[constructor]b" (func (param "x" u32) (result (own $b))))
    (export "[method]a.value" (func (param "self" (borrow $a)) (result u32)))
    (export "make" (func (param "x" u32) (result (own $a))))
    (export "consume" (func (param "a" (own $a)) (result u32)))
    (export "check" (func (param "a" (borrow $a)) (result (result (error (own $a))))))))
  (alias export $h "a" (type $a)) (alias export $h "b" (type $b))`;

const BODIES = {
  /** Makes an object of each class, and asks the first. */
  both: '(local i32) (local.set 1 (call $new-a (local.get 0))) (drop (call $new-b (i32.const 5))) (call $value (local.get 1))',
  construct: '(drop (call $new-a (local.get 0))) (i32.const 0)',
  'construct-and-drop': '(call $drop-a (call $new-a (local.get 0))) (i32.const 0)',
  make: '(call $value (call $make (local.get 0)))',
  consume: `(loop $next (drop (call $consume (call $new-a (local.get 0))))
    (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (i32.const 0)`,
  /** Asks the object that it gets as the payload of an error. */
  check: '(call $check (call $new-a (local.get 0)) (i32.const 8)) (call $value (i32.load (i32.const 12)))',
  hold: `(loop $next (drop (call $new-a (local.get 0)))
    (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (i32.const 0)`,
  churn: `(loop $next (call $drop-a (call $new-a (local.get 0)))
    (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (i32.const 0)`,
};

const names = Object.keys(BODIES);

/** Uses resources of its host: makes, asks, drops and gives them away. Each function takes and gives a u32. */
export const RESOURCE_USER = `(component ${IMPORT}
  (core module $mem (memory (export "m") 1))
  (core instance $mem (instantiate $mem))
  (core func $new-a (canon lower (func $h "[constructor]a")))
  (core func $new-b (canon lower (func $h "[constructor]b")))
  (core func $value (canon lower (func $h "[method]a.value")))
  (core func $make (canon lower (func $h "make")))
  (core func $consume (canon lower (func $h "consume")))
  (core func $check (canon lower (func $h "check") (memory (core memory $mem "m"))))
  (core func $drop-a (canon resource.drop $a))
  (core module $m
    (import "" "m" (memory 1))
    (import "" "new-a" (func $new-a (param i32) (result i32)))
    (import "" "new-b" (func $new-b (param i32) (result i32)))
    (import "" "value" (func $value (param i32) (result i32)))
    (import "" "make" (func $make (param i32) (result i32)))
    (import "" "consume" (func $consume (param i32) (result i32)))
    (import "" "check" (func $check (param i32 i32)))
    (import "" "drop-a" (func $drop-a (param i32)))
    ${names.map((name) => `(func (export "${name}") (param i32) (result i32) ${BODIES[name as keyof typeof BODIES]})`).join('\n    ')})
  (core instance $i (instantiate $m (with "" (instance
    (export "m" (memory $mem "m")) (export "drop-a" (func $drop-a))
    ${['new-a', 'new-b', 'value', 'make', 'consume', 'check'].map((name) => `(export "${name}" (func $${name}))`).join(' ')}))))
  ${names.map((name) => `(func (export "${name}") (param "x" u32) (result u32) (canon lift (core func $i "${name}")))`).join('\n  ')})`;

/** Gets a resource of one interface by a function of another, and asks it. */
export const RESOURCE_OF_ANOTHER = `(component
  (import "acme:test/types@1.0.0" (instance $t
    (export "r" (type (sub resource))) (export "[method]r.value" (func (param "self" (borrow 0)) (result u32)))))
  (alias export $t "r" (type $r))
  (import "acme:test/get@1.0.0" (instance $g
    (alias outer 1 $r (type $q)) (export "r" (type $e (eq $q))) (export "get" (func (result (own $e))))))
  (core func $get (canon lower (func $g "get")))
  (core func $value (canon lower (func $t "[method]r.value")))
  (core module $m
    (import "" "get" (func $get (result i32))) (import "" "value" (func $value (param i32) (result i32)))
    (func (export "go") (result i32) (call $value (call $get))))
  (core instance $i (instantiate $m (with "" (instance (export "get" (func $get)) (export "value" (func $value))))))
  (func (export "go") (result u32) (canon lift (core func $i "go"))))`;

/** Holds a resource of each of two interfaces, and lends that of the first to a function of the second. */
export const RESOURCES_OF_TWO = `(component
  (import "acme:test/types@1.0.0" (instance $t
    (export "r" (type (sub resource)))
    (export "[constructor]r" (func (result (own 0)))) (export "make" (func (result (own 0))))))
  (alias export $t "r" (type $r))
  (import "acme:test/taker@1.0.0" (instance $k
    (alias outer 1 $r (type $rr)) (export "r" (type $e (eq $rr))) (export "q" (type $q (sub resource)))
    (export "[constructor]q" (func (result (own $q)))) (export "make" (func (result (own $q))))
    (export "take" (func (param "r" (borrow $e)) (result u32)))))
  (core func $new-r (canon lower (func $t "[constructor]r"))) (core func $make-r (canon lower (func $t "make")))
  (core func $new-q (canon lower (func $k "[constructor]q"))) (core func $make-q (canon lower (func $k "make")))
  (core func $take (canon lower (func $k "take")))
  (core module $m
    (import "" "new-r" (func $new-r (result i32))) (import "" "make-r" (func $make-r (result i32)))
    (import "" "new-q" (func $new-q (result i32))) (import "" "make-q" (func $make-q (result i32)))
    (import "" "take" (func $take (param i32) (result i32)))
    (func (export "constructed") (result i32) (drop (call $new-q)) (call $take (call $new-r)))
    (func (export "made") (result i32) (drop (call $make-q)) (call $take (call $make-r))))
  (core instance $i (instantiate $m (with "" (instance
    (export "new-r" (func $new-r)) (export "make-r" (func $make-r))
    (export "new-q" (func $new-q)) (export "make-q" (func $make-q)) (export "take" (func $take))))))
  (func (export "constructed") (result u32) (canon lift (core func $i "constructed")))
  (func (export "made") (result u32) (canon lift (core func $i "made"))))`;

/** Passes a map with 3 => 4 to its host, and gives the value of the first pair of the one that it gets. */
export const MAP_USER = `(component
  (import "acme:test/maps@1.0.0" (instance $h
    (export "c" (type (sub resource)))
    (export "put" (func (param "m" (map u32 u32)) (result u32))) (export "get" (func (result (map u32 u32))))))
  (core module $mem (memory (export "m") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $mem (instantiate $mem))
  (core func $put (canon lower (func $h "put") (memory (core memory $mem "m"))))
  (core func $get (canon lower (func $h "get")
    (memory (core memory $mem "m")) (realloc (core func $mem "realloc"))))
  (core module $m
    (import "" "m" (memory 1)) (import "" "put" (func $put (param i32 i32) (result i32)))
    (import "" "get" (func $get (param i32)))
    (func (export "put") (result i32)
      (i32.store (i32.const 0) (i32.const 3)) (i32.store (i32.const 4) (i32.const 4))
      (call $put (i32.const 0) (i32.const 1)))
    (func (export "get") (result i32) (call $get (i32.const 64)) (i32.load offset=4 (i32.load (i32.const 64)))))
  (core instance $i (instantiate $m (with "" (instance
    (export "m" (memory $mem "m")) (export "put" (func $put)) (export "get" (func $get))))))
  (func (export "put") (result u32) (canon lift (core func $i "put")))
  (func (export "get") (result u32) (canon lift (core func $i "get"))))`;

/** Asks for addresses again and again, each of which is a decision to report. */
export const REPORTER = `(component
  (import "wasi:sockets/network@0.2.0" (instance $net
    (export "network" (type (sub resource)))
    (type $codes (enum "unknown" "access-denied" "not-supported" "invalid-argument" "out-of-memory" "timeout"
      "concurrency-conflict" "not-in-progress" "would-block" "invalid-state" "new-socket-limit" "address-not-bindable"
      "address-in-use" "remote-unreachable" "connection-refused" "connection-reset" "connection-aborted"
      "datagram-too-large" "name-unresolvable" "temporary-resolver-failure" "permanent-resolver-failure"))
    (export "error-code" (type (eq $codes)))))
  (alias export $net "network" (type $network))
  (alias export $net "error-code" (type $code))
  (import "wasi:sockets/instance-network@0.2.0" (instance $in
    (alias outer 1 $network (type $n)) (export "network" (type $nn (eq $n)))
    (export "instance-network" (func (result (own $nn))))))
  (import "wasi:sockets/ip-name-lookup@0.2.0" (instance $ip
    (alias outer 1 $network (type $n)) (export "network" (type $nn (eq $n)))
    (alias outer 1 $code (type $c)) (export "error-code" (type $cc (eq $c)))
    (export "resolve-address-stream" (type $s (sub resource)))
    (export "resolve-addresses" (func (param "network" (borrow $nn)) (param "name" string)
      (result (result (own $s) (error $cc)))))))
  (core module $mem (memory (export "m") 1))
  (core instance $mem (instantiate $mem))
  (core func $network (canon lower (func $in "instance-network")))
  (core func $resolve (canon lower (func $ip "resolve-addresses") (memory (core memory $mem "m"))))
  (core module $m
    (import "" "network" (func $network (result i32))) (import "" "resolve" (func $resolve (param i32 i32 i32 i32)))
    (func (export "flood") (local i32)
      (local.set 0 (call $network))
      (loop $next (call $resolve (local.get 0) (i32.const 1000) (i32.const 400) (i32.const 0)) (br $next)))
    (func (export "hang") (param $times i32) (local i32)
      (local.set 1 (call $network))
      (loop $next
        (call $resolve (local.get 1) (i32.const 1000) (i32.const 4) (i32.const 0))
        (br_if $next (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
      (loop $forever (br $forever))))
  (core instance $i (instantiate $m (with "" (instance
    (export "network" (func $network)) (export "resolve" (func $resolve))))))
  (func (export "flood") (canon lift (core func $i "flood")))
  (func (export "hang") (param "times" u32) (canon lift (core func $i "hang"))))`;
