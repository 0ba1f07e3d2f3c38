import { importPromise, importResultMismatch, importThrew } from '../errors.ts';
import { isLoopError } from '../loop-error.ts';
import type { FuncType } from '../types/extern-type.ts';
import type { PrimitiveKind } from '../types/value-type.ts';
import { type CoreFunction, endLease, newLease } from './calls.ts';
import { checkValue, explain, misfit } from './codec.ts';
import type { Codecs } from './codecs.ts';
import { apply } from './export-call.ts';
import type { Lease } from './handles.ts';
import type { GuestMemory } from './memory.ts';
import { INTEGER_RANGES, scalarLift } from './scalars.ts';
import { loweredArity, Signature } from './signature.ts';

/** A function of the host that serves an import. */
export interface HostFunction {
  readonly kind: 'host';
  /** As errors name it: `wasi:cli/environment@0.2.0.get-arguments`. */
  readonly name: string;
  readonly call: CoreFunction;
  readonly isSuspending: boolean;
}

/** Lowers a function of the host to a core function (definitions.py, `canon_lower`, its synchronous part). */
export function lowerHost(cx: GuestMemory, type: FuncType, host: HostFunction, codecs: Codecs): CoreFunction {
  return scalarImport(cx, type, host) ?? generalImport(new HostCall(cx, type, host, codecs));
}

/** One lowered import: what happens before and after the host's function runs. */
export class HostCall {
  readonly cx: GuestMemory;
  readonly type: FuncType;
  readonly host: HostFunction;
  private readonly codecs: Codecs;
  private built: Signature | undefined;

  constructor(cx: GuestMemory, type: FuncType, host: HostFunction, codecs: Codecs) {
    this.cx = cx;
    this.type = type;
    this.host = host;
    this.codecs = codecs;
  }

  get signature(): Signature {
    return (this.built ??= new Signature(this.type, this.codecs, 'host'));
  }

  /** Lifts the arguments of a call, which the guest must be allowed to make. */
  arguments(flat: readonly unknown[], lease: Lease | undefined): unknown[] {
    const { cx } = this;
    const { instance } = cx;
    if (!instance.mayLeave) instance.store.trap('E_TRAP_CANNOT_LEAVE');
    cx.begin();
    const outer = cx.lease;
    cx.lease = lease;
    const values = this.signature.liftParams(cx, flat);
    cx.lease = outer;
    return values;
  }

  /** Lowers what the host's function returned. */
  result(value: unknown, flat: readonly unknown[]): unknown {
    const { cx, signature, type, host } = this;
    cx.refresh();
    cx.instance.store.checks++;
    const wrapped = type.result?.kind === 'result' ? { tag: 'ok', val: value } : value;
    const problem = signature.result && checkValue(signature.result, cx, wrapped);
    if (problem) {
      const why = isPromise(value)
        ? importPromise(host.name)
        : importResultMismatch(host.name, explain('result', unwrapPath(problem)));
      return cx.instance.store.raise(why);
    }
    if (!signature.result && isPromise(value)) return cx.instance.store.raise(importPromise(host.name));
    return signature.lowerResult(cx, wrapped, flat);
  }

  /** Lowers what the host's function threw: its declared error, or a trap that is the host's fault. */
  thrown(thrown: unknown, flat: readonly unknown[]): unknown {
    const { cx, signature, type, host } = this;
    const { store } = cx.instance;
    cx.refresh();
    const payload = payloadOf(thrown);
    if (type.result?.kind !== 'result' || !payload) return store.raise(importThrew(host.name, thrown));
    store.checks++;
    const wrapped = { tag: 'err', val: payload.value };
    const problem = signature.result && checkValue(signature.result, cx, wrapped);
    if (!problem) return signature.lowerResult(cx, wrapped, flat);
    if (!payload.isDeclared) return store.raise(importThrew(host.name, thrown));
    return store.raise(importResultMismatch(host.name, explain('error payload', unwrapPath(problem))));
  }

  /** Ends the instance for anything that was thrown between the guest's call and its return, which no guest may handle. */
  fault(thrown: unknown): never {
    return faultOf(this.cx, this.host, thrown);
  }
}

function faultOf(cx: GuestMemory, host: HostFunction, thrown: unknown): never {
  const { store } = cx.instance;
  return store.raise(store.trapped ?? importThrew(host.name, thrown));
}

/** The value inside a top-level `result` is what the host's function gave, so the path starts there. */
function unwrapPath(problem: { path: string; why: string }): { path: string; why: string } {
  return { path: problem.path.replace(/^\.val/, ''), why: problem.why };
}

