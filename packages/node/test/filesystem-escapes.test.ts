import { readdirSync, statSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { ESCAPES } from './escapes.ts';
import { deskOfFile, type Disk, SECRET } from './file-desk.ts';

const desk = deskOfFile();
let disk: Disk;

beforeEach(() => {
  disk = desk.open();
});

/** What of the disk no guest may change. */
function surroundings(): unknown {
  return {
    names: [readdirSync(disk.top), readdirSync(disk.path('outside'))],
    contents: [disk.read('secret.txt'), disk.read('outside/secret.txt')],
    times: ['secret.txt', 'outside/secret.txt'].map((name) => statSync(disk.path(name)).mtimeMs),
    links: ['secret.txt', 'outside/secret.txt'].map((name) => statSync(disk.path(name)).nlink),
  };
}

/** Threads start slowly from sources: some of each group are enough to see that they do the same. */
const GROUPS = Object.entries(ESCAPES).flatMap(([group, escapes]) => [
  { executor: 'inline', group, escapes },
  { executor: 'thread', group, escapes: escapes.slice(0, 3) },
]);

describe.each(GROUPS)('a guest in the executor $executor is refused, $group, when it', ({ executor, escapes }) => {
  test.each(escapes)('$title', async ({ before, given = [{}], attempt, answer, reason }) => {
    await before?.(disk);
    const untouched = surroundings();
    const user = await desk.user(executor, ...given);
    const answers = await user.do(...attempt(disk.path('secret.txt')));
    expect(answers.at(-1)).toBe(answer);
    expect(answers.slice(0, -1).filter((one) => one.startsWith('error'))).toEqual([]);
    expect(answers.join()).not.toContain(SECRET);
    expect(surroundings()).toEqual(untouched);
    const denied = desk.decisions.filter((decision) => decision.startsWith('deny'));
    expect(denied).toEqual(reason ? [expect.stringContaining(`deny ${reason}: `)] : []);
  });
});
