import type { ComponentMessage } from '@loophost/component';
import type { Decision, GuestSpec, WireError } from '@loophost/host/guest';

/** What a thread is told. Messages of one tick travel as one array. */
export type ToThread =
  /** No guest has come yet: there is time to load what most need. */
  | { readonly kind: 'warm' }
  | { readonly kind: 'start'; readonly message: ComponentMessage; readonly spec: Omit<GuestSpec, 'component'> }
  | { readonly kind: 'call'; readonly id: number; readonly path: readonly string[]; readonly args: readonly unknown[] }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly error: WireError }
  | { readonly kind: 'drop'; readonly handle: number };

/** What a thread tells. */
export type FromThread =
  | { readonly kind: 'started' }
  /** The guest did not start, or a destructor of its trapped. */
  | { readonly kind: 'failed'; readonly error: WireError }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  /** `isLast`: the guest trapped, and cannot be called any more. */
  | { readonly kind: 'error'; readonly id: number; readonly error: WireError; readonly isLast: boolean }
  | {
      readonly kind: 'ask';
      /** Absent when nobody waits for the answer. */
      readonly id?: number;
      readonly capability: string;
      readonly operation: string;
      readonly args: readonly unknown[];
    }
  | { readonly kind: 'report'; readonly decision: Decision };
