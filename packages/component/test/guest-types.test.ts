import { readFileSync } from 'node:fs';
import { compile, type Imports, isComponentError } from '@loophost/component';
import { describe, expect, test } from 'vitest';

type Functions = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

/** One interface of a new instance of a guest: `folder/name` when the two differ. */
async function startInterface(path: string, name: string, imports: Imports = {}): Promise<Functions> {
  const file = path.includes('/') ? path : `${path}/${path}`;
  const component = await compile(readFileSync(new URL(`../../../guests/${file}.wasm`, import.meta.url)));
  const { exports } = await component.link(imports).instantiate();
  return exports[`loop:guests/${name}@0.1.0`] as Functions;
}

/** The payload of the declared error that something ends in. */
function payloadOf(work: () => unknown): unknown {
  try {
    return { returned: work() };
  } catch (error) {
    if (isComponentError(error)) return error.payload;
    throw error;
  }
}

const ACCESS = ['read', 'write', 'execute'];
const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const BITS = Array.from({ length: 32 }, (_, i) => `b${i}`);

function flags(names: readonly string[], ...set: readonly string[]): Record<string, boolean> {
  return Object.fromEntries(names.map((name) => [name, set.includes(name)]));
}

const ADA = {
  name: 'Ada',
  age: 36,
  home: { street: 'Baker Street', zip: 221, at: { x: 51.5, y: -0.25 } },
  nickname: 'the Countess',
  tags: ['first', 'Zürich', '計算', '🧮'],
};
const NOBODY = {
  name: '',
  age: 255,
  home: { street: '🏠', zip: 2 ** 32 - 1, at: { x: Infinity, y: 5e-324 } },
  nickname: undefined,
  tags: [],
};
const NUMBERS = {
  a: true,
  b: -128,
  c: 65_535,
  d: 255,
  e: -(2n ** 53n),
  f: 1.5,
  g: -32_768,
  h: -1e300,
  i: '🦊',
  j: 2n ** 53n,
  k: -(2 ** 31),
  l: 2 ** 32 - 1,
};
const PAYLOADS = [
  { tag: 'nothing' },
  { tag: 'count', val: 7 },
  { tag: 'single', val: -1.25 },
  { tag: 'double', val: Math.PI },
  { tag: 'long', val: -5n },
  { tag: 'text', val: 'grüß' },
  { tag: 'place', val: { x: -0, y: 3 } },
  { tag: 'codes', val: Uint16Array.of(1, 65_535) },
];
const FLAG_SETS = [flags(ACCESS, 'write'), flags(MONTHS, 'may', 'december'), flags(BITS, 'b7', 'b8', 'b31')];

