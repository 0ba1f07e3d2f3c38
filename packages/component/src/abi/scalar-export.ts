import type { PrimitiveKind } from '../types/value-type.ts';
import type { LiftedFunction } from './calls.ts';
import { INTEGER_RANGES, scalarLift } from './scalars.ts';

type HostFunction = (...args: unknown[]) => unknown;

/**
 * The shortest way, for functions of up to two numbers that return a number, a bool or nothing: nothing is
 * allocated, and the arguments are checked in place. Whatever does not fit goes the general way, which reports it.
 */
export function scalarExport(lifted: LiftedFunction, slow: HostFunction): HostFunction | undefined {
  const { type, core, instance, postReturn, cx } = lifted;
  const resultKind = type.result?.kind ?? 'none';
  const checks = type.params.map((param) => checkOf(param.type.kind));
  if (postReturn || instance.parent || checks.length > 2 || !checks.every((check) => check !== undefined))
    return undefined;
  if (resultKind !== 'none' && resultKind !== 'bool' && !checkOf(resultKind)) return undefined;
  const { store } = instance;
  const isU32 = resultKind === 'u32';
  const lift = resultKind === 'none' ? () => undefined : scalarLift(resultKind as 'u32');
  const finish = (result: unknown): unknown => {
    if (store.trapped) throw store.fail(store.trapped);
    instance.mayEnter = true;
    if (store.needsCare) store.settle(instance);
    return lift(cx, result);
  };
  const [[how0, min0, max0] = UNUSED, [how1, min1, max1] = UNUSED] = checks;
  return [
    function (): unknown {
      if (arguments.length !== 0 || !instance.mayEnter) return slow(...arguments);
      instance.mayEnter = false;
      let result;
      try {
        result = core();
      } catch (thrown) {
        throw store.fail(thrown);
      }
      return finish(result);
    },
    function (a: unknown): unknown {
      if (arguments.length !== 1 || !instance.mayEnter || !fits(a, how0, min0, max0)) return slow(...arguments);
      instance.mayEnter = false;
      let result;
      try {
        result = core(a);
      } catch (thrown) {
        throw store.fail(thrown);
      }
      if (!isU32 || store.needsCare) return finish(result);
      instance.mayEnter = true;
      return (result as number) >>> 0;
    },
    function (a: unknown, b: unknown): unknown {
      if (arguments.length !== 2 || !instance.mayEnter || !fits(a, how0, min0, max0) || !fits(b, how1, min1, max1)) {
        return slow(...arguments);
      }
      instance.mayEnter = false;
      let result;
      try {
        result = core(a, b);
      } catch (thrown) {
        throw store.fail(thrown);
      }
      if (!isU32 || store.needsCare) return finish(result);
      instance.mayEnter = true;
      return (result as number) >>> 0;
    },
  ][checks.length];
}

/** How a Number parameter is checked: by one operator where there is one, else by its range. */
type NumberCheck = readonly [how: 'u32' | 's32' | 'range' | 'any', min: number, max: number];

const UNUSED: NumberCheck = ['any', 0, 0];

function checkOf(kind: string): NumberCheck | undefined {
  if (kind === 'f32' || kind === 'f64') return UNUSED;
  const range = INTEGER_RANGES[kind as PrimitiveKind];
  return range && [kind === 'u32' || kind === 's32' ? kind : 'range', range[0], range[1]];
}

function fits(value: unknown, how: NumberCheck[0], min: number, max: number): boolean {
  if (typeof value !== 'number') return false;
  if (how === 'u32') return value >>> 0 === value;
  if (how === 's32') return (value | 0) === value;
  return how === 'any' || (value >= min && value <= max && value === Math.floor(value));
}
