import { allow } from '@loophost/host';
import { expect, test } from 'vitest';
import { stdioPart } from '../../src/guest.ts';
import type { InputStream } from '../../src/io/io.ts';
import { linkAlone } from './realm.ts';

const DISCARDED = { target: 'discard', limitBytes: 10 };

test('what was there when a guest polled its input is there for the next stream of it', () => {
  const settings = {
    stdin: Uint8Array.of(1, 2, 3),
    stdinDecision: allow('stdio', 'stdin'),
    stdout: DISCARDED,
    stderr: DISCARDED,
  };
  const part = linkAlone(stdioPart(), settings);
  const input = (): InputStream => part.get('wasi:cli/stdin', 'getStdin')() as InputStream;
  const first = input();
  expect(first.readiness.isReady()).toBe(true);
  first[Symbol.dispose]();
  expect(input().read(9n)).toEqual(Uint8Array.of(1, 2, 3));
});
