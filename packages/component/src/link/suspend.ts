import type { CoreFunction, LiftedFunction } from '../abi/calls.ts';
import { endLease, newLease } from '../abi/calls.ts';
import type { Codecs } from '../abi/codecs.ts';
import { apply } from '../abi/export-call.ts';
import { GuestCall } from '../abi/guest-call.ts';
import { HostCall, type HostFunction } from '../abi/import-call.ts';
import type { GuestMemory } from '../abi/memory.ts';
import type { FuncType } from '../types/extern-type.ts';

/** The two functions of JavaScript Promise Integration. */
interface Jspi {
  readonly Suspending: new (fn: CoreFunction) => object;
  readonly promising: (fn: CoreFunction) => CoreFunction;
}

/** JavaScript Promise Integration, where the runtime has it: Node 24, Chrome 137. */
export function jspi(): Jspi | undefined {
  const { Suspending, promising } = WebAssembly as unknown as Partial<Jspi>;
  return Suspending && promising ? { Suspending, promising } : undefined;
}

/** What a promise came to. */
interface Outcome {
  readonly value?: unknown;
  readonly thrown?: readonly [unknown];
}

/**
 * Lowers a suspending host function: it runs on JavaScript's own stack while the guest's is suspended. The result is
 * what a core module imports; the function inside is for callers that are JavaScript themselves.
 */
export function suspendingHost(cx: GuestMemory, type: FuncType, host: HostFunction, codecs: Codecs): CoreFunction {
  const call = new HostCall(cx, type, host, codecs);
  const { store } = cx.instance;
  return async (...flat) => {
    try {
      const lease = call.signature.hasBorrow ? newLease() : undefined;
      const values = call.arguments(flat, lease);
      store.suspendedIn = host.name;
      const { value, thrown } = await new Promise<Outcome>((resolve) => {
        // The host's promise may never settle; disposing of the instance ends the wait for it.
        store.wake = () => resolve({});
        const promise = (async () => apply(host.call, values))();
        void promise.then(
          (result) => resolve({ value: result }),
          (error: unknown) => resolve({ thrown: [error] }),
        );
      });
      store.suspendedIn = store.wake = undefined;
      if (lease) endLease(lease);
      if (store.trapped) throw store.trapped;
      return thrown ? call.thrown(thrown[0], flat) : call.result(value, flat);
    } catch (thrown) {
      return call.fault(thrown);
    }
  };
}

/** Connects a lowered import to another guest's export that can suspend, so that no JavaScript stands between their stacks. */
export function suspendingGuest(
  caller: GuestMemory,
  type: FuncType,
  callee: LiftedFunction,
  codecs: Codecs,
): CoreFunction {
  const call = new GuestCall(caller, type, callee, codecs);
  return async (...flat) => {
    try {
      const { args, lent, lease } = call.begin(flat);
      const result = await apply(callee.core, args);
      return call.end(result, flat, lent, lease);
    } catch (thrown) {
      return caller.instance.store.rethrow(thrown);
    }
  };
}
