import { type Host, type LinkOptions, provide } from '@loophost/host';
import { createNodeHost } from '@loophost/node';
import { expect } from 'vitest';

const NOTHING = { instances: 0, threads: 0, handles: 0, calls: 0 };

/** A host whose capability `test` serves the import of `CALLER` by a function that a test can replace. */
export class Stage implements AsyncDisposable {
  answer: (x: number) => unknown = (x) => x;
  readonly host: Host = createNodeHost({
    capabilities: [
      provide({ name: 'test', interfaces: { 'acme:test/host@1.0.0': { f: (x: number) => this.answer(x) } } }),
    ],
  });

  /** Ends the host, of which nothing may be left. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]();
    expect(this.host.live).toEqual(NOTHING);
  }
}

/** Links for an executor what is trusted and has the capability of a stage. */
export function trusted(executor: string, more: LinkOptions = {}): LinkOptions {
  return { trust: 'trusted', executor, grants: { test: true }, ...more };
}

/** What a call fails with. */
export async function failureOf(call: Promise<unknown>): Promise<{ code?: string; message: string; fix?: string }> {
  return call.then(
    (value) => ({ message: `it gave ${String(value)}` }),
    (thrown: Error) => thrown,
  );
}

export async function codeOf(call: Promise<unknown>): Promise<string> {
  const { code, message } = await failureOf(call);
  return code ?? message;
}
