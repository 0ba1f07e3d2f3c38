import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandsOf, examplesOf } from '../../scripts/house/readme.ts';
import { toolEnv } from '../../scripts/house/run.ts';
import { ROOT } from '../../scripts/house/workspace.ts';

const README = join(ROOT, 'README.md');

/** Makes `greeter.wasm` as the root's README does: its two files, and its command. */
export function buildGreeter(folder: string): void {
  for (const { name, text } of examplesOf(README)) writeFileSync(join(folder, name), text);
  const build = commandsOf(README).find(({ command }) => command.startsWith('npx componentize-qjs '));
  const [, program = '', ...args] = build?.command.split(' ') ?? [];
  const { status, stderr } = spawnSync(program, args, { cwd: folder, env: toolEnv(), encoding: 'utf8' });
  if (status !== 0) throw new Error(`the README's command to build greeter.wasm failed:\n${stderr}`);
}
