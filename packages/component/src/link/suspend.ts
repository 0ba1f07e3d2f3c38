import type { CoreFunction } from '../abi/calls.ts';

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
