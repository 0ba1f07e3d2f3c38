// Nothing that a user can give to `loop` ends in anything but a result or an error with code, place and fix.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { TemporaryFolder } from './support/files.ts';
import { loop, ROOT } from './support/loop.ts';

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const TYPES = 'guests/wat-types/wat-types.wasm';
const GUESTS = ['nested-greeter', 'nested-resources', 'wat-types', 'c-hello', 'rust-counter'].map((name) =>
  readFileSync(join(ROOT, `guests/${name}/${name}.wasm`)),
);

async function expectGoodEnd(args: readonly string[]): Promise<void> {
  const { err, code } = await loop(...args);
  if (code === 0) return expect(err).toBe('');
  expect([1, 2, 3]).toContain(code);
  if (args.includes('--json')) {
    for (const line of err.trimEnd().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ error: { code: expect.stringMatching(/^E_/) as unknown } });
  } else expect(err).toMatch(/^error\[E_[A-Z_]+\]: [^]*\n {3}at .+\n[^]*\n? {2}fix: .+\n$/);
  expect(err).not.toMatch(/E_BUG|E_UNEXPECTED|node:internal/);
}

/** Reads a file in all ways; nothing of it runs. */
async function expectGoodEnds(bytes: Uint8Array): Promise<void> {
  const file = folder.write('garbage.wasm', bytes);
  for (const how of [[], ['--json'], ['--wit']]) await expectGoodEnd(['inspect', file, ...how]);
  await expectGoodEnd(['types', file, '--out', join(folder.path, 'types')]);
  await expectGoodEnd(['run', file, '--call', 'no-such-function()']);
}

describe('loop ends well', () => {
  test('on random bytes', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), expectGoodEnds), { numRuns: 100 });
  });

  test('on components that are cut off', async () => {
    const cut = fc.tuple(fc.constantFrom(...GUESTS), fc.double({ min: 0, max: 1, noNaN: true }));
    const property = fc.asyncProperty(cut, ([bytes, part]) =>
      expectGoodEnds(bytes.subarray(0, Math.floor(part * bytes.length))),
    );
    await fc.assert(property, { numRuns: 60 });
  });

  test('on components with changed bytes', async () => {
    const changes = fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { minLength: 1, maxLength: 3 });
    const property = fc.asyncProperty(fc.constantFrom(...GUESTS), changes, async (bytes, list) => {
      const changed = Uint8Array.from(bytes);
      for (const [at, byte] of list) changed[at % changed.length] = byte;
      await expectGoodEnds(changed);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  test('on any call', async () => {
    const names = fc.constantFrom('echo-string', 'echo-person', 'types.echo-payload', 'echo-pairs', 'spilled', '__proto__');
    const call = fc.oneof(fc.string({ unit: 'binary' }), fc.tuple(names, fc.string()).map(([name, rest]) => `${name}(${rest})`));
    await fc.assert(fc.asyncProperty(call, (text) => expectGoodEnd(['run', TYPES, `--call=${text}`])), { numRuns: 100 });
  }); // prettier-ignore

  const HUGE = 100_000;
  test.each([
    ['a long text', `echo-string("${'x'.repeat(5_000_000)}`],
    ['a long name', `${'x'.repeat(HUGE)}()`],
    ['deep lists', `echo-grid(${'['.repeat(HUGE)}`],
    ['deep options', `echo-option-twice(${'some('.repeat(HUGE)}`],
    ['deep parentheses', '('.repeat(HUGE)],
    ['a number beyond all types', `echo-u64(${'9'.repeat(HUGE)})`],
  ])('on %s', async (_what, text) => {
    await expectGoodEnd(['run', TYPES, '--call', text]);
  });

  test.each([
    ['__proto__'],
    ['help', 'constructor'],
    ['run', ''],
    ['run', '\u0000'],
    ['run', 'x'.repeat(HUGE)],
    ['--'],
  ])('on the command line %j', async (...args) => {
    await expectGoodEnd(args);
  });
});
