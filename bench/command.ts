import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './measure.ts';
import { print, type Result, resultOf } from './result.ts';

const HELLO = fileURLToPath(new URL('../guests/rust-hello/rust-hello.wasm', import.meta.url));
const LOOP = fileURLToPath(new URL('../packages/cli/dist/bundle/main.cjs', import.meta.url));
const JCO = fileURLToPath(new URL('./jco.js', import.meta.resolve('@bytecodealliance/jco')));

/** The same command component, in a process of its own: `loop run` beside `jco run`. */
export function commandRows(only: string, rounds: number): Result[] {
  if (!'cli.run'.includes(only)) return [];
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    ours.push(once([LOOP, 'run', HELLO]));
    theirs.push(once([JCO, 'run', HELLO]));
  }
  const result = resultOf('cli.run', 'ms', '@bytecodealliance/jco', { ours: median(ours), theirs: median(theirs) });
  print(result, 5);
  return [result];
}

function once(args: readonly string[]): number {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args], { encoding: 'utf8' });
  if (status !== 0 || stdout === '') throw new Error(`${args.join(' ')} failed: ${stderr}`);
  return (performance.now() - started) * 1e6;
}
