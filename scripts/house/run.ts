import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { ROOT } from './workspace.ts';

/** What a command did. */
export interface Ran {
  readonly ok: boolean;
  readonly code: number;
  readonly stdout: string;
  /** Standard output and standard error, one after the other. */
  readonly output: string;
}

/** Runs a program without a shell and waits for it. Programs of `node_modules/.bin` are found first. */
export function run(program: string, args: readonly string[], cwd: string = ROOT): Ran {
  const result = spawnSync(program, args, { cwd, env: toolEnv(), encoding: 'utf8', maxBuffer: 256 * 2 ** 20 });
  if (result.error) throw new Error(`cannot run "${program}": ${result.error.message}`, { cause: result.error });
  const code = result.status ?? 1;
  return { ok: code === 0, code, stdout: result.stdout, output: result.stdout + result.stderr };
}

/** Runs a program like {@link run}, and throws with all that it printed when it fails. */
export function mustRun(program: string, args: readonly string[], cwd: string = ROOT): Ran {
  const ran = run(program, args, cwd);
  if (!ran.ok) throw new Error(`"${program} ${args.join(' ')}" ended with ${ran.code}:\n${ran.output}`);
  return ran;
}

/** The environment of our tools: the pinned Node of `npm ci` before the machine's. */
export function toolEnv(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: [join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(delimiter) };
}
