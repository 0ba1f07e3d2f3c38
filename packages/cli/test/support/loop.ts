import { spawn, spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '@loophost/cli';

/** The root folder of the repository, where every command of these tests runs. */
export const ROOT: string = join(import.meta.dirname, '../../../..');

const PROGRAM = join(ROOT, 'packages/cli/src/main.ts');

/** What a command printed and ended with. */
export interface Ended {
  readonly out: string;
  readonly err: string;
  readonly code: number | string;
}

/** Runs the command line within this process. Commands that use WASI's standard streams need {@link spawnLoop}. */
export async function loop(...args: readonly string[]): Promise<Ended> {
  let [out, err] = ['', ''];
  const code = await main(args, {
    out: (text) => void (out += `${text}\n`),
    err: (text) => void (err += `${text}\n`),
    hasColours: false,
  });
  return { out, err, code };
}

export interface SpawnOptions {
  readonly input?: string;
  /** Closes the pipe of this output before the program writes to it, as `head -0` does. */
  readonly closes?: 'stdout' | 'stderr';
  /** Closes the pipe of standard output once something has come through it, as `head -1` does. */
  readonly readsOnce?: boolean;
  /** Code that runs before the program. */
  readonly preload?: string;
}

/** Runs the command line as a process of its own. */
export function spawnLoop(args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  const { input = '', closes, preload, readsOnce = false } = options;
  const before = preload === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`];
  const child = spawn(process.execPath, ['--conditions=@loophost/source', ...before, PROGRAM, ...args], { cwd: ROOT });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (err += text));
  if (closes !== undefined) child[closes].destroy();
  if (readsOnce) child.stdout.once('data', () => child.stdout.destroy());
  // A program that does not read its input closes the pipe.
  child.stdin.on('error', () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ out, err, code: code ?? String(signal) }));
  });
}

/** Runs the command line with a file as its standard output. */
export function spawnLoopSync(args: readonly string[], out: string): { stderr: string; status: number | null } {
  return spawnSync(process.execPath, ['--conditions=@loophost/source', PROGRAM, ...args], {
    cwd: ROOT,
    stdio: ['ignore', openSync(out, 'w'), 'pipe'],
    encoding: 'utf8',
  });
}
