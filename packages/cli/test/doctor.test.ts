import { tmpdir } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { loop } from './support/loop.ts';

afterEach(() => vi.unstubAllEnvs());

interface Report {
  readonly works: boolean;
  readonly findings: readonly {
    readonly name: string;
    readonly need: string;
    readonly isFound: boolean;
    readonly fix?: string;
  }[];
}

test('loop doctor says what is here and ends well when components can run', async () => {
  const { out, err, code } = await loop('doctor');
  expect({ err, code }).toEqual({ err: '', code: 0 });
  expect(out).toMatch(new RegExp(`^✓ Node +${process.versions.node} \\(everything\\)\n✓ JSPI .*\n✓ worker threads `));
  expect(out).toMatch(/^✓ componentize-qjs +\d/m);
  expect(out.endsWith('\ncomponents can run here\n')).toBe(true);
});

test('loop doctor names what is missing with the line that installs it, and that is no failure', async () => {
  for (const name of ['CLANG', 'RUSTC', 'CHROMIUM']) vi.stubEnv(name, '/nowhere');
  const { out, code } = await loop('doctor', tmpdir());
  expect(out).toMatch(/^✗ clang .* missing \(template c\)\n {4}fix: apt-get install clang/m);
  expect(out).toMatch(/^✗ rustc .* missing \(template rust\)\n {4}fix: apt-get install rustc/m);
  expect(code).toBe(0);
});

test('loop doctor --json has the same findings', async () => {
  vi.stubEnv('CLANG', '/nowhere');
  const report = JSON.parse((await loop('doctor', '--json')).out) as Report;
  expect(report.works).toBe(true);
  expect(report.findings.filter(({ need }) => need === 'base').map(({ name }) => name)).toEqual([
    'Node',
    'JSPI',
    'worker threads',
  ]);
  for (const { isFound, fix } of report.findings) expect(fix === undefined).toBe(isFound);
});

test('loop doctor fails where components cannot run', async () => {
  vi.stubGlobal('WebAssembly', {});
  const { out, code } = await loop('doctor');
  vi.unstubAllGlobals();
  expect(out).toMatch(/^✗ JSPI .*\n {4}fix: install Node/m);
  expect({ isSaid: out.includes('components cannot run here'), code }).toEqual({ isSaid: true, code: 4 });
});

test('loop doctor takes one folder, which is there', async () => {
  expect(await loop('doctor', 'a', 'b')).toMatchObject({ code: 2 });
  const { err, code } = await loop('doctor', '/no/such');
  expect(err).toContain('cannot examine "/no/such": there is no such folder');
  expect(code).toBe(2);
});
