import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { ProcessOutput } from '../src/program.ts';
import { progress } from '../src/progress.ts';

/** What a terminal shows of work that takes so long, in milliseconds. */
async function shownOf(timeMs: number): Promise<readonly string[]> {
  const shown: string[] = [];
  const output = { out() {}, err() {}, hasColours: false, status: (text: string) => void shown.push(text) };
  expect(await progress(output, 'compiling big.wasm', () => delay(timeMs, 'done'))).toBe('done');
  return shown;
}

describe('progress', () => {
  test('tells of what takes more than a second, and clears the line when it is over', async () => {
    expect(await shownOf(1_200)).toEqual(['compiling big.wasm …', '']);
  });

  test('says nothing of what is quick', async () => {
    expect(await shownOf(10)).toEqual([]);
  });

  test('clears its line before anything else is printed', () => {
    const written: string[] = [];
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const { isTTY } = process.stderr;
    process.stderr.isTTY = true;
    vi.stubEnv('TERM', 'xterm');
    try {
      const output = new ProcessOutput();
      output.status('calling f …');
      output.out('1');
      output.err('note');
      output.status('calling g …');
      output.err('denied');
    } finally {
      process.stderr.isTTY = isTTY;
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
    }
    const clear = '\r\u001b[K';
    expect(written).toEqual([`${clear}calling f …`, clear, '1\n', 'note\n', `${clear}calling g …`, clear, 'denied\n']);
  });
});
