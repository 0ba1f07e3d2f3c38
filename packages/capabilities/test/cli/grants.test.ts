import { isLoopError, type LoopError } from '@loophost/component';
import type { Capability } from '@loophost/host';
import { describe, expect, test } from 'vitest';
import { clocks, environment, io, random, sockets, stdio, wasi } from '../../src/index.ts';
import { hostContext } from '../host-context.ts';

const CONTEXT = { component: 'greeter' };

function refusal(capability: Capability, grant: unknown): LoopError {
  try {
    capability.configure(grant, CONTEXT);
  } catch (thrown) {
    if (isLoopError(thrown)) return thrown;
  }
  throw new Error('it was accepted');
}

function settings(capability: Capability, grant: unknown): unknown {
  using prepared = disposable(capability.configure(grant, CONTEXT).prepare(hostContext()));
  return prepared.value.settings;
}

function disposable<T extends Partial<Disposable>>(value: T): { value: T } & Disposable {
  return { value, [Symbol.dispose]: () => value[Symbol.dispose]?.() };
}

describe('a grant that is not well-formed is refused with what would fix it', () => {
  test.each([
    [environment(), { enviroment: {} }, 'it has no field "enviroment"', 'use "env", "args", "program"'],
    [environment(), { arg: [] }, 'it has no field "arg"', 'did you mean "args"?'],
    [environment(), 'PATH=/bin', 'it is a text, not a record', /write it as/],
    [environment(), { env: { A: 1 } }, 'its env.A is 1', 'give a text'],
    [environment(), { env: { 'A=B': 'c' } }, 'its env has the name "A=B"', /without "="/],
    [environment(), { env: { '': 'c' } }, 'its env has the name ""', /without "="/],
    [environment(), { env: { A: 'b\0c' } }, 'its env.A contains a NUL', /leave it out/],
    [environment(), { args: 'one two' }, 'its args are not a list of texts', 'give a list of texts'],
    [environment(), { args: ['one', 2] }, 'its args are not a list of texts', 'give a list of texts'],
    [environment(), { args: ['a\0b'] }, 'its args contains a NUL', /leave it out/],
    [environment(), { program: 'a\0b' }, 'its program contains a NUL', /leave it out/],
    [stdio(), { stdin: 'inherit' }, 'this host has no streams of its own to inherit', /nodeStdio/],
    [stdio(), { stdout: 'inherit' }, 'this host has no streams of its own to inherit', /nodeStdio/],
    [stdio(), { stdout: 'file' }, 'its stdout is a text', /"capture", "inherit", "discard"/],
    [stdio(), { stdin: 'some text' }, /its stdin is neither/, /\{ text:/],
    [stdio(), { stdin: { text: 'a', encoding: 'latin1' } }, /its stdin is neither/, /\{ text:/],
    [stdio(), { outputLimitBytes: 0 }, 'its outputLimitBytes is 0', 'give a whole number above zero'],
    [clocks(), { now: 'yesterday' }, 'its now is no time after 1970', /give a Date/],
    [clocks(), { now: Number.NaN }, 'its now is no time after 1970', /give a Date/],
    [clocks(), { now: new Date('x') }, 'its now is no time after 1970', /give a Date/],
    [random(), { seed: -1 }, /its seed is no whole number/, /bigint/],
    [random(), { seed: 2n ** 64n }, /its seed is no whole number/, /bigint/],
    [sockets(), true, 'this host gives no sockets', /grant `http`/],
    [io(), { limit: 1 }, 'it takes no options', /always served/],
  ] as const)('%#: %o, %o', (capability, grant, why, fix) => {
    const { code, message, fix: found } = refusal(capability, grant);
    expect(code).toBe('E_GRANT_INVALID');
    const prefix = `cannot use the grant "${capability.name}": `;
    expect(message.startsWith(prefix)).toBe(true);
    if (typeof why === 'string') expect(message.slice(prefix.length)).toBe(why);
    else expect(message).toMatch(why);
    if (typeof fix === 'string') expect(found).toBe(fix);
    else expect(found).toMatch(fix);
  });

  test('without the value of a text, which may be a secret', () => {
    expect(refusal(environment(), { env: { TOKEN: ['s3cret'] } }).message).not.toContain('s3cret');
    expect(refusal(stdio(), { stdin: 's3cret' }).message).not.toContain('s3cret');
  });
});

describe('a grant', () => {
  test('of arguments puts the name of the component before them, unless a program is named', () => {
    expect(settings(environment(), { args: ['one'] })).toMatchObject({ args: ['greeter', 'one'] });
    expect(settings(environment(), { args: ['one'], program: 'ls' })).toMatchObject({ args: ['ls', 'one'] });
    expect(settings(environment(), { program: 'ls' })).toMatchObject({ args: ['ls'] });
    expect(settings(environment(), { args: [] })).toMatchObject({ args: [] });
  });

  test('keeps what was granted when the caller changes it later', () => {
    const bytes = Uint8Array.of(1, 2);
    const configured = stdio().configure({ stdin: bytes }, CONTEXT);
    bytes[0] = 9;
    expect(configured.prepare(hostContext()).settings).toMatchObject({ stdin: Uint8Array.of(1, 2) });
  });

  test('makes guests wait only when they inherit the input', () => {
    const inheriting = stdio({
      guestPart: 'node-stdio',
      openInput: () => ({ read: async () => undefined, [Symbol.dispose]: () => undefined }),
    });
    expect(inheriting.configure({ stdin: 'inherit' }, CONTEXT)).toMatchObject({
      mayWait: true,
      guestPart: 'node-stdio',
    });
    expect(inheriting.configure({ stdout: 'inherit' }, CONTEXT)).toMatchObject({
      mayWait: false,
      guestPart: 'node-stdio',
    });
    expect(inheriting.configure({ stdin: { text: '' } }, CONTEXT)).toMatchObject({
      mayWait: false,
      guestPart: 'stdio',
    });
  });

  test('is needed for none of them', () => {
    for (const capability of wasi()) {
      const configured = capability.configure(undefined, CONTEXT);
      expect(configured.mayWait).toBe(false);
      for (const name of capability.interfaces) expect(configured.denial?.(name)).toBeUndefined();
    }
  });
});
