/** An `AbortSignal`, of whatever library declares it. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** An `AbortSignal` as the program's own libraries declare it, for what takes no other: `fetch`. */
export type PlatformSignal = typeof globalThis extends { AbortSignal: { prototype: infer Declared } }
  ? Declared
  : Signal;
