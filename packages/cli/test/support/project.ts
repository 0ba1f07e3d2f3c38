import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { ROOT } from './loop.ts';

/** Writes a program `loop` into a folder, as an installed package would have it there. */
export function installLoop(folder: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const program = join(ROOT, 'packages/cli/src/main.ts');
  writeFileSync(
    join(bin, 'loop'),
    `#!/bin/sh\nexec '${process.execPath}' --conditions=@loophost/source '${program}' "$@"\n`,
  );
  chmodSync(join(bin, 'loop'), 0o755);
  return bin;
}

/** Runs a program in a project's folder, with `loop` on the PATH. */
export function runIn(
  folder: string,
  bin: string,
  program: string,
  ...args: readonly string[]
): { text: string; code: number | null } {
  // The test runner tells programs that it starts to report to it.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const path = [bin, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const { stdout, stderr, status } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...env, PATH: path },
  });
  return { text: stdout + stderr, code: status };
}

/** Writes files into a project, by their paths. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
