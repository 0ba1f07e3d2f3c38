import { ComponentError } from '@loophost/component';
import { describe, expect, test } from 'vitest';
import { stdioPart } from '../../src/guest.ts';
import { exitCodeOf, stdio } from '../../src/index.ts';
import type { InputStream, OutputStream } from '../../src/io/io.ts';
import { hostContext } from '../host-context.ts';
import { linkAlone } from './realm.ts';

const CONTEXT = hostContext();

function linked(grant: unknown): ReturnType<typeof linkAlone> {
  return linkAlone(stdioPart(), stdio().configure(grant, CONTEXT).prepare(CONTEXT).settings);
}

function output(part: ReturnType<typeof linkAlone>, name = 'stdout'): OutputStream {
  return part.get(`wasi:cli/${name}`, name === 'stdout' ? 'getStdout' : 'getStderr')() as OutputStream;
}

describe('captured output', () => {
  test('takes along no more of a buffer than was written', () => {
    const part = linked(undefined);
    output(part).write(new Uint8Array(1_000_000).subarray(0, 3));
    expect((part.told as [string, string, Uint8Array][])[0]?.[2].buffer.byteLength).toBe(3);
  });

  test('is told at once and in order, whatever stream it is of', () => {
    const part = linked(undefined);
    const [out, err] = [output(part), output(part, 'stderr')];
    const written = Array.from({ length: 2000 }, (_, i) => [i % 3 === 0 ? 'stderr' : 'stdout', i & 0xff] as const);
    for (const [name, byte] of written) (name === 'stderr' ? err : out).write(Uint8Array.of(byte));
    expect(part.told).toEqual(written.map(([name, byte]) => ['output', name, Uint8Array.of(byte)]));
  });

  test('counts all streams of one name together against its bound', () => {
    const part = linked({ outputLimitBytes: 4 });
    output(part).write(Uint8Array.of(1, 2, 3));
    expect(() => output(part).write(Uint8Array.of(4, 5))).toThrow(expect.objectContaining({ code: 'E_OUTPUT_LIMIT' }));
    output(part, 'stderr').write(Uint8Array.of(1, 2, 3, 4));
  });
});

test('the input that two streams read is one', () => {
  const part = linked({ stdin: Uint8Array.of(1, 2, 3) });
  const input = (): InputStream => part.get('wasi:cli/stdin', 'getStdin')() as InputStream;
  expect(input().read(2n)).toEqual(Uint8Array.of(1, 2));
  expect(input().read(2n)).toEqual(Uint8Array.of(3));
  expect(() => input().read(2n)).toThrow(ComponentError);
  expect(part.decisions).toHaveLength(1);
});

test('there is no terminal', () => {
  const part = linked(undefined);
  for (const name of ['Stdin', 'Stdout', 'Stderr'])
    expect(part.get(`wasi:cli/terminal-${name.toLowerCase()}`, `getTerminal${name}`)()).toBeUndefined();
});

test('an error that is no exit has no exit code', () => {
  expect(exitCodeOf(new Error('x', { cause: new ComponentError(3) }))).toBeUndefined();
  expect(exitCodeOf(undefined)).toBeUndefined();
});
