import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { count, flag, readOptions, text } from '../house/options.ts';
import { ROOT } from '../house/workspace.ts';

const OPTIONS = { cases: count(10), rounds: count(11, 9), json: text, verbose: flag };

test('options that are not given have their defaults', () => {
  expect(readOptions([], OPTIONS)).toEqual({ cases: 10, rounds: 11, json: undefined, verbose: false });
});

test('options that are given are read as what they take', () => {
  const args = ['--cases', '0', '--rounds=9', '--json', 'out.json', '--verbose'];
  expect(readOptions(args, OPTIONS)).toEqual({ cases: 0, rounds: 9, json: 'out.json', verbose: true });
});

describe('what an option does not take is refused in one line:', () => {
  const cases: [string[], RegExp][] = [
    [['--cases', 'x'], /^--cases takes a whole number of at least 0, found "x"$/],
    [['--cases', '-1'], /--cases/],
    [['--cases', '1.5'], /found "1.5"$/],
    [['--cases', '1e3'], /found "1e3"$/],
    [['--cases', ''], /found ""$/],
    [['--rounds', '8'], /at least 9, found "8"$/],
    [['--json'], /--json <value>' argument missing$/],
    [['--nope'], /^Unknown option '--nope'$/],
    [['nope'], /^Unexpected argument 'nope'$/],
  ];
  test.each(cases)('%j', (args, why) => {
    const read = (): unknown => readOptions(args, OPTIONS);
    expect(read).toThrow(why);
    expect(read).not.toThrow(/\n/);
  });
});

describe('a tool that is called wrongly says so in one line and ends with 2:', () => {
  const calls: [string, string[]][] = [
    ['fuzz/run.ts', ['--cases', 'x']],
    ['fuzz/run.ts', ['--nope']],
    ['bench/run.ts', ['--rounds', 'x']],
    ['conformance/run.ts', ['--suite', '/nope']],
    ['conformance/run.ts', []],
    ['differential/agreement.ts', ['--seed', 'x']],
    ['scripts/size.ts', ['--json']],
  ];
  test.each(calls)('%s %j', (file, args) => {
    const node = ['--conditions=@loophost/source', join(ROOT, file), ...args];
    const { status, stderr } = spawnSync(process.execPath, node, { encoding: 'utf8' });
    expect(stderr).toMatch(/^error: [a-z]+: .+\n$/);
    expect(status).toBe(2);
  });

  test('and prints its usage when asked', () => {
    const file = join(ROOT, 'conformance/run.ts');
    const { status, stdout } = spawnSync(process.execPath, ['--conditions=@loophost/source', file, '--help'], {
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([0, expect.stringContaining('usage: npm run conformance')]);
  });
});
