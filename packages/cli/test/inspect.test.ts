import { afterAll, describe, expect, test } from 'vitest';
import { TemporaryFolder } from './support/files.ts';
import { expectGolden, transcript } from './support/golden.ts';
import { loop } from './support/loop.ts';

const CASES: readonly (readonly [golden: string, args: readonly string[]])[] = [
  ['inspect-command', ['guests/c-hello/c-hello.wasm']],
  ['inspect-functions', ['guests/nested-greeter/nested-greeter.wasm']],
  ['inspect-resources', ['guests/rust-counter/rust-counter.wasm']],
  ['inspect-many-types', ['guests/wat-types/wat-types.wasm']],
  ['inspect-json', ['guests/rust-counter/rust-counter.wasm', '--json']],
  ['inspect-wit', ['guests/rust-counter/rust-counter.wasm', '--wit']],
];

/** Imports an interface of WASI at several versions, and a function that it does not have. */
const VERSIONS = `(component
  (import "wasi:random/random@9.4.1" (instance (export "get-random-u64" (func (result u64)))))
  (import "wasi:random/random@0.1.0" (instance (export "get-random-u64" (func (result u64)))))
  (import "wasi:random/random@0.3.0" (instance (export "get-random-u64" (func (result u64)))))
  (import "wasi:random/random@0.2.3" (instance (export "get-random-u64" (func (result u64)))))
  (import "wasi:random/insecure@0.2.0" (instance (export "get-luck" (func (result u64)))))
  (import "log" (func (param "text" string))))`;

describe('loop inspect', () => {
  const folder = new TemporaryFolder();
  afterAll(() => folder[Symbol.dispose]());

  test('says of each import what "loop run" would say: by version, and by function', async () => {
    const file = await folder.assemble('versions.wasm', VERSIONS);
    const inspected = await loop('inspect', file);
    expectGolden('inspect-not-served', transcript(['inspect', file], inspected, folder.path));
  });

  test.each(CASES)('%s', async (golden, more) => {
    const args = ['inspect', ...more];
    expectGolden(golden, transcript(args, await loop(...args)));
  });

  test('--json is JSON, with a digest, and says of each import who serves it', async () => {
    const { out } = await loop('inspect', 'guests/c-hello/c-hello.wasm', '--json');
    const report = JSON.parse(out) as { digest: string; imports: { name: string; servedBy?: string | null }[] };
    expect(report.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(report.imports.find(({ name }) => name === 'wasi:cli/stdin@0.2.12')?.servedBy).toBe('stdio');
    // It holds types only: nobody needs to serve it.
    expect(report.imports.find(({ name }) => name === 'wasi:io/error@0.2.12')).not.toHaveProperty('functions.0');
  });
});
