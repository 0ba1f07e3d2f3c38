;; Built-ins of the proposal for threads.
(component
  (core type $start (func (param i32)))
  (core module $m (table (export "t") 4 funcref))
  (core instance $i (instantiate $m))
  (alias core export $i "t" (core table $t))
  (core func (canon thread.index))
  (core func (canon thread.new-indirect $start (core table $t)))
  (core func (canon thread.suspend))
  (core func (canon thread.resume-later)))
