import { compile, type CompileOptions, DEFAULT_LIMITS, isLoopError, type Limits } from '@loophost/component';
import { describe, expect, test } from 'vitest';
import { instantiateWat, wat } from './support/wat.ts';

/** What compile says of options, or nothing when it takes them. */
async function refusal(options: unknown): Promise<string | undefined> {
  try {
    await compile(await wat('(component)'), options as CompileOptions);
    return undefined;
  } catch (error) {
    if (!isLoopError(error) || error.code !== 'E_OPTION_INVALID') throw error;
    return error.message;
  }
}

const LIMIT = 'expected a whole number from 0 to 9007199254740991';

describe('compile refuses', () => {
  const cases: [string, unknown, string][] = [
    ['options that are no object', null, 'options: expected an object, got null'],
    ['limits that are no object', { limits: null }, 'options.limits: expected an object, got null'],
    ['a limit in the place of the options', { maxMemoryBytes: 65_536 }, 'options.maxMemoryBytes is unknown'],
    ['an option with a slip', { limit: {} }, 'options.limit is unknown: did you mean "limits"?'],
    [
      'a limit that is cut short',
      { limits: { maxMemory: 1 } },
      'options.limits.maxMemory is unknown: did you mean "maxMemoryBytes"?',
    ],
    ['a limit in another case', { limits: { MAXHANDLES: 1 } }, 'did you mean "maxHandles"?'],
    ['a limit without its beginning', { limits: { timeoutMs: 1 } }, 'did you mean "queueTimeoutMs"?'],
    ['the name of a member of all objects', { limits: { constructor: 1 } }, 'options.limits.constructor is unknown'],
    ['a limit that is not a number', { limits: { maxMemoryBytes: '64' } }, `maxMemoryBytes: ${LIMIT}, got "64"`],
    ['NaN', { limits: { maxTransferBytes: Number.NaN } }, `maxTransferBytes: ${LIMIT}, got NaN`],
    ['a limit without an end', { limits: { maxMemoryBytes: Infinity } }, `maxMemoryBytes: ${LIMIT}, got Infinity`],
    ['a part of a byte', { limits: { maxMemoryBytes: 1.5 } }, `maxMemoryBytes: ${LIMIT}, got 1.5`],
    ['a negative limit', { limits: { maxHandles: -1 } }, `maxHandles: ${LIMIT}, got -1`],
    ['null for a limit', { limits: { maxNesting: null } }, `maxNesting: ${LIMIT}, got null`],
    [
      'a time that no timer can wait',
      { limits: { queueTimeoutMs: 2 ** 31 } },
      'queueTimeoutMs: expected a whole number from 0 to 2147483647, got 2147483648',
    ],
    ['a text for a flag', { allowGcHeap: 'yes' }, 'options.allowGcHeap: expected true or false, got "yes"'],
  ];
  test.each(cases)('%s', async (_name, options, why) => {
    expect(await refusal(options)).toContain(why);
  });

  test('all that is wrong at once', async () => {
    const message = await refusal({ allowGcHeap: 1, limits: { maxHandles: -1, maxMemory: 1 } });
    expect(message).toMatch(/^cannot compile component: .*allowGcHeap.*; .*maxHandles.*; .*maxMemory /);
  });
});

test('limits that are undefined have their defaults, and 0 means nothing at all', async () => {
  const unset = Object.fromEntries(Object.keys(DEFAULT_LIMITS).map((name) => [name, undefined]));
  const compiled = await compile(await wat('(component)'), {
    limits: unset as Partial<Limits>,
    allowGcHeap: undefined as never,
  });
  expect(compiled.toMessage().limits).toEqual(DEFAULT_LIMITS);
  const none = { maxMemoryBytes: 0, maxTableElements: 0, maxTransferBytes: 0, maxHandles: 0, maxQueuedCalls: 0 };
  const instance = await instantiateWat('(component)', {}, { limits: { ...none, queueTimeoutMs: 0 } });
  expect(instance.exports).toEqual({});
  const memory = '(component (core module $m (memory 1)) (core instance (instantiate $m)))';
  await expect(instantiateWat(memory, {}, { limits: none })).rejects.toThrow(/more than the limit of 0/);
});

describe('link refuses', () => {
  const cases: [string, unknown[], string][] = [
    ['imports that are no object', [null], 'cannot link component: imports: expected an object, got null'],
    ['a text for imports', ['wasi'], 'imports: expected an object, got "wasi"'],
    ['options that are no object', [{}, null], 'options: expected an object, got null'],
    ['an unknown option', [{}, { onCall: () => 0 }], 'options.onCall is unknown: did you mean "onHostCall"?'],
    ['a text for a function', [{}, { onHostCall: 'f' }], 'options.onHostCall: expected a function, got "f"'],
  ];
  test.each(cases)('%s', async (_name, args, why) => {
    const component = await compile(await wat('(component)'));
    const link = component.link.bind(component) as (...args: unknown[]) => unknown;
    expect(() => link(...args)).toThrow(expect.objectContaining({ code: 'E_OPTION_INVALID' }));
    expect(() => link(...args)).toThrow(why);
  });
});
