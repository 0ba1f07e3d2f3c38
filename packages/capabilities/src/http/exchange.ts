import { type Decision, deny } from '@loophost/host';
import type { Framing, HttpBackend, ResponseHead, Transfer } from './backend.ts';
import { failure, HttpFailure, type PlainCode } from './error-code.ts';
import { type FieldEntry, isForbidden, MAX_FIELDS_BYTES, sizeOfFields } from './field-rules.ts';
import { CAPABILITY } from './interfaces.ts';
import { decide, type HttpPolicy } from './policy.ts';
import { type CheckedHead, checkHead, checkTrailers, type RequestHead } from './request-head.ts';

/** What an exchange is made from. */
export interface ExchangeParts {
  readonly head: RequestHead;
  readonly policy: HttpPolicy;
  readonly backend: HttpBackend;
  /** The same for all requests of one guest. */
  readonly guest: object;
  report(decision: Decision): void;
  /** Called once, when nothing is open any more: no connection, and no look-up of a name. */
  onEnd(): void;
}

/** A request that was allowed, with the addresses that it may go to. */
interface Target {
  readonly head: CheckedHead;
  readonly addresses: readonly string[];
}

/** One request of a guest and its response, from the decision to the last byte. Runs where the host runs. */
export class Exchange {
  private readonly parts: ExchangeParts;
  private readonly target: Promise<Target>;
  private readonly opened = Promise.withResolvers<Transfer>();
  private readonly requestSent = Promise.withResolvers<void>();
  private readonly timer: ReturnType<typeof setTimeout>;
  private transfer: Transfer | undefined;
  private readonly ended = new AbortController();
  private lookup: Promise<unknown> = Promise.resolve();
  /** What is sent, one after the other. */
  private sending: Promise<unknown> = Promise.resolve();
  private sent = 0;
  private received = 0;
  private state: 'open' | 'complete' | 'failed' = 'open';
  /** Why everything that is still waited for fails, and who waits. */
  private reason: { readonly thrown: unknown } | undefined;
  private readonly waiting = new Set<(reason: unknown) => void>();

  constructor(parts: ExchangeParts) {
    this.parts = parts;
    for (const { promise } of [this.opened, this.requestSent]) promise.catch(() => undefined);
    this.timer = setTimeout(() => this.fail(failure('HTTP-response-timeout')), parts.policy.timeoutMs);
    this.target = this.admit();
    this.target.catch((thrown: unknown) => this.fail(thrown));
  }

  /** Gives the response's status and headers. */
  async start(): Promise<ResponseHead> {
    const { hasBody, firstByteTimeoutMs } = this.parts.head;
    if (!hasBody) void this.end([]).catch(() => undefined);
    const transfer = await this.unlessFailed(this.opened.promise);
    await this.unlessFailed(this.requestSent.promise, transfer.response);
    const { status, headers } = await this.within(firstByteTimeoutMs, 'HTTP-response-timeout', transfer.response);
    return { status, headers: givenFields(headers) };
  }

  /** Sends a part of the body. Settles when there is room for more. */
  write(bytes: Uint8Array): Promise<void> {
    const { policy, head } = this.parts;
    return this.inOrder(async () => {
      const { contentLength = Infinity } = (await this.target).head;
      this.sent += bytes.length;
      const most = Math.min(policy.maxRequestBytes, contentLength);
      if (this.sent > most) throw new HttpFailure({ tag: 'HTTP-request-body-size', val: BigInt(most) });
      const transfer = await this.open((length) => length ?? 'chunked');
      await this.within(head.betweenBytesTimeoutMs, 'connection-write-timeout', transfer.write(bytes));
    });
  }

  /** Ends the body. */
  end(trailers: readonly FieldEntry[]): Promise<void> {
    return this.inOrder(async () => {
      checkTrailers(trailers);
      const { contentLength = this.sent } = (await this.target).head;
      if (this.sent !== contentLength)
        throw new HttpFailure({ tag: 'HTTP-request-body-size', val: BigInt(contentLength) });
      const framing = trailers.length > 0 ? 'chunked' : 'none';
      const transfer = await this.open((length) => (length === undefined || length === 0 ? framing : length));
      await this.within(this.parts.head.betweenBytesTimeoutMs, 'connection-write-timeout', transfer.end(trailers));
      this.requestSent.resolve();
    });
  }

  /** Sends the head, before the guest waits for an answer to a body that it has not begun. */
  flush(): Promise<void> {
    return this.inOrder(async () => void (await this.open((length) => length ?? 'chunked')));
  }

  /** Gives the next bytes of the response's body; undefined at its end. */
  async read(): Promise<Uint8Array | undefined> {
    if (this.state === 'complete') return undefined;
    const transfer = await this.unlessFailed(this.opened.promise);
    try {
      const { betweenBytesTimeoutMs } = this.parts.head;
      const bytes = await this.within(betweenBytesTimeoutMs, 'connection-read-timeout', transfer.read());
      this.received += bytes?.length ?? 0;
      const most = this.parts.policy.maxResponseBytes;
      if (this.received > most) throw new HttpFailure({ tag: 'HTTP-response-body-size', val: BigInt(most) });
      if (!bytes) this.settle('complete');
      return bytes;
    } catch (thrown) {
      this.fail(thrown);
      throw thrown;
    }
  }

