import { expect, test } from 'vitest';
import { Inbox, Slices } from '../src/thread/inbox.ts';

const GUESTS = 30;
const EACH = 5;

function busy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Inboxes of one host that all get messages of 1 ms at once, and whose messages were taken in this turn. */
function flooded(): { taken: number[]; inboxes: Inbox<string>[] } {
  const slices = new Slices();
  const taken: number[] = [];
  const inboxes = Array.from({ length: GUESTS }, (_, guest) => {
    const handle = (message: string): void => {
      taken.push(guest);
      if (message === 'told') busy(1);
    };
    return new Inbox<string>({ slices, handle, isTold: (message) => message === 'told' });
  });
  for (const inbox of inboxes) inbox.take(Array.from({ length: EACH }, () => 'told'));
  return { taken, inboxes };
}

test('guests that flood take no more of a turn together than one of them may', async () => {
  const { taken } = flooded();
  const all: number[] = [];
  while (all.length < GUESTS * EACH) {
    expect(taken.length).toBeLessThanOrEqual(4);
    all.push(...taken.splice(0));
    await turn();
  }
  for (let guest = 0; guest < GUESTS; guest++) expect(all.filter((one) => one === guest)).toHaveLength(EACH);
});

test('guests that flood take turns', async () => {
  const { taken } = flooded();
  while (taken.length < GUESTS * 2) await turn();
  expect(new Set(taken.slice(0, GUESTS + 4)).size).toBe(GUESTS);
});

test('what a guest answers waits for what it told before, and for no other guest', async () => {
  const { taken, inboxes } = flooded();
  const [first, last] = [inboxes[1], inboxes[GUESTS - 1]];
  const before = taken.length;
  first?.take(['answer']);
  expect(taken).toHaveLength(before);
  const empty = new Promise<void>((resolve) => last?.onEmpty(resolve));
  await empty;
  expect(taken.filter((guest) => guest === GUESTS - 1)).toHaveLength(EACH);
  last?.take(['answer']);
  expect(taken.at(-1)).toBe(GUESTS - 1);
});
