import { config } from '@loophost/capabilities';
import { compile } from '@loophost/component';
import type { Host, HostEvent } from '@loophost/host';
import { createNodeHost } from '@loophost/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { importer } from './draft-importer.ts';
import { wat } from './guests.ts';

let host: Host;
let events: HostEvent[];

beforeEach(() => {
  host = createNodeHost({ capabilities: [config()] });
  events = [];
  host.on((event) => events.push(event));
});

afterEach(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.live).toEqual({ instances: 0, threads: 0, handles: 0, calls: 0 });
});

/** Reads a key when it starts and when it is asked to, and passes on what it gets, which stays in its memory. */
const reader = (interfaceName: string): string => `(component
  (import "${interfaceName}" (instance $store
    (type $error' (variant (case "upstream" string) (case "io" string)))
    (export "${interfaceName.includes('runtime') ? 'config-error' : 'error'}" (type $error (eq $error')))
    (export "get" (func (param "key" string) (result (result (option string) (error $error)))))))
  (core module $own (memory (export "memory") 1) (global $top (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $top) (global.set $top (i32.and (i32.add (i32.add (global.get $top) (local.get 3)) (i32.const 7)) (i32.const -8)))))
  (core instance $own (instantiate $own))
  (core func $get (canon lower (func $store "get")
    (memory (core memory $own "memory")) (realloc (core func $own "realloc"))))
  (core module $m
    (import "store" "get" (func $get (param i32 i32 i32)))
    (import "own" "memory" (memory 1))
    (data (i32.const 0) "greeting")
    (func $start (call $get (i32.const 0) (i32.const 8) (i32.const 64)))
    (start $start)
    ;; An option<string> stands at 4 of a result: is-some, pointer, length.
    (func (export "read") (param i32 i32) (result i32)
      (call $get (local.get 0) (local.get 1) (i32.const 128))
      (i32.const 132)))
  (core instance $i (instantiate $m
    (with "store" (instance (export "get" (func $get)))) (with "own" (instance $own))))
  (func (export "read") (param "key" string) (result (option string))
    (canon lift (core func $i "read") (memory (core memory $own "memory")) (realloc (core func $own "realloc")))))`;

const NAMES = ['wasi:config/store@0.2.0-draft', 'wasi:config/store@0.2.0-rc.1', 'wasi:config/runtime@0.2.0-draft'];

describe.each(['thread', 'inline'])('in the executor %s', (executor) => {
  test.each(NAMES)('a component reads from %s what it was granted, also when it starts', async (name) => {
    const grants = { config: { greeting: 'Grüß Gott', other: '' } };
    const linked = await host.link(await wat(reader(name)), { trust: 'trusted', executor, grants });
    const instance = await linked.instantiate();
    expect(await instance.call('read', ['greeting'])).toBe('Grüß Gott');
    expect(await instance.call('read', ['other'])).toBe('');
    expect(await instance.call('read', ['absent'])).toBeUndefined();
    const reads = events.flatMap((event) => (event.kind === 'decision' ? [`${event.verdict} ${event.request}`] : []));
    expect(reads).toEqual(['allow get greeting', 'allow get other']);
  });

  test.each(NAMES)('without a grant, a component that imports %s does not link', async (name) => {
    await expect(host.link(await wat(reader(name)), { trust: 'trusted', executor })).rejects.toMatchObject({
      code: 'E_LINK_FAILED',
      problems: [{ code: 'E_GRANT_MISSING', fix: "grant it with `config: { key: 'value' }`", at: { interface: name } }],
    });
  });
});

test('an empty grant serves it empty', async () => {
  const linked = await host.link(await wat(reader(NAMES[0] as string)), { grants: { config: {} } });
  expect(await (await linked.instantiate()).call('read', ['greeting'])).toBeUndefined();
});

test('everything that wit/deps/config declares is served', async () => {
  await host.link(await compile(await importer('config')), { grants: { config: {} } });
});
