import { ComponentError } from '@loophost/component';
import { httpPart, type InputStream, type OutputStream } from '@loophost/capabilities/guest';
import { expect, test } from 'vitest';
import type { FieldEntry } from '../../src/http/field-rules.ts';

interface FieldsObject extends Disposable {
  get(name: string): Uint8Array[];
  has(name: string): boolean;
  set(name: string, values: Uint8Array[]): void;
  delete(name: string): void;
  append(name: string, value: Uint8Array): void;
  entries(): FieldEntry[];
  clone(): FieldsObject;
}

type Instance = Disposable & object;
type Class<T> = (new (...args: unknown[]) => T) & Record<string, (...args: unknown[]) => unknown>;

interface Http {
  readonly Fields: Class<FieldsObject>;
  readonly OutgoingRequest: Class<Instance>;
  readonly OutgoingBody: Class<Instance>;
  readonly IncomingBody: Class<Instance>;
  readonly RequestOptions: Class<Instance>;
  handle(request: Instance, options?: Instance): Instance;
  httpErrorCode(error: unknown): unknown;
}

type Answers = Record<string, (...args: unknown[]) => unknown>;

/** The guest part, over a host that answers as it is told. */
function part(answers: Answers = {}): { http: Http; asked: unknown[][] } {
  const asked: unknown[][] = [];
  const record = (operation: string, ...args: unknown[]): void => void asked.push([operation, ...args]);
  const { imports } = httpPart.link(
    {},
    {
      imports: [],
      capability: 'http',
      waiting: 'suspend',
      ask: (operation, ...args) => {
        record(operation, ...args);
        return Promise.try(answers[operation] ?? (() => new Promise(() => undefined)), ...args);
      },
      tell: record,
      report: () => undefined,
    },
  );
  const found = imports as Record<string, object>;
  return { asked, http: Object.assign({}, ...Object.values(found)) as Http };
}

