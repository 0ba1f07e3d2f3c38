import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { TemporaryFolder } from './support/files.ts';
import { expectGolden, transcript } from './support/golden.ts';
import { loop, ROOT } from './support/loop.ts';

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

/** Type-checks files strictly, declarations too; gives what is wrong. */
function typeErrors(files: readonly string[]): string {
  const flags = [
    '--strict',
    '--exactOptionalPropertyTypes',
    '--noUncheckedIndexedAccess',
    '--noEmit',
    '--ignoreConfig',
  ];
  const target = ['--target', 'es2024', '--lib', 'esnext', '--types', '', '--module', 'nodenext'];
  return spawnSync(join(ROOT, 'node_modules/.bin/tsc'), [...flags, ...target, ...files], { encoding: 'utf8' }).stdout;
}

const GUESTS = ['rust-counter', 'c-hello', 'wat-types', 'agent'];

describe('loop types', () => {
  test.each(GUESTS)('writes declarations of %s that compile', async (guest) => {
    const out = join(folder.path, guest);
    const args = ['types', `guests/${guest}/${guest}.wasm`, '--out', out];
    expectGolden(`types-${guest}`, transcript(args, await loop(...args), folder.path));
    const files = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.d.ts'));
    expect(typeErrors(files.map((name) => join(out, name)))).toBe('');
  });

  test('writes what a host needs to call a component with types', async () => {
    const out = join(folder.path, 'typed');
    await loop('types', 'guests/rust-counter/rust-counter.wasm', '--out', out);
    const use = (body: string): string =>
      folder.write('typed/use.ts', `import type { Exports, Imports } from './world.js';\n${body}`);
    const imports = `export const imports: Imports = { 'loop:guests/counter-host@0.1.0': { log: (message) => void message } };`;
    const right = `export const run = (e: Exports): number => new e['loop:guests/counters@0.1.0'].Counter(1).increment(2);`;
    expect(typeErrors([use(`${imports}\n${right}`)])).toBe('');
    expect(typeErrors([use(`${imports}\n${right.replace('(2)', "('2')")}`)])).toContain('TS2345');
    expect(typeErrors([use(imports.replace('log', 'lög'))])).toContain('TS2353');
  });

  test('--json prints the names of the files as JSON', async () => {
    const out = join(folder.path, 'as-json');
    const { out: printed } = await loop('types', 'guests/agent/agent.wasm', '--out', out, '--json');
    expect(JSON.parse(printed)).toEqual({ files: [join(out, 'world.d.ts')] });
  });

  test('--suspending declares exports that may give promises', async () => {
    const out = join(folder.path, 'suspending');
    await loop('types', 'guests/agent/agent.wasm', '--out', out, '--suspending');
    expect(readFileSync(join(out, 'world.d.ts'), 'utf8')).toContain(
      'runCode: (code: string) => string | Promise<string>;',
    );
  });
});
