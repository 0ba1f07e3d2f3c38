import { importPromise, importResultMismatch, importThrew } from '../errors.ts';
import { isLoopError, type LoopError } from '../loop-error.ts';
import type { FuncType } from '../types/extern-type.ts';
import { type CoreFunction, endLease } from './calls.ts';
import { checkValue, explain, isObject } from './codec.ts';
import type { Codecs } from './codecs.ts';
import type { Lease } from './handles.ts';
import type { GuestMemory } from './memory.ts';

/** A function of the host that serves an import. */
export interface HostFunction {
  readonly kind: 'host';
  /** As errors name it: `wasi:cli/environment@0.2.0.get-arguments`. */
  readonly name: string;
  readonly call: CoreFunction;
  readonly isSuspending: boolean;
}

/** What the host's function, or its promise, came to. */
interface Outcome {
  readonly value?: unknown;
  readonly thrown?: readonly [unknown];
}

interface Begun {
  readonly args: readonly unknown[];
  readonly lease: Lease | undefined;
}

/** One lowered import: what happens before and after the host's function runs. */
interface HostCall {
  /** Lifts the arguments of a call, which the guest must be allowed to make. */
  begin(flat: readonly unknown[]): Begun;
  /** Lowers what the host's function returned or threw. */
  end(outcome: Outcome, flat: readonly unknown[], begun: Begun): unknown;
  /** Ends the instance for anything that was thrown between the guest's call and its return, which no guest may handle. */
  fault(thrown: unknown): never;
}

/** Lowers a function of the host to a core function (definitions.py, `canon_lower`, its synchronous part). */
export function lowerHost(cx: GuestMemory, type: FuncType, host: HostFunction, codecs: Codecs): CoreFunction {
  const { begin, end, fault } = hostCall(cx, type, host, codecs);
  return (...flat) => {
    try {
      const begun = begin(flat);
      let outcome: Outcome;
      try {
        outcome = { value: host.call(...begun.args) };
      } catch (thrown) {
        outcome = { thrown: [thrown] };
      }
      return end(outcome, flat, begun);
    } catch (thrown) {
      return fault(thrown);
    }
  };
}

/**
 * Lowers a suspending host function: it runs on JavaScript's own stack while the guest's is suspended. The result is
 * what a core module imports; the function inside is for callers that are JavaScript themselves.
 */
export function suspendingHost(cx: GuestMemory, type: FuncType, host: HostFunction, codecs: Codecs): CoreFunction {
  const { begin, end, fault } = hostCall(cx, type, host, codecs);
  const { store } = cx.instance;
  return async (...flat) => {
    try {
      const begun = begin(flat);
      store.suspendedIn = host.name;
      const outcome = await new Promise<Outcome>((resolve) => {
        // The host's promise may never settle; disposing of the instance ends the wait for it.
        store.wake = () => resolve({});
        const promise = (async () => host.call(...begun.args))();
        void promise.then(
          (value) => resolve({ value }),
          (thrown: unknown) => resolve({ thrown: [thrown] }),
        );
      });
      store.suspendedIn = store.wake = undefined;
      return end(outcome, flat, begun);
    } catch (thrown) {
      return fault(thrown);
    }
  };
}

function hostCall(cx: GuestMemory, type: FuncType, { name }: HostFunction, codecs: Codecs): HostCall {
  const { instance } = cx;
  const { store } = instance;
  const signatureOf = codecs.signature(type, 'host');
  const isFallible = type.result?.kind === 'result';

  /** Lowers a value of the host, unless it does not fit: then gives the reason, whose path starts inside a `result`. */
  const lower = (
    value: unknown,
    what: string,
    flat: readonly unknown[],
    refuse: (why: string) => LoopError,
  ): unknown => {
    const signature = signatureOf();
    store.checks++;
    const problem = signature.result && checkValue(signature.result, cx, value);
    if (!problem) return signature.lowerResult(cx, value, flat);
    return store.raise(refuse(explain(what, { ...problem, path: problem.path.replace(/^\.val/, '') })));
  };
  const mismatch = (why: string): LoopError => importResultMismatch(name, why);

  const returned = (val: unknown, flat: readonly unknown[]): unknown => {
    const value = isFallible ? { tag: 'ok', val } : val;
    const refuse = (why: string): LoopError => (isPromise(val) ? importPromise(name) : mismatch(why));
    if (!type.result && isPromise(val)) return store.raise(importPromise(name));
    return lower(value, 'result', flat, refuse);
  };

  /**
   * Lowers what the host's function threw: its declared error, or a trap that is the host's fault. A `ComponentError`,
   * of this package or of another that carries a `payload`, declares it; a thrown value that is no Error is the payload
   * itself, as WASI's host implementations do.
   */
  const threw = (thrown: unknown, flat: readonly unknown[]): unknown => {
    const isDeclared = isObject(thrown) && Object.hasOwn(thrown, 'payload');
    const refused = (): LoopError => importThrew(name, thrown);
    if (!isFallible || isLoopError(thrown) || (!isDeclared && thrown instanceof Error)) return store.raise(refused());
    const val = isDeclared ? (thrown as { payload?: unknown }).payload : thrown;
    return lower({ tag: 'err', val }, 'error payload', flat, isDeclared ? mismatch : refused);
  };

  return {
    begin: (flat) => {
      const signature = signatureOf();
      instance.checkLeave();
      const lease = signature.lease();
      cx.begin();
      cx.lease = lease;
      return { args: signature.liftParams(cx, flat), lease };
    },
    end: ({ value, thrown }, flat, { lease }) => {
      endLease(store, lease);
      // The host may have disposed of the instance meanwhile.
      if (store.trapped) throw store.trapped;
      cx.refresh();
      return thrown ? threw(thrown[0], flat) : returned(value, flat);
    },
    fault: (thrown) => store.raise(store.trapped ?? importThrew(name, thrown)),
  };
}

function isPromise(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
