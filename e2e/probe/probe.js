// What the page and its worker both do; the test expects the same of both.
import { compile, Component, isComponentError, isLoopError, suspending } from '/engine/index.js';

const GUESTS = {
  c: '/guests/c-bench/c-bench.wasm',
  rust: '/guests/rust-counter/rust-counter.wasm',
  agent: '/guests/agent/agent.wasm',
  trap: '/guests/hostile/division-by-zero.wasm',
};

/** Violations of the Content-Security-Policy that this page or worker reported. */
export const violations = [];
addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
  violations.push(`${effectiveDirective} ${blockedURI}`),
);

/** Compiles the guests from bytes that this page or worker fetches. */
export async function compileGuests() {
  const entries = Object.entries(GUESTS).map(async ([name, url]) => {
    const response = await fetch(url);
    return [name, await compile(await response.arrayBuffer())];
  });
  return Object.fromEntries(await Promise.all(entries));
}

export function toMessages(components) {
  return Object.fromEntries(Object.entries(components).map(([name, component]) => [name, component.toMessage()]));
}

export function fromMessages(messages) {
  return Object.fromEntries(Object.entries(messages).map(([name, message]) => [name, Component.fromMessage(message)]));
}

/** Links, instantiates and calls; what comes out is plain data. */
export async function probe(components) {
  return {
    values: await values(components.c),
    suspended: await suspended(components.c),
    resources: await resources(components.rust),
    agent: await agent(components.agent),
    trap: await trap(components.trap),
  };
}

async function start(component, tick) {
  const host = { 'loop:guests/bench-host@0.1.0': { log: () => undefined, tick } };
  const instance = await component.link(host).instantiate();
  return instance.exports['loop:guests/bench@0.1.0'];
}

async function values(component) {
  const c = await start(component, (x) => x * 10);
  const failure = caught(() => c.centroid([]));
  return {
    add: c.add(4_000_000_000, 300_000_000),
    greet: c.greet('wörld 🦀'),
    birthday: c.birthday({ name: 'Ada', age: 36, tags: ['maths'] }),
    reversed: [...c.reverseBytes(Uint8Array.of(1, 2, 3))],
    centroid: c.centroid([
      { x: 0, y: 0 },
      { x: 2, y: 4 },
    ]),
    noCentroid: isComponentError(failure) && failure.payload,
    callHost: c.callHost(4),
    wrongArgument: caught(() => c.add('1', 2)).code,
  };
}

/** The guest calls a promise of ours in a plain loop. Exports that cannot reach it stay plain functions. */
async function suspended(component) {
  const order = [];
  const c = await start(
    component,
    suspending(async (x) => {
      order.push(`tick ${x}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return x;
    }),
  );
  const pending = c.callHost(3);
  const isPromise = pending instanceof Promise;
  order.push('waiting');
  const blocked = caught(() => c.add(1, 2)).code;
  return { isPromise, blocked, sum: await pending, order, plainAgain: c.add(1, 2) };
}

async function resources(component) {
  const logs = [];
  const host = { 'loop:guests/counter-host@0.1.0': { log: (message) => logs.push(message) } };
  const { exports } = await component.link(host).instantiate();
  const { Counter, isLarger, live } = exports['loop:guests/counters@0.1.0'];
  const [a, b] = [new Counter(5), new Counter(7)];
  a.increment(3);
  const larger = isLarger(a, b);
  const merged = Counter.merge(a, b);
  const seen = { larger, sum: merged.value(), live: live() };
  merged[Symbol.dispose]();
  return { ...seen, liveAfter: live(), logs };
}

async function agent(component) {
  using instance = await component.link().instantiate();
  const { runCode } = instance.exports;
  return [runCode('[1, 2, 3].map((n) => n ** 2).join()'), runCode('typeof fetch'), runCode('nothing.here')];
}

async function trap(component) {
  const { exports } = await component.link().instantiate();
  const error = caught(() => exports.attack(0));
  return {
    isLoopError: isLoopError(error),
    code: error.code,
    function: error.backtrace[0]?.split(' ')[0],
    after: caught(() => exports.attack(1)).code,
  };
}

function caught(work) {
  try {
    return { code: `no error, but ${work()}` };
  } catch (error) {
    return error;
  }
}
