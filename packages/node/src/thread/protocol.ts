import type { ComponentMessage } from '@loophost/component';
import type { Decision, GuestSpec, WireError } from '@loophost/host/guest';

/** What a thread is told. Messages of one tick travel as one array. */
export type ToThread =
  /** No guest has come yet: there is time to load what most need. */
  | { readonly kind: 'warm' }
  | {
      readonly kind: 'start';
      readonly message: ComponentMessage;
      readonly spec: Omit<GuestSpec, 'component'>;
      /** Shared: how much of what the thread told is taken. */
      readonly taken: Int32Array;
      /** Shared: how far each work has come, by its `id`. */
      readonly turns: Uint8Array;
    }
  | { readonly kind: 'call'; readonly id: number; readonly path: readonly string[]; readonly args: readonly unknown[] }
  | { readonly kind: 'drop'; readonly id: number; readonly handle: number }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly error: WireError };

/** What a thread tells. */
export type FromThread =
  | { readonly kind: 'started' }
  /** The guest did not start. */
  | { readonly kind: 'failed'; readonly error: WireError }
  /** Of a call, or of a drop. */
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  /** `isLast`: the guest trapped, and cannot be called any more. */
  | { readonly kind: 'error'; readonly id: number; readonly error: WireError; readonly isLast: boolean }
  | ({ readonly kind: 'ask'; readonly id: number } & Request)
  /** Nobody waits for an answer, so these are counted: `bytes` is roughly what the message takes. */
  | ({ readonly kind: 'tell'; readonly bytes: number } & Request)
  | { readonly kind: 'report'; readonly bytes: number; readonly decision: Decision };

/** What an operation of the host is asked for. */
interface Request {
  readonly capability: string;
  readonly operation: string;
  readonly args: readonly unknown[];
}
