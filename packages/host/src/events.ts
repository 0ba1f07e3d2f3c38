import type { LoopError } from '@loophost/component';
import type { Decision } from './decision.ts';

/** What a host tells its listeners. Plain data: it can be logged as it is. */
export type HostEvent = { readonly component: string; readonly instance: number; readonly timeMs: number } & (
  | ({ readonly kind: 'decision' } & Decision)
  | { readonly kind: 'start' }
  | { readonly kind: 'end'; readonly code?: string; readonly reason?: string }
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
  private readonly listeners = new Set<Listener>();

  on(listener: Listener): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => void this.listeners.delete(listener) };
  }

  emit(event: HostEvent): void {
    for (const listener of this.listeners) {
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
  const { code } = reason as Partial<LoopError>;
  return { kind: 'end', ...(code !== undefined && { code }), reason: reason.message };
}
