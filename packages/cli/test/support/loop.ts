import { spawn, spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
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
  /** Never ends its input. */
  readonly keepsInputOpen?: boolean;
}

/** Runs the command line as a process of its own. */
export function spawnLoop(args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  const { input = '', closes, preload, readsOnce = false, keepsInputOpen = false } = options;
  const before = preload === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`];
  const child = spawn(process.execPath, ['--conditions=@loophost/source', ...before, PROGRAM, ...args], { cwd: ROOT });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (err += text));
  if (closes !== undefined) child[closes].destroy();
  if (readsOnce) child.stdout.once('data', () => child.stdout.destroy());
  // A program that does not read its input closes the pipe.
  child.stdin.on('error', () => undefined);
  if (!keepsInputOpen) child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ out, err, code: code ?? String(signal) }));
  });
}

/** A command line that runs until it is ended. */
export interface RunningLoop extends AsyncDisposable {
  /** Waits until it has printed what a pattern matches, after what the call before found. */
  says(stream: 'out' | 'err', pattern: string): Promise<void>;
  /** Sends a signal and gives the exit code. */
  ended(signal: NodeJS.Signals): Promise<number | string>;
}

/** Starts the command line as a process of its own. */
export function startLoop(args: readonly string[]): RunningLoop {
  const child = spawn(process.execPath, ['--conditions=@loophost/source', PROGRAM, ...args], { cwd: ROOT });
  const printed = { out: '', err: '' };
  const closed = new Promise<number | string>((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? String(signal)));
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (printed.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (printed.err += text));
  return {
    async says(stream, pattern) {
      const [expression, end] = [new RegExp(pattern), performance.now() + 15_000];
      for (;;) {
        const found = expression.exec(printed[stream]);
        if (found) return void (printed[stream] = printed[stream].slice(found.index + found[0].length));
        if (performance.now() > end) throw new Error(`never printed ${pattern}: ${JSON.stringify(printed)}`);
        await delay(20);
      }
    },
    ended(signal) {
      child.kill(signal);
      return closed;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** Runs the command line with a file as its standard output, and one that its standard error is added to. */
export function spawnLoopSync(
  args: readonly string[],
  out: string,
  err?: string,
): { stderr: string; status: number | null } {
  return spawnSync(process.execPath, ['--conditions=@loophost/source', PROGRAM, ...args], {
    cwd: ROOT,
    stdio: ['ignore', openSync(out, 'w'), err === undefined ? 'pipe' : openSync(err, 'a')],
    encoding: 'utf8',
  });
}
