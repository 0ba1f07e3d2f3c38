import { type AllowedRequest, type Asker, type HttpBackend, HttpFailure, type Transfer } from '@loophost/capabilities';
import type { Decision } from '@loophost/host';
import { expect, test } from 'vitest';
import { Exchanges } from '../../src/http/exchanges.ts';
import { type HttpGrant, policyOf } from '../../src/http/grant.ts';
import { hostContext } from '../host-context.ts';

const HEAD = {
  method: 'GET',
  scheme: 'http',
  authority: 'a.test',
  path: '/',
  headers: [],
  hasBody: false,
};

interface Setting {
  readonly run: (operation: string, ...args: unknown[]) => Promise<unknown>;
  readonly opened: AllowedRequest[];
  readonly decisions: Decision[];
  readonly exchanges: Exchanges;
}

function over(transfer: Partial<Transfer>, grant: Partial<HttpGrant> = {}, resolve?: HttpBackend['resolve']): Setting {
  const opened: AllowedRequest[] = [];
  const decisions: Decision[] = [];
  const backend: HttpBackend = {
    resolve: resolve ?? (async () => ['8.8.8.8']),
    open: (request) => {
      opened.push(request);
      return {
        connected: Promise.resolve(),
        response: Promise.resolve({ status: 200, headers: [] }),
        write: async () => undefined,
        end: async () => undefined,
        read: async () => undefined,
        trailers: () => [],
        destroy: () => undefined,
        ...transfer,
      };
    },
  };
  const context = hostContext({ report: (one: Decision) => void decisions.push(one) });
  const exchanges = new Exchanges(policyOf({ allow: ['http://a.test'], ...grant }), backend, context);
  const run = async (operation: string, ...args: unknown[]): Promise<unknown> => {
    try {
      return await (exchanges.operations[operation] as unknown as (...args: unknown[]) => unknown)(...args);
    } catch (thrown) {
      return (thrown as { payload?: { tag: string } }).payload?.tag ?? thrown;
    }
  };
  return { run, opened, decisions, exchanges };
}

test('a request is opened with the addresses that were checked, and reported once', async () => {
  const { run, opened, decisions } = over({});
  expect(await run('start', 1, HEAD)).toEqual({ status: 200, headers: [] });
  expect(opened).toMatchObject([{ addresses: ['8.8.8.8'], framing: 'none', path: '/' }]);
  expect(decisions).toMatchObject([{ verdict: 'allow', request: 'GET http://a.test' }]);
});

test('nothing is looked up for an origin that is not granted', async () => {
  let lookups = 0;
  const { run, opened } = over({}, {}, async () => {
    lookups++;
    return [];
  });
  expect(await run('start', 1, { ...HEAD, authority: 'b.test' })).toBe('HTTP-request-denied');
  expect([lookups, opened.length]).toEqual([0, 0]);
});

test('a body is framed when its first part or its end is there', async () => {
  const { run, opened } = over({});
  void run('start', 1, { ...HEAD, hasBody: true });
  await run('write', 1, new Uint8Array(2));
  void run('start', 2, { ...HEAD, hasBody: true });
  await run('end', 2, []);
  void run('start', 3, { ...HEAD, hasBody: true });
  await run('end', 3, [['x-a', new Uint8Array()]]);
  void run('start', 4, { ...HEAD, hasBody: true, headers: [['Content-Length', Uint8Array.of(50)]] });
  await run('write', 4, new Uint8Array(2));
  void run('start', 5, { ...HEAD, hasBody: true });
  await run('flush', 5);
  expect(opened.map(({ framing }) => framing)).toEqual(['chunked', 'none', 'chunked', 2, 'chunked']);
});

test('trailers that would change how the body was read are refused', async () => {
  const { run } = over({});
  const started = run('start', 1, { ...HEAD, hasBody: true });
  expect(await run('end', 1, [['Content-Length', Uint8Array.of(50)]])).toBe('HTTP-request-denied');
  expect(await started).toBe('HTTP-request-denied');
});

test('headers and paths are bounded', async () => {
  const { run } = over({});
  const headers = [['x-a', new Uint8Array(70_000).fill(65)]];
  expect(await run('start', 1, { ...HEAD, headers })).toBe('HTTP-request-header-section-size');
  expect(await run('start', 2, { ...HEAD, path: `/${'a'.repeat(9_000)}` })).toBe('HTTP-request-URI-too-long');
});

test('a guest cannot have the host keep any number of answered requests', async () => {
  const { run } = over({});
  for (let id = 1; id <= 1_000; id++) {
    await run('start', id, HEAD);
    expect(await run('read', id)).toBeUndefined();
  }
  expect(await run('start', 1_001, HEAD)).toBe('connection-limit-reached');
  await run('cancel', 1);
  expect(await run('start', 1_002, HEAD)).toMatchObject({ status: 200 });
});

test('an error that the backend does not name stays with the host', async () => {
  const { run } = over({ response: Promise.reject(new Error('/etc/secret')) });
  expect(await run('start', 1, HEAD)).toBe('internal-error');
});

test('connections are closed when a request fails, is given up, or its guest ends', async () => {
  const closed: number[] = [];
  let next = 1;
  const destroy = (): void => void closed.push(next++);
  const silent = new Promise<never>(() => undefined);
  const failed = over({ destroy, response: Promise.reject(new HttpFailure({ tag: 'connection-terminated' })) });
  expect(await failed.run('start', 1, HEAD)).toBe('connection-terminated');
  expect(closed).toEqual([1]);
  const pending = over({ destroy, response: silent });
  const one = pending.run('start', 1, HEAD);
  const two = pending.run('start', 2, HEAD);
  await new Promise((resolve) => setTimeout(resolve));
  await pending.run('cancel', 1);
  expect([await one, closed]).toEqual(['connection-terminated', [1, 2]]);
  pending.exchanges[Symbol.dispose]();
  expect([await two, closed]).toEqual(['connection-terminated', [1, 2, 3]]);
});

test('a name that was looked up is reported, also when it was not found, or not waited for', async () => {
  const unknown = over({}, {}, () => Promise.reject(new HttpFailure({ tag: 'destination-not-found' })));
  expect(await unknown.run('start', 1, HEAD)).toBe('destination-not-found');
  expect(unknown.decisions).toMatchObject([{ verdict: 'allow', request: 'GET http://a.test' }]);
  const slow = over({}, {}, () => new Promise(() => undefined));
  const started = slow.run('start', 1, HEAD);
  await slow.run('cancel', 1);
  expect(await started).toBe('connection-terminated');
  expect(slow.decisions).toMatchObject([{ verdict: 'allow', request: 'GET http://a.test' }]);
});

test('a look-up is told who asks, and when nobody waits any more', async () => {
  const askers: Asker[] = [];
  const { run, exchanges } = over({}, {}, (_name, asker) => {
    askers.push(asker);
    return new Promise(() => undefined);
  });
  void run('start', 1, HEAD);
  void run('start', 2, HEAD);
  expect(askers[0]?.guest).toBe(askers[1]?.guest);
  await run('cancel', 1);
  expect(askers.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  exchanges[Symbol.dispose]();
  expect(askers[1]?.signal.aborted).toBe(true);
});
