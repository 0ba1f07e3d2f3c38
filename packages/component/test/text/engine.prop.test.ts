import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, type FuncType, isComponentError, type ValueType } from '@loophost/component';
import { parseArguments, parseCall, printWave, valueFromJson, valueToJson } from '@loophost/component/text';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { camelCase } from '../../src/types/names.ts';
import { valuesOf } from './support.ts';

const TYPES = 'loop:guests/types@0.1.0';
const component = await compile(readFileSync(join(import.meta.dirname, '../../../../guests/wat-types/wat-types.wasm')));
const instance = await component.link().instantiate();
const functions = instance.exports[TYPES] as Readonly<Record<string, (...args: unknown[]) => unknown>>;
const item = component.exports.find(({ name }) => name === TYPES);
const echoes = [...(item?.sort === 'instance' ? item.type.exports.values() : [])].flatMap(
  ({ sort, name, type }): [string, FuncType, ValueType][] =>
    sort === 'func' && name.startsWith('echo-') ? [[name, type, type.params[0]?.type as ValueType]] : [],
);

/** Calls a function and gives its whole result: a top-level `result` with its tag. */
function call(name: string, type: FuncType, args: readonly unknown[]): unknown {
  const isResult = type.result?.kind === 'result';
  try {
    const val = functions[camelCase(name)]?.(...args);
    return isResult ? { tag: 'ok', val } : val;
  } catch (error) {
    if (isResult && isComponentError(error)) return { tag: 'err', val: error.payload };
    throw error;
  }
}

describe('a guest that gives back what it takes', () => {
  test('exports a function for many types', () => {
    expect(echoes.length).toBeGreaterThan(15);
  });

  test.each(echoes)('%s gives back values written in WAVE and in JSON', (name, type, of) => {
    fc.assert(
      fc.property(valuesOf(of), (value) => {
        const text = printWave(value, of);
        const parsed = parseCall(`${TYPES}.${name}(${text})`);
        const given = call(parsed.name, type, parseArguments(parsed, type.params));
        expect(printWave(given, type.result as ValueType)).toBe(text);
        const json = valueToJson(given, type.result as ValueType);
        expect(printWave(call(name, type, [valueFromJson(json, of)]), of)).toBe(text);
      }),
      { numRuns: 50 },
    );
  });
});
