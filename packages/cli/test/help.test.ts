import { expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { expectGolden, transcript } from './support/golden.ts';
import { loop } from './support/loop.ts';

const CASES: readonly (readonly [golden: string, args: readonly string[]])[] = [
  ['help', ['help']],
  ['help-run', ['help', 'run']],
  ['help-inspect', ['inspect', '--help']],
  ['help-types', ['types', '-h']],
  ['help-component', ['help', 'component']],
  ['help-doctor', ['help', 'doctor']],
  ['help-completion', ['help', 'completion']],
];

test.each(CASES)('%s', async (golden, args) => {
  expectGolden(golden, transcript(args, await loop(...args)));
});

test('no command at all prints the help and counts as a mistake', async () => {
  const { out, err, code } = await loop();
  expect({ out, err, code }).toEqual({ out: (await loop('--help')).out, err: '', code: 2 });
});

test.each([['--help'], ['help', '--help'], ['help', '-h'], ['help', 'help']])(
  '%s %s prints the help',
  async (...args) => {
    expect(await loop(...args)).toEqual({ ...(await loop('help')), code: 0 });
  },
);

test('a value that looks like an option is offered as a value', async () => {
  const { err, code } = await loop('run', 'x.wasm', '--timeout', '-1s');
  expect(err).toContain(`fix: if "-1s" is its value, write it as --timeout=-1s\n`);
  expect(code).toBe(2);
});

test('help that is misspelt is offered', async () => {
  expect((await loop('hlep')).err).toContain('did you mean "loop help"?');
});

test.each(['--version', '-V'])('%s prints the version of the package', async (flag) => {
  expect(await loop(flag)).toEqual({ out: `${manifest.version}\n`, err: '', code: 0 });
});

test('colours are for terminals', async () => {
  const { main } = await import('@loophost/cli');
  const lines: string[] = [];
  await main(['nope'], { out: () => undefined, err: (text) => void lines.push(text), hasColours: true });
  expect(lines.join('\n').startsWith('\u001b[1m\u001b[31merror[E_USAGE]\u001b[0m: cannot')).toBe(true);
});