/** Values by the function that gives them back. */
const ECHOES: Readonly<Record<string, readonly unknown[]>> = {
  echoBool: [true, false],
  echoS8: [-128, 127],
  echoU8: [0, 255],
  echoS16: [-32_768, 32_767],
  echoU16: [0, 65_535],
  echoS32: [-(2 ** 31), 2 ** 31 - 1],
  echoU32: [0, 2 ** 32 - 1],
  echoS64: [-(2n ** 63n), -1n, 2n ** 53n],
  echoU64: [0n, 2n ** 53n],
  echoF32: [1.5, -0, NaN, Infinity, 16_777_216],
  echoF64: [Math.PI, -0, NaN, -Infinity, 5e-324],
  echoChar: ['a', 'é', '計', '🦊', '\u0000', '\uFFFF'],
  echoString: ['', 'plain', 'Grüße, 世界 🌍', 'a\u0000b', 'ü'.repeat(100_000)],
  echoBools: [[], [true, false, true]],
  echoBytes: [new Uint8Array(), Uint8Array.of(0, 255, 7)],
  echoS8s: [Int8Array.of(-128, 127)],
  echoU16s: [Uint16Array.of(1, 65_535)],
  echoS32s: [Int32Array.of(-1, 2 ** 31 - 1)],
  echoS64s: [BigInt64Array.of(-1n, -(2n ** 63n))],
  echoU64s: [BigUint64Array.of(0n, 2n ** 53n)],
  echoF32s: [Float32Array.of(1.5, -0, NaN)],
  echoF64s: [Float64Array.of(0.1, Infinity)],
  echoChars: [['a', '🦊']],
  echoStrings: [[], ['', 'é', '🦊🦊']],
  echoGrid: [[], [[], ['a'], ['b', 'c']]],
  echoOption: [undefined, 0, 5],
  echoOptionF64: [undefined, 0.5],
  echoOptionString: [undefined, '', 'x'],
  echoOptionTwice: [{ tag: 'none' }, { tag: 'some', val: undefined }, { tag: 'some', val: 5 }],
  echoResults: [
    [
      { tag: 'ok', val: 3 },
      { tag: 'err', val: 'blue' },
    ],
  ],
  echoTuple: [[255, 'ü', 0.5, -9n]],
  echoColor: ['red', 'green', 'blue'],
  echoAccess: [flags(ACCESS), flags(ACCESS, 'read', 'execute')],
  echoMonths: [flags(MONTHS, 'january', 'december')],
  echoBits: [flags(BITS), flags(BITS, 'b0', 'b31'), flags(BITS, ...BITS)],
  echoPoint: [{ x: 1, y: -2.5 }],
  echoPerson: [ADA, NOBODY],
  echoNumbers: [NUMBERS],
  echoPayload: PAYLOADS,
  echoReading: [
    { tag: 'level', val: 0.5 },
    { tag: 'counter', val: 2 ** 32 - 1 },
  ],
  echoPeople: [[], [ADA, NOBODY, ADA]],
  echoPayloads: [PAYLOADS],
  echoPairs: [
    [
      ['a', 'red'],
      ['b', undefined],
    ],
  ],
  echoFlagSets: [[FLAG_SETS, FLAG_SETS]],
};

/** Results that are returned when they are ok, and thrown when they are not. */
const OUTCOMES: Readonly<Record<string, { readonly ok: unknown; readonly err: unknown }>> = {
  echoResult: { ok: 5, err: 'no' },
  echoResultOk: { ok: 'yes', err: undefined },
  echoResultError: { ok: undefined, err: 'no' },
  echoResultEmpty: { ok: undefined, err: undefined },
  echoResultJoined: { ok: 0.25, err: 2n ** 53n },
};

const SIXTEEN = Array.from({ length: 16 }, (_, i) => 2 ** 31 - 1 - i);
const SPILLED = [
  ...[255, -1, 2 ** 32 - 1, -(2n ** 53n), 1.5, Math.E, true],
  ...['🦊', 'text', Uint8Array.of(1, 2), 7, 'blue', flags(ACCESS, 'write'), { x: 1, y: 2 }],
];
const SUM = 1 - 128 + 65_535 + 255 - 3 + 1.5 - 32_768 + 0.25 + 65 + 10 - 2 ** 31 + (2 ** 32 - 1);

/** Calls whose result depends on the value, not only on its bytes. */
const CALLS: readonly (readonly [name: string, args: readonly unknown[], result: unknown])[] = [
  ['sixteen', SIXTEEN, Uint32Array.from(SIXTEEN)],
  ['spilled', SPILLED, SPILLED],
  ['labelOf', [ADA], 'Ada (36) of Baker Street'],
  ...PAYLOADS.map((payload) => ['caseOf', [payload], payload.tag] as const),
  ['countFlags', FLAG_SETS, 6],
  ['sumOf', [{ ...NUMBERS, e: -3n, h: 0.25, i: 'A', j: 10n }], SUM],
  ['sample', [], ADA],
];

