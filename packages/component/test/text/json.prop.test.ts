import { deepStrictEqual } from 'node:assert/strict';
import { isLoopError } from '@loophost/component';
import { argumentsFromJson, printJsonSchema, valueFromJson, valueToJson } from '@loophost/component/text';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isValid } from './json-validator.ts';
import { func, typedValues } from './support.ts';

/** A value without -0, whose sign JSON loses. */
function withoutNegativeZero(value: unknown): unknown {
  if (Object.is(value, -0)) return 0;
  if (value instanceof Float32Array || value instanceof Float64Array) return value.map((item) => item + 0);
  if (Array.isArray(value)) return value.map(withoutNegativeZero);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, withoutNegativeZero(item)]));
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutNegativeZero(item)]));
}

/** Other JSON near a given one: one part of it taken away, added or replaced. */
function mutated(json: unknown, steps: readonly number[], replacement: unknown): unknown {
  const [step = 0, ...rest] = steps;
  if (typeof json !== 'object' || json === null || steps.length === 0) return replacement;
  const entries = Object.entries(json);
  const at = step % (entries.length + 1);
  const entry = entries[at];
  if (Array.isArray(json)) {
    if (!entry) return [...(json as unknown[]), replacement];
    return rest.length === 0 ? json.toSpliced(at, 1) : json.with(at, mutated(entry[1], rest, replacement));
  }
  if (!entry) return { ...json, other: replacement };
  if (rest.length === 0) return Object.fromEntries(entries.toSpliced(at, 1));
  return { ...json, [entry[0]]: mutated(entry[1], rest, replacement) };
}

const replacements = fc.constantFrom<unknown>(
  null, true, 0, -1, 1.5, 255, 256, 2 ** 53, '', 'a', '🌊', '1', '-0', '01', 'nan', 'AAAA', 'AA==', 'AB==', 'AAA=', 'A===', 'AA=A', 'A', [], ['a'], {},
  { tag: 'none' }, { tag: 'some', val: null }, { tag: 'ok' }, { tag: 'err', val: 1 },
); // prettier-ignore

function isTaken(convert: () => unknown): boolean {
  try {
    convert();
    return true;
  } catch (error) {
    if (isLoopError(error) && error.code === 'E_JSON_TYPE') return false;
    throw error;
  }
}

describe('values as JSON', () => {
  test('reading what was written gives the same value', () => {
    fc.assert(
      fc.property(typedValues(3), ([type, value]) => {
        const text = JSON.stringify(valueToJson(value, type));
        deepStrictEqual(valueFromJson(JSON.parse(text), type), withoutNegativeZero(value));
      }),
      { numRuns: 2000 },
    );
  });

  test('what is written is valid under the schema', () => {
    fc.assert(
      fc.property(typedValues(3), ([type, value]) => {
        const { parameters, result } = printJsonSchema(func({ p: type }, type));
        const json = valueToJson(value, type);
        expect(isValid(json, result ?? {})).toBe(true);
        const none = type.kind === 'option' && type.some.kind === 'option' ? '{"tag":"none"}' : 'null';
        const isLeftOut = type.kind === 'option' && JSON.stringify(json) === none;
        const object = isLeftOut ? {} : { p: json };
        expect(isValid(object, parameters)).toBe(true);
        deepStrictEqual(argumentsFromJson(object, func({ p: type }).params), [value]);
      }),
      { numRuns: 1000 },
    );
  });

  test('what is read is exactly what the schema allows', () => {
    const steps = fc.array(fc.nat(5), { maxLength: 5 });
    fc.assert(
      fc.property(typedValues(3), steps, replacements, ([type, value], at, replacement) => {
        const json = mutated(valueToJson(value, type), at, replacement);
        const { result } = printJsonSchema(func({}, type));
        expect(isTaken(() => valueFromJson(json, type))).toBe(isValid(json, result ?? {}));
      }),
      { numRuns: 2500 },
    );
  });
});