/**
 * The error payload in what a host function threw. A `ComponentError`, of this package or of another that carries a
 * `payload`, declares it; a thrown value that is no Error is the payload itself, as WASI's host implementations do.
 */
function payloadOf(thrown: unknown): { value: unknown; isDeclared: boolean } | undefined {
  if (isLoopError(thrown)) return undefined;
  if (typeof thrown === 'object' && thrown !== null && Object.hasOwn(thrown, 'payload')) {
    return { value: (thrown as { payload: unknown }).payload, isDeclared: true };
  }
  return thrown instanceof Error ? undefined : { value: thrown, isDeclared: false };
}

function isPromise(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

function generalImport(call: HostCall): CoreFunction {
  const { store } = call.cx.instance;
  const invoke = (flat: readonly unknown[]): unknown => {
    try {
      const lease = call.signature.hasBorrow ? newLease() : undefined;
      const values = call.arguments(flat, lease);
      let value: unknown;
      try {
        value = apply(call.host.call, values);
      } catch (thrown) {
        if (lease) endLease(lease);
        if (store.trapped) throw store.trapped;
        return call.thrown(thrown, flat);
      }
      if (lease) endLease(lease);
      // The host may have disposed of the instance meanwhile.
      if (store.trapped) throw store.trapped;
      return call.result(value, flat);
    } catch (thrown) {
      return call.fault(thrown);
    }
  };
  return withArity(loweredArity(call.type), invoke);
}

/** Gives a function a fixed number of parameters, which is how V8 calls an import fastest. */
export function withArity(arity: number, invoke: (flat: readonly unknown[]) => unknown): CoreFunction {
  switch (arity) {
    case 0:
      return () => invoke([]);
    case 1:
      return (a) => invoke([a]);
    case 2:
      return (a, b) => invoke([a, b]);
    case 3:
      return (a, b, c) => invoke([a, b, c]);
    case 4:
      return (a, b, c, d) => invoke([a, b, c, d]);
    case 5:
      return (a, b, c, d, e) => invoke([a, b, c, d, e]);
    case 6:
      return (a, b, c, d, e, f) => invoke([a, b, c, d, e, f]);
    default:
      return (...flat) => invoke(flat);
  }
}

type Lift = (cx: GuestMemory, core: unknown) => unknown;

function liftOf(kind: string): Lift | undefined {
  if (kind === 'bool' || kind === 'f32' || kind === 'f64' || kind === 's64' || kind === 'u64') return scalarLift(kind);
  return INTEGER_RANGES[kind as PrimitiveKind] && scalarLift(kind as 'u32');
}

/** The shortest way, for functions of up to three scalars that return a number or nothing. */
function scalarImport(cx: GuestMemory, type: FuncType, host: HostFunction): CoreFunction | undefined {
  const lifts = type.params.map((param) => liftOf(param.type.kind));
  const result = type.result?.kind ?? 'none';
  const range = result === 'f32' || result === 'f64' ? [-Infinity, Infinity] : INTEGER_RANGES[result as PrimitiveKind];
  if (lifts.length > 3 || !lifts.every((lift) => lift !== undefined) || (result !== 'none' && !range)) return undefined;
  const [min = 0, max = 0] = range ?? [];
  const isFloat = min === -Infinity;
  const { instance } = cx;
  const { store } = instance;
  const { call, name } = host;
  const leave = (): void => {
    if (!instance.mayLeave) store.trap('E_TRAP_CANNOT_LEAVE');
  };
  const finish = (value: unknown): unknown => {
    if (store.trapped) throw store.trapped;
    if (
      result === 'none'
        ? !isPromise(value)
        : typeof value === 'number' && (isFloat || (value >= min && value <= max && value === Math.floor(value)))
    )
      return value;
    return store.raise(
      isPromise(value) ? importPromise(name) : importResultMismatch(name, explain('result', misfit(result, value))),
    );
  };
  const [l0, l1, l2] = lifts as [Lift, Lift, Lift];
  const guarded = (invoke: () => unknown): unknown => {
    try {
      return finish(invoke());
    } catch (thrown) {
      return faultOf(cx, host, thrown);
    }
  };
  switch (lifts.length) {
    case 0:
      return () => (leave(), guarded(() => call()));
    case 1:
      return (a) => (leave(), guarded(() => call(l0(cx, a))));
    case 2:
      return (a, b) => (leave(), guarded(() => call(l0(cx, a), l1(cx, b))));
    default:
      return (a, b, c) => (leave(), guarded(() => call(l0(cx, a), l1(cx, b), l2(cx, c))));
  }
}
