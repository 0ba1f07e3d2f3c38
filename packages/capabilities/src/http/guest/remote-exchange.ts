import { isComponentError } from '@loophost/component';
import type { GuestRealm } from '@loophost/host/guest';
import type { ResponseHead } from '../backend.ts';
import type { ErrorCode } from '../error-code.ts';
import type { FieldEntry } from '../field-rules.ts';
import type { RequestHead } from '../request-head.ts';

/** What became of something that the host was asked for. */
export type Outcome<T> = { readonly ok: T } | { readonly err: ErrorCode };

/** Something that the host was asked for, which may be there already. */
export class Later<T> {
  outcome: Outcome<T> | undefined;
  /** Settles when there is an outcome. Never fails. */
  readonly settled: Promise<void>;

  constructor(asked: Promise<T>) {
    this.settled = asked.then(
      (ok) => void (this.outcome = { ok }),
      (thrown: unknown) => void (this.outcome = { err: codeOf(thrown) }),
    );
  }
}

function codeOf(thrown: unknown): ErrorCode {
  return isComponentError(thrown) ? (thrown.payload as ErrorCode) : { tag: 'internal-error', val: undefined };
}

/** The guest's end of one request, which runs where the host runs. */
export class RemoteExchange {
  readonly response: Later<ResponseHead>;
  private readonly realm: GuestRealm;
  private readonly id: number;
  private isOver = false;

  constructor(realm: GuestRealm, id: number, head: RequestHead) {
    this.realm = realm;
    this.id = id;
    this.response = this.ask('start', head);
  }

  write(bytes: Uint8Array): Later<void> {
    return this.ask('write', bytes);
  }

  end(trailers: readonly FieldEntry[]): Later<void> {
    return this.ask('end', trailers);
  }

  read(): Later<Uint8Array | undefined> {
    return this.ask('read');
  }

  trailers(): Later<readonly FieldEntry[]> {
    return this.ask('trailers');
  }

  /** Has the head sent, though nothing of the body is there. */
  flush(): void {
    if (!this.isOver) this.realm.tell('flush', this.id);
  }

  cancel(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.realm.tell('cancel', this.id);
  }

  private ask<T>(operation: string, ...args: readonly unknown[]): Later<T> {
    return new Later(this.realm.ask(operation, this.id, ...args) as Promise<T>);
  }
}
