import { isLoopError } from '@loophost/component';
import type { Decision } from './decision.ts';
import { failureIn } from './errors.ts';

/** What a host tells its listeners. Plain data: it can be logged as it is. */
export type HostEvent = { readonly component: string; readonly instance: number; readonly timeMs: number } & (
  | ({ readonly kind: 'decision' } & Decision)
  | { readonly kind: 'start' }
  | { readonly kind: 'end'; readonly code?: string; readonly reason?: string }
  /** Something that nobody waits for failed, such as the disposal of a resource. */
  | { readonly kind: 'failure'; readonly code: string; readonly reason: string }
  | {
      readonly kind: 'log';
      readonly level: string;
      readonly context: string;
      readonly message: string;
      /** Entries left out since the one before, because the guest logged too many. */
      readonly dropped?: number;
    }
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  | { readonly kind: 'output-closed'; readonly stream: 'stdout' | 'stderr' }
);

export type Listener = (event: HostEvent) => void;

/** What an event says, before it is known whose and when. */
export type EventBody = HostEvent extends infer E
  ? E extends HostEvent
    ? Omit<E, 'component' | 'instance' | 'timeMs'>
    : never
  : never;

/** Hands events to listeners. A listener that throws harms nobody else: its error is reported as uncaught. */
export class Events {
  /** Each time that a listener was added, by an object of its own: one may listen twice. */
  private readonly listeners = new Map<object, Listener>();

  on(listener: Listener): Disposable {
    const listening = { [Symbol.dispose]: () => void this.listeners.delete(listening) };
    this.listeners.set(listening, listener);
    return listening;
  }

  emit(event: HostEvent): void {
    for (const listener of this.listeners.values()) {
      try {
        listener(event);
      } catch (thrown) {
        queueMicrotask(() => {
          throw thrown;
        });
      }
    }
  }
}

/** The end of a guest, as an event. */
export function endOf(reason: Error | undefined): EventBody {
  if (!reason) return { kind: 'end' };
  // Other errors have codes too, that of a 'DOMException' being a number.
  return { kind: 'end', ...(isLoopError(reason) && { code: reason.code }), reason: reason.message };
}

/** Something that an embedder's code did wrong where nobody waits for it, as an event. */
export function failureOf(what: string, thrown: unknown): EventBody & { readonly kind: 'failure' } {
  const { code, message } = failureIn(what, thrown);
  return { kind: 'failure', code, reason: message };
}
