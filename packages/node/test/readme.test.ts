// README.md: its programs run as they stand there, and print what their comments say.
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const README = readFileSync(join(ROOT, 'packages/node/README.md'), 'utf8');
const programs = [...README.matchAll(/^```ts (\S+)\n([^]*?)^```$/gm)].map(([, name = '', text = '']) => ({
  name,
  text,
}));

const folder = mkdtempSync(join(tmpdir(), 'loophost-readme-'));
afterAll(() => rmSync(folder, { recursive: true }));
symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
for (const [, file = ''] of README.matchAll(/readFile\('(.*?)'\)/g))
  copyFileSync(join(ROOT, 'guests', file.replace('.wasm', ''), file), join(folder, file));

describe.concurrent('the guide to embedding', () => {
  test('has programs', () => {
    expect(programs.length).toBeGreaterThan(5);
  });

  test.each(programs)('$name prints what it says', async ({ name, text }) => {
    writeFileSync(join(folder, name), text);
    const promised = [...text.matchAll(/\/\/ → (.*)$/gm)].map(([, line]) => `${line}\n`).join('');
    const args = ['--conditions=@loophost/source', name];
    expect(await promisify(execFile)(process.execPath, args, { cwd: folder })).toEqual({
      stdout: promised,
      stderr: '',
    });
  });
});
