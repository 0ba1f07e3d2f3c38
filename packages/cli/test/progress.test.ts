import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
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
});
