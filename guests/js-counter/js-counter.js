// An exported resource in JavaScript: a class. A u32 from 2^31 on arrives as a negative number, hence `>>> 0`.
class Counter {
  #value;

  constructor(start) {
    this.#value = start >>> 0;
  }

  increment(by) {
    this.#value = (this.#value + by) >>> 0;
    return this.#value;
  }

  value() {
    return this.#value;
  }

  static add(a, b) {
    return new Counter(a.value() + b.value());
  }
}

export const jsCounters = {
  Counter,
  isLarger: (a, b) => a.value() > b.value(),
  makeMany: (starts) => Array.from(starts, (start) => new Counter(start)),
};
