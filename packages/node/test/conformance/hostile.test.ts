import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ATTACKERS, endingOf, KINDS } from './hostile.ts';
import { Stage } from './stage.ts';

/** Whoever hangs takes longer. `npm run hostile` measures what is promised: 100 ms. */
const GRACE_MS = 5_000;
/** On a busy machine, time must not stop what another limit is to stop. */
const PATIENCE = 10;

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});

afterEach(() => expect(stage.alive).toBe(0));

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  expect(stage.host.live).toEqual({ instances: 0, threads: 0, handles: 0, calls: 0 });
});

test.each(ATTACKERS)('a guest that $deed is stopped by $limit, and the host serves the next', async (attacker) => {
  const { outcome, ms } = await endingOf(attacker, stage, PATIENCE);
  expect(outcome).toEqual(attacker.ends);
  expect(ms).toBeLessThan(attacker.withinMs + GRACE_MS);
});

test('there is an attacker of every kind', () => {
  expect(KINDS.filter((kind) => !ATTACKERS.some((one) => one.kind === kind))).toEqual([]);
});