describe.each(['rust-types', 'wat-types', 'js-types'])('values come back from %s as they went in:', (guest) => {
  const types = startInterface(guest, 'types');

  test.each(Object.entries(ECHOES))('%s', async (name, values) => {
    const echo = (await types)[name];
    for (const value of values) expect(echo?.(value)).toEqual(value);
  });

  test.each(Object.entries(OUTCOMES))('%s returns ok and throws err', async (name, { ok, err }) => {
    const echo = (await types)[name];
    expect(echo?.({ tag: 'ok', val: ok })).toEqual(ok);
    expect(payloadOf(() => echo?.({ tag: 'err', val: err }))).toEqual(err);
  });

  const absent = guest === 'wat-types' ? ['labelOf', 'caseOf', 'sample'] : [];
  test.each(CALLS.filter(([name]) => !absent.includes(name)))('%s(%o)', async (name, args, result) => {
    expect((await types)[name]?.(...args)).toEqual(result);
  });
});

test('64-bit integers are exact', async () => {
  for (const guest of ['rust-types', 'wat-types']) {
    const types = await startInterface(guest, 'types');
    for (const value of [2n ** 64n - 1n, 2n ** 53n + 1n]) expect(types['echoU64']?.(value)).toBe(value);
    for (const value of [2n ** 63n - 1n, -(2n ** 53n) - 1n]) expect(types['echoS64']?.(value)).toBe(value);
  }
});

test('bits that a type does not have are taken away', async () => {
  const masks = await startInterface('wat-types', 'masks');
  expect([masks['boolOf']?.(2), masks['boolOf']?.(256), masks['boolOf']?.(0)]).toEqual([true, true, false]);
  expect([masks['s8Of']?.(0x1ff), masks['u8Of']?.(0x1ff)]).toEqual([-1, 255]);
  expect([masks['s16Of']?.(0x18000), masks['u16Of']?.(0xffff_ffff)]).toEqual([-32_768, 65_535]);
  expect(masks['accessOf']?.(0xffff_fffa)).toEqual(flags(ACCESS, 'write'));
  expect(masks['boolsOf']?.(Uint8Array.of(0, 1, 2, 128))).toEqual([false, true, true, true]);
  expect(masks['accessesOf']?.(Uint8Array.of(0xff, 8))).toEqual([flags(ACCESS, ...ACCESS), flags(ACCESS)]);
  expect([masks['f32Of']?.(0xffc0_0001), masks['f64Of']?.(0xfff8_0000_0000_0001n)]).toEqual([NaN, NaN]);
});

describe.each([
  ['utf8', [0, 5, 2, 3, 4]],
  ['utf16', [0, 5, 1, 1, 2]],
  ['latin1', [0, 5, 1, 0x8000_0001, 0x8000_0002]],
])('strings in %s', (encoding, lengths) => {
  const listener = { hear: (text: unknown): string => `${String(text)}|${String(text)}` };
  const strings = startInterface(`wat-strings/wat-strings-${encoding}`, 'strings', {
    'loop:guests/listener@0.1.0': listener,
  });
  const long = 'ü'.repeat(70_000) + '計' + '🧮'.repeat(1000);

  test('come back, short and long, alone and in lists', async () => {
    const { echo, echoList } = await strings;
    for (const text of ['', 'plain', 'é', 'ÿ', '計', '🧮', long]) expect(echo?.(text)).toBe(text);
    expect(echoList?.(['a', 'ü計', '', '🧮'])).toEqual(['a', 'ü計', '', '🧮']);
  });

  test('have the length that the encoding gives them', async () => {
    const { units } = await strings;
    expect(['', 'plain', 'é', '計', '🧮'].map((text) => units?.(text))).toEqual(lengths);
  });

  test('go to the host and come from it', async () => {
    const { relay } = await strings;
    for (const text of ['', 'ü🧮', long]) expect(relay?.(text)).toBe(`${text}|${text}`);
  });

  test('that the guest holds itself are read', async () => {
    expect((await strings)['samples']?.()).toEqual(['', 'plain', 'Grüße', '計算', '🧮']);
  });
});
