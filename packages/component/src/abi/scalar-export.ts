import type { LiftedFunction } from './calls.ts';
import type { Codec } from './codec.ts';
import type { GuestMemory } from './memory.ts';
import { SCALARS } from './scalars.ts';

type HostFunction = (...args: unknown[]) => unknown;

/**
 * The shortest way, for functions of up to two numbers that return a number, a bool or nothing: nothing is
 * allocated, and the arguments are checked in place. Whatever does not fit goes the general way, which reports it.
 */
export function scalarExport(lifted: LiftedFunction, slow: HostFunction): HostFunction | undefined {
  const { type, core, postReturn, cx } = lifted;
  const { instance } = cx;
  const resultKind = type.result?.kind ?? 'none';
  const checks = type.params.map((param) => checkOf(param.type.kind));
  if (postReturn || instance.parent || checks.length > 2 || !checks.every((check) => check !== undefined))
    return undefined;
  if (resultKind !== 'none' && resultKind !== 'bool' && !checkOf(resultKind)) return undefined;
  const { store } = instance;
  const isU32 = resultKind === 'u32';
  const lift =
    resultKind === 'none'
      ? () => undefined
      : (SCALARS[resultKind as NumberKind].lift as (cx: GuestMemory, core: unknown) => unknown);
  const finish = (result: unknown): unknown => {
    if (store.trapped) throw store.fail(store.trapped);
    instance.mayEnter = true;
    if (store.needsCare) store.settle(instance);
    return lift(cx, result);
  };
  const [[kind0, check0] = UNUSED, [kind1, check1] = UNUSED] = checks;
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
      if (arguments.length !== 1 || !instance.mayEnter || !fits(cx, a, kind0, check0)) return slow(...arguments);
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
      if (arguments.length !== 2 || !instance.mayEnter || !fits(cx, a, kind0, check0) || !fits(cx, b, kind1, check1)) {
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

/** How a Number parameter is checked: by one operator where there is one, else as every value of its type is. */
type NumberCheck = readonly [kind: NumberKind, check: Codec['check']];

type NumberKind = 'u32' | 's32' | 'f64';

const UNUSED: NumberCheck = ['f64', SCALARS.f64.check];

function checkOf(kind: string): NumberCheck | undefined {
  return /^([su](8|16|32)|f\d+)$/.test(kind) ? [kind as NumberKind, SCALARS[kind as NumberKind].check] : undefined;
}

function fits(cx: GuestMemory, value: unknown, kind: NumberKind, check: Codec['check']): boolean {
  if (kind === 'u32') return typeof value === 'number' && value >>> 0 === value;
  if (kind === 's32') return typeof value === 'number' && (value | 0) === value;
  return !check(cx, value);
}
