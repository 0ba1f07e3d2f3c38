import { describe, expect, test } from 'vitest';
import { clocksPart } from '../../src/guest.ts';
import type { Pollable } from '../../src/io/io.ts';
import { linkAlone } from '../cli/realm.ts';

const MONOTONIC = 'wasi:clocks/monotonic-clock';

describe('real clocks', () => {
  const { get } = linkAlone(clocksPart, {});
  const now = (): bigint => get(MONOTONIC, 'now')() as bigint;

  test('a pollable of an instant that is past, and of no duration, is ready', () => {
    expect((get(MONOTONIC, 'subscribeInstant')(0n) as Pollable).ready()).toBe(true);
    expect((get(MONOTONIC, 'subscribeDuration')(0n) as Pollable).ready()).toBe(true);
  });

  test('a pollable is ready when the clock has reached its instant, and not before', () => {
    const until = now() + 2_000_000n;
    const pollable = get(MONOTONIC, 'subscribeInstant')(until) as Pollable;
    for (let before = now(); before < until; before = now()) {
      const isReady = pollable.ready();
      if (now() < until) expect(isReady).toBe(false);
    }
    expect(pollable.ready()).toBe(true);
  });

  test('the longest duration is never over, and does not overflow', () => {
    expect((get(MONOTONIC, 'subscribeDuration')(2n ** 64n - 1n) as Pollable).ready()).toBe(false);
  });

  test('tell how fine they are', () => {
    expect(get(MONOTONIC, 'resolution')()).toBe(1000n);
    expect(get('wasi:clocks/wall-clock', 'resolution')()).toEqual({ seconds: 0n, nanoseconds: 1_000_000 });
  });
});

describe('fixed clocks', () => {
  test('keep to the fraction of a millisecond, up to the last time that JavaScript knows', () => {
    const wall = (fixedMs: number): unknown =>
      linkAlone(clocksPart, { fixedMs }).get('wasi:clocks/wall-clock', 'now')();
    expect(wall(1.5)).toEqual({ seconds: 0n, nanoseconds: 1_500_000 });
    expect(wall(8.64e15)).toEqual({ seconds: 8_640_000_000_000n, nanoseconds: 0 });
  });

  test('do not move while a guest only looks', () => {
    const { get } = linkAlone(clocksPart, { fixedMs: 0 });
    const pollable = get(MONOTONIC, 'subscribeDuration')(3_600_000_000_000n) as Pollable;
    expect(pollable.ready()).toBe(false);
    expect(get(MONOTONIC, 'now')()).toBe(0n);
  });
});
