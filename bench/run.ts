import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { count, text, toolOptions } from '../scripts/house/options.ts';
import { type Engine, jcoTranspile, jsco, loophost } from './engines.ts';
import { commandRows } from './command.ts';
import { compare, median } from './measure.ts';
import { print, type Result, resultOf } from './result.ts';
import { type Row, ROWS } from './rows.ts';
import { threadRows } from './threads.ts';

const USAGE = `usage: npm run bench -- [--json FILE] [--peer-dir DIR] [--only TEXT] [--rounds N]
  --json FILE     write { rows: [{ name, unit, ours, theirs, peer, ratio }] }
  --peer-dir DIR  a built checkout of jsco, whose rows appear too
  --only TEXT     run the rows whose name contains TEXT
  --rounds N      rounds per row, at least 9 (default 11)
Both engines take turns in one process; a ratio is the peer's median over ours, so more than 1 means that we are faster.`;

async function runRow(row: Row, ours: Engine, peer: Engine, rounds: number): Promise<Result> {
  const measured = await compare(await row.prepare(ours), await row.prepare(peer), rounds, row.once);
  return resultOf(row.name, row.unit, peer.name, measured);
}

/** Whole processes, in turn: nothing is warm but the disk. */
function runCold(peerArgument: string, peer: string, rounds: number): Result {
  const agent = fileURLToPath(new URL('../guests/agent/agent.wasm', import.meta.url));
  const cold = fileURLToPath(new URL('./cold.ts', import.meta.url));
  const once = (which: string): number => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [cold, which, agent], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the cold run of ${which} failed: ${stderr}`);
    return Number(stdout) * 1e6;
  };
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    ours.push(once('ours'));
    theirs.push(once(peerArgument));
  }
  return resultOf('load.agent-cold', 'ms', peer, { ours: median(ours), theirs: median(theirs) });
}

async function runPeer(
  peer: Engine,
  argument: string,
  only: string,
  rounds: number,
  hasBounds: boolean,
): Promise<Result[]> {
  const results: Result[] = [];
  const ours = await loophost();
  for (const row of ROWS.filter(({ name }) => name.includes(only))) {
    try {
      const result = await runRow(row, ours, peer, rounds);
      print(result, hasBounds ? row.bound : undefined);
      results.push(result);
    } catch (error) {
      if (hasBounds) throw error;
      console.log(
        `${row.name.padEnd(18)} ${peer.name} cannot: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  if ('load.agent-cold'.includes(only)) {
    try {
      const result = runCold(argument, peer.name, rounds);
      print(result, hasBounds ? 8 : undefined);
      results.push(result);
    } catch (error) {
      if (hasBounds) throw error;
      console.log(`load.agent-cold    ${peer.name} cannot: ${String(error).split('\n')[0]}`);
    }
  }
  peer.close();
  return results;
}

const OPTIONS = { json: text, 'peer-dir': text, only: text, rounds: count(11, 9) };
const { rounds, only = '', ...values } = toolOptions('bench', USAGE, OPTIONS);
console.log(
  `node ${process.version}, load ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}, ${rounds} rounds`,
);
const rows = await runPeer(await jcoTranspile(), 'jco', only, rounds, true);
const peerDir = values['peer-dir'];
if (peerDir !== undefined) rows.push(...(await runPeer(await jsco(peerDir), peerDir, only, rounds, false)));
rows.push(...(await threadRows(only, rounds)), ...commandRows(only, rounds));
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ rows }, undefined, 2)}\n`);