  /** Reads the rest of the body, and gives the trailers. */
  async trailers(): Promise<readonly FieldEntry[]> {
    while (await this.read());
    return givenFields(this.transfer?.trailers() ?? []);
  }

  /** Closes the connection. What is under way fails with the reason. */
  fail(reason: unknown): void {
    this.reason ??= { thrown: reason };
    for (const reject of this.waiting) reject(this.reason.thrown);
    this.settle('failed');
  }

  private settle(state: 'complete' | 'failed'): void {
    if (this.state !== 'open') return;
    this.state = state;
    clearTimeout(this.timer);
    this.transfer?.destroy();
    this.ended.abort();
    // A look-up that has begun cannot be stopped, and holds a thread of the system: until its end it counts as open.
    void this.lookup.then(
      () => this.parts.onEnd(),
      () => this.parts.onEnd(),
    );
  }

  /** Checks and decides, looks the name up, and decides again. */
  private async admit(): Promise<Target> {
    const {
      head: asked,
      policy,
      backend,
      report,
      guest,
      head: { connectTimeoutMs },
    } = this.parts;
    const head = this.checked(asked);
    const { method, origin } = head;
    const first = decide(policy, { method, origin });
    if (first.verdict === 'deny') {
      report(first);
      throw failure('HTTP-request-denied');
    }
    let addresses: readonly string[] = [origin.host.text];
    if (!origin.host.isAddress) {
      const lookup = backend.resolve(origin.host.text, { guest, signal: this.ended.signal });
      this.lookup = lookup;
      try {
        addresses = await this.within(connectTimeoutMs, 'DNS-timeout', lookup);
      } catch (thrown) {
        // Servers of names were asked, which is more than nothing.
        report(first);
        throw thrown;
      }
    }
    const second = decide(policy, { method, origin, addresses });
    report(second);
    if (second.verdict === 'deny') throw failure('destination-IP-prohibited');
    return { head, addresses };
  }

  private checked(head: RequestHead): CheckedHead {
    try {
      return checkHead(head);
    } catch (thrown) {
      const { method, scheme, authority } = head;
      this.parts.report(
        deny(CAPABILITY, `${method} ${scheme}://${authority.replace(/^.*@/s, '…@')}`, 'malformed-request'),
      );
      throw thrown;
    }
  }

  /** Opens the connection, when it is known how the body is framed. */
  private async open(framingOf: (promised: number | undefined) => Framing): Promise<Transfer> {
    const { head, addresses } = await this.target;
    if (this.transfer) return this.transfer;
    if (this.reason) throw this.reason.thrown;
    const { method, origin, path, headers, contentLength } = head;
    const framing = framingOf(contentLength);
    if (typeof framing === 'number' && framing > this.parts.policy.maxRequestBytes)
      throw new HttpFailure({ tag: 'HTTP-request-body-size', val: BigInt(this.parts.policy.maxRequestBytes) });
    // Without chunks there are no trailers to tell of.
    const fit = framing === 'chunked' ? headers : headers.filter(([name]) => name.toLowerCase() !== 'trailer');
    const transfer = this.parts.backend.open({ method, origin, addresses, path, headers: fit, framing });
    this.transfer = transfer;
    transfer.response.catch((thrown: unknown) => this.fail(thrown));
    const connected = this.within(this.parts.head.connectTimeoutMs, 'connection-timeout', transfer.connected);
    connected.catch((thrown: unknown) => this.fail(thrown));
    this.opened.resolve(transfer);
    return transfer;
  }

  private inOrder(send: () => Promise<void>): Promise<void> {
    // A server may answer in full before it has read everything: the rest is nobody's any more.
    const sending = this.sending.then(() => (this.state === 'complete' ? undefined : this.unlessFailed(send())));
    this.sending = sending;
    sending.catch((thrown: unknown) => this.fail(thrown));
    return sending;
  }

  /** The first of these to settle, or the failure. A race would leave a reaction behind for each part of a body. */
  private unlessFailed<T>(...promises: readonly Promise<T>[]): Promise<T>;
  private unlessFailed(...promises: readonly Promise<unknown>[]): Promise<unknown>;
  private async unlessFailed(...promises: readonly Promise<unknown>[]): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    for (const one of promises) one.then(resolve, reject);
    if (this.reason) reject(this.reason.thrown);
    this.waiting.add(reject);
    try {
      return await promise;
    } finally {
      this.waiting.delete(reject);
    }
  }

  private async within<T>(timeoutMs: number | undefined, code: PlainCode, promise: Promise<T>): Promise<T> {
    if (timeoutMs === undefined) return this.unlessFailed(promise);
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(failure(code)), timeoutMs);
    try {
      return await this.unlessFailed(promise, late.promise);
    } catch (thrown) {
      this.fail(thrown);
      throw thrown;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The headers or trailers of a response, without what belongs to the connection. */
function givenFields(entries: readonly FieldEntry[]): FieldEntry[] {
  if (sizeOfFields(entries) > MAX_FIELDS_BYTES)
    throw new HttpFailure({ tag: 'HTTP-response-header-section-size', val: MAX_FIELDS_BYTES });
  return entries.filter(([name]) => !isForbidden(name));
}
