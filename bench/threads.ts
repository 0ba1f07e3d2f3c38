import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { compile } from '@loophost/component';
import { type LinkedComponent, provide } from '@loophost/host';
import { createNodeHost } from '@loophost/node';
import { compare, median } from './measure.ts';
import { print, type Result, resultOf } from './result.ts';
import { extismThreads, loophostThreads, type ThreadGuest, type ThreadPeer } from './thread-peers.ts';

/** What the C guest imports. */
const BENCH_HOST = provide({
  name: 'bench',
  interfaces: { 'loop:guests/bench-host@0.1.0': { log: () => undefined, tick: (x: number) => x } },
});

const WORDS = ['alpha', 'bravo', 'delta', 'gamma', 'kappa'];
/** The deadline of the call that is ended. It passes on both sides, and is taken off the figure. */
const DEADLINE_MS = 30;
/** Time for a thread that was taken to be replaced. */
const SETTLE_MS = 60;

/** What guests in threads of their own cost, beside Extism in its worker mode, and some figures without a peer. */
export async function threadRows(only: string, rounds: number): Promise<Result[]> {
  const wanted = (name: string): boolean => name.includes(only);
  const results: Result[] = [];
  const add = (result: Result, bound: number): void => {
    print(result, bound);
    results.push(result);
  };
  if (wanted('thread.call')) add(await callRow(rounds), 3);
  if (wanted('thread.start.cold')) add(await startRow('thread.start.cold', 0, rounds), 1);
  if (wanted('thread.start.spare')) add(await startRow('thread.start.spare', 1, rounds), 2);
  if (wanted('kill.recover')) add(await killRow(rounds), 1);
  if (wanted('thread.pipelined')) await reportPipelined();
  if (wanted('instance.memory')) await reportMemory();
  return results;
}

/** A small call to a guest in its own thread, and back. */
async function callRow(rounds: number): Promise<Result> {
  const [ours, theirs] = [await loophostThreads(0), await extismThreads()];
  const [a, b] = [await ours.start(), await theirs.start()];
  const work =
    (guest: ThreadGuest) =>
    async (n: number): Promise<number> => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (await guest.upper(WORDS[i % WORDS.length] as string)).length;
      return sum;
    };
  const measured = await compare(work(a), work(b), rounds);
  for (const one of [a, b, ours, theirs]) await one.close();
  return resultOf('thread.call', 'us', theirs.name, measured);
}

/** From a compiled guest to its first result, in a thread that is made for it, or one that waits. */
async function startRow(name: string, spareThreads: number, rounds: number): Promise<Result> {
  const [ours, theirs] = [await loophostThreads(spareThreads), await extismThreads()];
  const once = async (peer: ThreadPeer): Promise<number> => {
    const started = performance.now();
    const guest = await peer.start();
    await guest.upper('alpha');
    const elapsed = performance.now() - started;
    await guest.close();
    await settle();
    return elapsed * 1e6;
  };
  await once(ours);
  await once(theirs);
  const measured = await inTurn(
    () => once(ours),
    () => once(theirs),
    rounds,
  );
  if (spareThreads > 0) {
    const megabytes = (process.memoryUsage.rss() / 1e6).toFixed(0);
    console.log(`  ${spareThreads} spare thread; the process takes ${megabytes} MB`);
  }
  await ours.close();
  return resultOf(name, 'ms', theirs.name, measured);
}

/** From the moment when a deadline passes to the answer of the next call. */
async function killRow(rounds: number): Promise<Result> {
  const [ours, theirs] = [await loophostThreads(1), await extismThreads(DEADLINE_MS)];
  const [a, b] = [await ours.start(), await theirs.start()];
  const once = async (guest: ThreadGuest): Promise<number> => {
    await guest.upper('alpha');
    await settle();
    const started = performance.now();
    await guest.loop(DEADLINE_MS);
    await guest.upper('bravo');
    return (performance.now() - started - DEADLINE_MS) * 1e6;
  };
  const measured = await inTurn(
    () => once(a),
    () => once(b),
    rounds,
  );
  for (const one of [a, b, ours]) await one.close();
  return resultOf('kill.recover', 'ms', theirs.name, measured);
}

async function inTurn(
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
  rounds: number,
): Promise<{ ours: number; theirs: number }> {
  const [a, b]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    a.push(await ours());
    b.push(await theirs());
  }
  return { ours: median(a), theirs: median(b) };
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

/** Calls that do not wait for each other: one guest, and a pool on all cores. */
async function reportPipelined(): Promise<void> {
  const peer = await loophostThreads(0);
  const guest = await peer.start();
  const calls = 20_000;
  const rate = async (call: (word: string) => Promise<unknown>): Promise<string> => {
    const started = performance.now();
    for (let i = 0; i < calls; i += 500)
      await Promise.all(Array.from({ length: 500 }, (_, j) => call(WORDS[j % WORDS.length] as string)));
    return Math.round((calls / (performance.now() - started)) * 1000).toLocaleString('en');
  };
  await rate((word) => guest.upper(word));
  console.log(`thread.pipelined   ${await rate((word) => guest.upper(word))} calls/s, 500 at a time`);
  const size = cpus().length;
  const pool = peer.linked.pool({ size, callsPerInstance: 250, queueLimit: 1000 });
  await pool.start();
  console.log(`pool.throughput    ${await rate((word) => pool.call('upper', [word]))} calls/s, ${size} instances`);
  await guest.close();
  await peer.close();
}

/** What one more instance takes of the process, thread included. */
async function reportMemory(): Promise<void> {
  for (const name of ['c-bench', 'agent']) {
    const bytes = readFileSync(new URL(`../guests/${name}/${name}.wasm`, import.meta.url));
    const component = await compile(bytes);
    await using host = createNodeHost({ spareThreads: 0, capabilities: [BENCH_HOST] });
    const linked = await host.link(component, { name, grants: { bench: true } });
    const [each, count] = [await memoryOf(linked, 8), 8];
    console.log(
      `instance.memory    ${(each / 1e6).toFixed(1)} MB for one of ${count} instances of ${name}, each in its thread`,
    );
  }
}

async function memoryOf(linked: LinkedComponent, count: number): Promise<number> {
  await using first = await linked.instantiate();
  const before = process.memoryUsage.rss();
  const instances = await Promise.all(Array.from({ length: count }, () => linked.instantiate()));
  const after = process.memoryUsage.rss();
  for (const instance of [...instances, first]) await instance[Symbol.asyncDispose]();
  return (after - before) / count;
}
