// An exported resource in JavaScript: a class. A u32 from 2^31 on is a negative number here, both ways,
// hence `| 0`.
class Counter {
  #value;

  constructor(start) {
    this.#value = start;
  }

  increment(by) {
    this.#value = (this.#value + by) | 0;
    return this.#value;
  }

  value() {
    return this.#value;
  }

  static add(a, b) {
    return new Counter((a.value() + b.value()) | 0);
  }
}

export const jsCounters = {
  Counter,
  isLarger: (a, b) => a.value() >>> 0 > b.value() >>> 0,
  makeMany: (starts) => Array.from(starts, (start) => new Counter(start)),
};
