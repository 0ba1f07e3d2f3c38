import { ComponentError } from '@loophost/component';
import { deny, type HostContext, type Operation } from '@loophost/host';
import type { HttpBackend } from './backend.ts';
import { type ErrorCode, failure, HttpFailure } from './error-code.ts';
import { Exchange } from './exchange.ts';
import type { FieldEntry } from './field-rules.ts';
import { CAPABILITY } from './interfaces.ts';
import type { HttpPolicy } from './policy.ts';
import type { RequestHead } from './request-head.ts';

/** Answered requests that a guest may keep in its hands, and the host with it. */
const MAX_KEPT = 1_000;

/** All requests of one guest, by the numbers that its part of the capability gives them. */
export class Exchanges implements Disposable {
  /** What the guest's part may ask. */
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly policy: HttpPolicy;
  private readonly backend: HttpBackend;
  private readonly context: HostContext;
  private readonly exchanges = new Map<number, Exchange>();
  private open = 0;

  constructor(policy: HttpPolicy, backend: HttpBackend, context: HostContext) {
    this.policy = policy;
    this.backend = backend;
    this.context = context;
    this.operations = {
      start: (id: number, head: RequestHead) => answer(this.start(id, head)),
      write: (id: number, bytes: Uint8Array) => answer(this.find(id, (one) => one.write(bytes))),
      end: (id: number, trailers: readonly FieldEntry[]) => answer(this.find(id, (one) => one.end(trailers))),
      flush: (id: number) => answer(this.find(id, (one) => one.flush())).catch(() => undefined),
      read: (id: number) => answer(this.find(id, (one) => one.read())),
      trailers: (id: number) => answer(this.find(id, (one) => one.trailers())),
      cancel: (id: number) => this.cancel(id),
    };
  }

  private async start(id: number, head: RequestHead): Promise<unknown> {
    const { policy, backend, context } = this;
    if (this.open >= policy.maxConcurrent || this.exchanges.size >= MAX_KEPT) {
      context.report(
        deny(
          CAPABILITY,
          head.method,
          'too-many-requests',
          'have the guest drop requests and responses, or raise http.maxConcurrent',
        ),
      );
      throw failure('connection-limit-reached');
    }
    this.open++;
    const exchange = new Exchange({
      head,
      policy,
      backend,
      guest: this,
      report: (decision) => context.report(decision),
      onEnd: () => this.open--,
    });
    this.exchanges.set(id, exchange);
    try {
      return await exchange.start();
    } catch (thrown) {
      exchange.fail(thrown);
      this.exchanges.delete(id);
      throw thrown;
    }
  }

  private async find<T>(id: number, use: (exchange: Exchange) => Promise<T>): Promise<T> {
    const exchange = this.exchanges.get(id);
    if (!exchange) throw failure('connection-terminated');
    return use(exchange);
  }

  private cancel(id: number): void {
    this.exchanges.get(id)?.fail(failure('connection-terminated'));
    this.exchanges.delete(id);
  }

  [Symbol.dispose](): void {
    for (const id of [...this.exchanges.keys()]) this.cancel(id);
  }
}

/** Tells a failure as the interface's own error. Texts of the host's errors stay with the host. */
async function answer<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (thrown) {
    const code: ErrorCode = thrown instanceof HttpFailure ? thrown.code : { tag: 'internal-error', val: undefined };
    throw new ComponentError(code, code.tag);
  }
}