function call(object: object, method: string, ...args: unknown[]): unknown {
  const found = (object as Record<string, ((...args: unknown[]) => unknown) | undefined>)[method];
  if (!found) throw new Error(`there is no ${method}`);
  return found.apply(object, args);
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function problemOf(run: () => unknown): unknown {
  try {
    run();
    return 'none';
  } catch (thrown) {
    const { payload, code } = thrown as { payload?: { tag: string }; code?: string };
    return thrown instanceof ComponentError ? (payload?.tag ?? 'refused') : code;
  }
}

test('fields find names in any case, and keep the one they were given', () => {
  const { Fields } = part().http;
  const fields = Fields.fromList?.([
    ['X-One', bytes('1')],
    ['x-two', bytes('2')],
  ]) as FieldsObject;
  fields.append('x-ONE', bytes('3'));
  expect(fields.get('x-one')).toEqual([bytes('1'), bytes('3')]);
  expect([fields.has('X-TWO'), fields.has('x-three')]).toEqual([true, false]);
  expect(fields.entries().map(([name]) => name)).toEqual(['X-One', 'x-two', 'x-ONE']);
  const copy = fields.clone();
  fields.delete('X-one');
  fields.set('x-two', [bytes('4'), bytes('5')]);
  expect(fields.entries()).toEqual([
    ['x-two', bytes('4')],
    ['x-two', bytes('5')],
  ]);
  expect(copy.entries()).toHaveLength(3);
});

test.each([
  ['a name with a space', 'a b', 'c', 'invalid-syntax'],
  ['an empty name', '', 'c', 'invalid-syntax'],
  ['a line break', 'a', 'b\r\nc: d', 'invalid-syntax'],
  ['a zero byte', 'a', '\0', 'invalid-syntax'],
  ['the host', 'HOST', 'evil.test', 'forbidden'],
  ['the framing', 'transfer-encoding', 'chunked', 'forbidden'],
  ['the connection', 'Connection', 'close', 'forbidden'],
  ['transfer codings', 'TE', 'trailers', 'forbidden'],
  ['any proxy', 'proxy-anything', 'x', 'forbidden'],
])('fields refuse %s, however it comes', (_what, name, value, problem) => {
  const { Fields } = part().http;
  const fields = new Fields();
  expect(problemOf(() => fields.append(name, bytes(value)))).toBe(problem);
  expect(problemOf(() => fields.set(name, [bytes(value)]))).toBe(problem);
  expect(problemOf(() => Fields.fromList?.([[name, bytes(value)]]))).toBe(problem);
  expect(fields.entries()).toEqual([]);
});

test("a request's headers cannot be changed any more", () => {
  const { Fields, OutgoingRequest } = part().http;
  const request = new OutgoingRequest(new Fields());
  const headers = call(request, 'headers') as FieldsObject;
  expect(problemOf(() => headers.append('a', bytes('b')))).toBe('immutable');
  expect(problemOf(() => headers.delete('a'))).toBe('immutable');
  expect(problemOf(() => headers.clone().append('a', bytes('b')))).toBe('none');
});

test('fields are bounded, each and together, and what is dropped is room again', () => {
  const { Fields } = part().http;
  const large = new Uint8Array(100_000).fill(65);
  const one = new Fields();
  one.append('a', large);
  expect(problemOf(() => one.append('b', large))).toBe('E_HTTP_FIELDS_EXCEEDED');
  const many: FieldsObject[] = [one];
  const add = (): void => void many.push(one.clone());
  expect(problemOf(() => Array.from({ length: 200 }, add))).toBe('E_HTTP_FIELDS_EXCEEDED');
  expect(many.length).toBeGreaterThan(50);
  for (const fields of many.splice(1)) fields[Symbol.dispose]();
  expect(problemOf(add)).toBe('none');
});

test('a body waits when as much is on its way as there is room for', async () => {
  const writes: PromiseWithResolvers<void>[] = [];
  const write = (): Promise<void> => {
    const waiting = Promise.withResolvers<void>();
    writes.push(waiting);
    return waiting.promise;
  };
  const { http, asked } = part({ write });
  const request = new http.OutgoingRequest(new http.Fields());
  const body = call(request, 'body') as Instance;
  const stream = call(body, 'write') as OutputStream;
  expect(stream.checkWrite()).toBe(65_536n);
  stream.write(new Uint8Array(40_000));
  http.handle(request);
  stream.write(new Uint8Array(25_536));
  expect(stream.checkWrite()).toBe(0n);
  writes[0]?.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  expect(stream.checkWrite()).toBe(40_000n);
  http.OutgoingBody.finish?.(body, undefined);
  expect(asked.map(([operation, id]) => [operation, id])).toEqual([
    ['start', 1],
    ['write', 1],
    ['write', 1],
    ['end', 1],
  ]);
  expect(problemOf(() => stream.checkWrite())).toBe('closed');
});

test('bodies of requests that are never made are bounded together', () => {
  const { http } = part();
  const bodies = Array.from(
    { length: 64 },
    () => call(new http.OutgoingRequest(new http.Fields()), 'body') as Instance,
  );
  for (const body of bodies) (call(body, 'write') as OutputStream).write(new Uint8Array(65_536));
  const another = call(new http.OutgoingRequest(new http.Fields()), 'body') as Instance;
  const stream = call(another, 'write') as OutputStream;
  expect(stream.checkWrite()).toBe(0n);
  bodies[0]?.[Symbol.dispose]();
  expect(stream.checkWrite()).toBe(65_536n);
});

function bodyOf(http: Http, headers: Record<string, string> = {}): { body: Instance; stream: OutputStream } {
  const entries = Object.entries(headers).map(([name, value]) => [name, bytes(value)]);
  const body = call(new http.OutgoingRequest(http.Fields.fromList?.(entries)), 'body') as Instance;
  return { body, stream: call(body, 'write') as OutputStream };
}

test('what a body was told that it may write, no other takes meanwhile', () => {
  const { http } = part();
  for (let i = 0; i < 63; i++) bodyOf(http).stream.write(new Uint8Array(65_536));
  const [one, other] = [bodyOf(http), bodyOf(http)];
  expect([one.stream.checkWrite(), other.stream.checkWrite()]).toEqual([65_536n, 0n]);
  expect(problemOf(() => other.stream.write(new Uint8Array(1)))).toBe('E_STREAM_MISUSED');
  expect(one.stream.checkWrite()).toBe(65_536n);
  one.stream.write(new Uint8Array(65_000));
  expect(other.stream.checkWrite()).toBe(536n);
  other.body[Symbol.dispose]();
  expect(one.stream.checkWrite()).toBe(536n);
});

test('a body that waits for room is woken by what another gives back', async () => {
  const { http } = part();
  const full = Array.from({ length: 64 }, () => bodyOf(http));
  for (const { stream } of full) stream.write(new Uint8Array(65_536));
  const { stream } = bodyOf(http);
  expect(stream.readiness.isReady()).toBe(false);
  const woken = stream.readiness.wait?.();
  full[0]?.body[Symbol.dispose]();
  await woken;
  expect(stream.readiness.isReady()).toBe(true);
});

test.each([
  ['2', 'HTTP-request-body-size'],
  ['3', 'none'],
  ['4', 'HTTP-request-body-size'],
])('a body of 3 bytes that promised %s ends with: %s', (length, problem) => {
  const { http } = part();
  const { body, stream } = bodyOf(http, { 'Content-Length': length });
  stream.write(new Uint8Array(3));
  expect(problemOf(() => http.OutgoingBody.finish?.(body, undefined))).toBe(problem);
});

test('a method or scheme that is too long for any server does not leave the guest', () => {
  const { http } = part();
  const request = new http.OutgoingRequest(new http.Fields());
  expect(problemOf(() => call(request, 'setMethod', { tag: 'other', val: 'A'.repeat(257) }))).toBe('refused');
  expect(problemOf(() => call(request, 'setScheme', { tag: 'other', val: 'a'.repeat(257) }))).toBe('refused');
  expect(problemOf(() => call(request, 'setMethod', { tag: 'other', val: 'QUERY' }))).toBe('none');
});

test('a response is given once, and an error from then on', async () => {
  const { http } = part({ start: () => ({ status: 204, headers: [['x-a', bytes('b')]] }) });
  const future = http.handle(new http.OutgoingRequest(new http.Fields()));
  expect(call(future, 'get')).toBeUndefined();
  await new Promise((resolve) => setTimeout(resolve));
  const got = call(future, 'get') as { val: { val: Instance } };
  expect(got).toMatchObject({ tag: 'ok', val: { tag: 'ok' } });
  const response = got.val.val;
  expect([call(response, 'status'), (call(response, 'headers') as FieldsObject).entries()]).toEqual([
    204,
    [['x-a', bytes('b')]],
  ]);
  expect(call(future, 'get')).toEqual({ tag: 'err', val: undefined });
  expect(problemOf(() => call(response, 'consume'))).toBe('none');
  expect(problemOf(() => call(response, 'consume'))).toBe('refused');
});

test('a response that nobody wants is given up', async () => {
  const { http, asked } = part({ start: () => ({ status: 200, headers: [] }) });
  http.handle(new http.OutgoingRequest(new http.Fields()))[Symbol.dispose]();
  expect(asked.at(-1)).toEqual(['cancel', 1]);
  const future = http.handle(new http.OutgoingRequest(new http.Fields()));
  await new Promise((resolve) => setTimeout(resolve));
  const { val } = call(future, 'get') as { val: { val: Instance } };
  future[Symbol.dispose]();
  expect(asked.at(-1)?.[0]).toBe('start');
  val.val[Symbol.dispose]();
  expect(asked.at(-1)).toEqual(['cancel', 2]);
});

test('a body that is dropped before its end gives the request up', () => {
  const { http, asked } = part();
  const request = new http.OutgoingRequest(new http.Fields());
  const body = call(request, 'body') as Instance;
  http.handle(request);
  body[Symbol.dispose]();
  expect(asked.at(-1)).toEqual(['cancel', 1]);
});

test('a guest that waits for the response before its body has begun has the head sent', () => {
  const { http, asked } = part();
  const request = new http.OutgoingRequest(new http.Fields());
  call(request, 'body');
  const future = http.handle(request);
  call(future, 'subscribe');
  call(future, 'subscribe');
  expect(asked.map(([operation]) => operation)).toEqual(['start', 'flush']);
});

test('the error of a stream tells the code of the request', async () => {
  const parts = [bytes('abc')];
  const { http } = part({
    start: () => ({ status: 200, headers: [] }),
    read: () => parts.shift() ?? Promise.reject(new ComponentError({ tag: 'HTTP-response-incomplete' })),
  });
  const future = http.handle(new http.OutgoingRequest(new http.Fields()));
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
  await settle();
  const { val } = call(future, 'get') as { val: { val: Instance } };
  const stream = call(call(val.val, 'consume') as Instance, 'stream') as InputStream;
  expect(stream.read(2n)).toEqual(new Uint8Array());
  await settle();
  expect([stream.read(2n), stream.read(9n)]).toEqual([bytes('ab'), bytes('c')]);
  await settle();
  try {
    stream.read(9n);
    expect.unreachable();
  } catch (thrown) {
    const { payload } = thrown as ComponentError<{ tag: string; val: unknown }>;
    expect(payload.tag).toBe('last-operation-failed');
    expect(http.httpErrorCode(payload.val)).toEqual({ tag: 'HTTP-response-incomplete' });
  }
});

test('timeouts are passed on in milliseconds, as far as timers go', () => {
  const { http, asked } = part();
  const options = new http.RequestOptions();
  call(options, 'setConnectTimeout', 1_500_000n);
  call(options, 'setFirstByteTimeout', 2n ** 63n);
  expect([call(options, 'connectTimeout'), call(options, 'betweenBytesTimeout')]).toEqual([1_500_000n, undefined]);
  http.handle(new http.OutgoingRequest(new http.Fields()), options);
  expect(asked[0]?.[2]).toMatchObject({
    connectTimeoutMs: 2,
    firstByteTimeoutMs: 2 ** 31 - 1,
    betweenBytesTimeoutMs: undefined,
    method: 'GET',
    scheme: 'HTTPS',
    path: '/',
  });
});
