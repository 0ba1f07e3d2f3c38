// `npm run soak [-- --cycles N]`: guests that start, work and end, thousands of times, many by force. Nothing may stay.
import { parse } from '@bytecodealliance/jco';
import { compile, isLoopError } from '@loophost/component';
import type { Host, LinkedComponent } from '@loophost/host';
import { createNodeHost } from '@loophost/node';
import { parseArgs } from 'node:util';

/** Of this many cycles, one ends a thread that loops. */
const KILL_EVERY = 5;
/** One after the other: how many threads the allocator has seen at once is its own business. */
const AT_ONCE = 1;
/** Memory at rest at the end, against that after a tenth of the way. */
const GROWTH = 1.1;

const GUEST = `(component
  (core module $m (memory 2)
    (func (export "count") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (func (export "loop") (loop $again (br $again))))
  (core instance $i (instantiate $m))
  (func (export "count") (param "x" u32) (result u32) (canon lift (core func $i "count")))
  (func (export "loop") (canon lift (core func $i "loop"))))`;

async function cycle(linked: LinkedComponent, number: number): Promise<boolean> {
  await using instance = await linked.instantiate();
  if ((await instance.call('count', [number])) !== number + 1) throw new Error('wrong result');
  if (number % KILL_EVERY !== 0) return false;
  try {
    await instance.call('loop', [], { timeoutMs: 5 });
  } catch (error) {
    if (isLoopError(error) && error.code === 'E_DEADLINE_EXCEEDED') return true;
    throw error;
  }
  throw new Error('the loop ended');
}

async function cycles(linked: LinkedComponent, from: number, to: number): Promise<number> {
  let next = from;
  let killed = 0;
  const work = async (): Promise<void> => {
    while (next < to) {
      const wasKilled = await cycle(linked, next++);
      killed += Number(wasKilled);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return killed;
}

/**
 * The memory of the process when all threads that end have ended, and V8 has given back garbage and what it holds in
 * reserve: its young generation grows with the work, up to 48 MB, whatever is alive.
 */
async function restingMb(host: Host): Promise<number> {
  for (let i = 0; i < 50 && host.live.instances > 0; i++) await new Promise((resolve) => setTimeout(resolve, 20));
  for (let i = 0; i < 3; i++) {
    await globalThis.gc?.({ type: 'major', execution: 'async', flavor: 'last-resort' });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage.rss() / 1e6;
}

const { values } = parseArgs({ options: { cycles: { type: 'string', default: '10000' } } });
const count = Number(values.cycles);
const host = createNodeHost();
const linked = await host.link(await compile(await parse(GUEST)), { name: 'soak' });
const started = performance.now();
const tenth = Math.ceil(count / 10);
let killed = 0;
const resting: number[] = [];
const working: number[] = [];
for (let from = 0; from < count; from += tenth) {
  killed += await cycles(linked, from, Math.min(from + tenth, count));
  working.push(process.memoryUsage.rss() / 1e6);
  resting.push(await restingMb(host));
}
const [early = 0, late = 0] = [resting[0], resting.at(-1)];
await host[Symbol.asyncDispose]();
const seconds = (performance.now() - started) / 1000;
const live = Object.entries(host.live).map(([what, number]) => `${number} ${what}`);
console.log(`${count} guests made and disposed of, ${killed} of them ended at a deadline, in ${seconds.toFixed(0)} s`);
for (const [what, all] of Object.entries({ 'at work': working, 'at rest': resting }))
  console.log(`memory ${what} after each tenth, in MB: ${all.map((mb) => mb.toFixed(0)).join(' ')}`);
console.log(`alive at the end: ${live.join(', ')}`);
console.log(
  `memory: ${early.toFixed(0)} MB after a tenth, ${late.toFixed(0)} MB at the end (${(late / early).toFixed(2)}x)`,
);
const holds = Object.values(host.live).every((number) => number === 0) && late <= early * GROWTH;
console.log(holds ? 'soak: nothing stays' : 'soak: something stays');
process.exitCode = holds ? 0 : 1;
