import type { Capability, TrustClass } from './capability.ts';
import { grantInvalid } from './errors.ts';
import { checkProviderOptions } from './options.ts';
import { prepareProvider } from './prepared-provider.ts';
import { shapeOf } from './provider-shape.ts';

/**
 * Functions by name in camelCase, and classes of resources by name in PascalCase: an object, a module, or an instance of
 * a class with its methods. Or one function, which the world imports.
 */
export type Provider = object | ((...args: never[]) => unknown);

export interface ProviderOptions {
  /** As grants name it. */
  readonly name: string;
  /** What serves each import, by its exact name: `acme:kv/store@1.0.0`. */
  readonly interfaces: Readonly<Record<string, Provider>>;
  /** Whether only components with a grant of this name (any value but undefined) are served. Default true. */
  readonly needsGrant?: boolean;
  /** Default `untrusted`. */
  readonly trust?: TrustClass;
}

/**
 * Makes a capability from functions of your app. They run in your thread, whatever the executor, and may be asynchronous:
 * the guest is suspended meanwhile. Throw a `ComponentError` for the error case of a `result`. Do not wait for another call
 * of the same instance: it waits for the one that called you.
 *
 * An object of a class that a guest holds is disposed of (`[Symbol.dispose]`) when the guest drops it, or ends. One that
 * the guest gives to a function as owned is the function's from then on.
 *
 * @throws {LoopError} `E_OPTION_INVALID`.
 * @example
 * provide({ name: 'notes', interfaces: { 'acme:notes/store@1.0.0': { save: async (text) => db.save(text) } } })
 */
export function provide(options: ProviderOptions): Capability {
  checkProviderOptions(options);
  const { name, interfaces, needsGrant = true, trust = 'untrusted' } = options;
  const shape = shapeOf(interfaces);
  return {
    name,
    interfaces: Object.keys(interfaces),
    trust,
    configure: (grant) => {
      if (grant !== undefined && grant !== true)
        throw grantInvalid({ capability: name, why: 'it takes no options', fix: `grant it with \`${name}: true\`` });
      return {
        mayWait: true,
        guestPart: 'remote',
        prepare: (context) => prepareProvider(shape, context),
        ...(needsGrant &&
          grant === undefined && {
            denial: () => ({ reason: 'it is not granted', fix: `grant it with \`${name}: true\`` }),
          }),
      };
    },
  };
}
