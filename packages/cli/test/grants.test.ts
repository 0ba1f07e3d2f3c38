// What each option gives, and what its absence denies, with guests that try.
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { TemporaryFolder } from './support/files.ts';
import { expectGolden, transcript } from './support/golden.ts';
import { loop, spawnLoop } from './support/loop.ts';

const FILES = 'guests/file-user/file-user.wasm';
const HTTP = 'guests/http-client/http-client.wasm';
const KV = 'guests/kv-user/kv-user.wasm';
const LOGGER = 'guests/logger/logger.wasm';
const PROBE = 'guests/wasi-probe/wasi-probe.wasm';

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

/** A component that asks for one value of its configuration while it starts. */
const CONFIGURED = `(component
  (import "wasi:config/store@0.2.0-rc.1" (instance $store
    (type $error' (variant (case "upstream" string) (case "io" string)))
    (export "error" (type $error (eq $error')))
    (export "get" (func (param "key" string) (result (result (option string) (error $error)))))))
  (core module $libc (memory (export "memory") 1) (global $top (mut i32) (i32.const 64))
    (data (i32.const 0) "greeting")
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
      (local.set $at (global.get $top)) (global.set $top (i32.add (global.get $top) (local.get 3))) (local.get $at)))
  (core instance $libc (instantiate $libc))
  (core func $get (canon lower (func $store "get") (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
  (core module $m (import "" "get" (func $get (param i32 i32 i32)))
    (import "" "memory" (memory 1))
    (func (export "greeting") (result i32)
      (call $get (i32.const 0) (i32.const 8) (i32.const 32))
      (i32.add (i32.const 32) (i32.const 4))))
  (core instance $i (instantiate $m (with "" (instance (export "get" (func $get)) (export "memory" (memory $libc "memory"))))))
  (func (export "greeting") (result (option string))
    (canon lift (core func $i "greeting") (memory (core memory $libc "memory")))))`;

/** Declares memory that it does not use, and tells how far it can grow it: 1 for a gibibyte more. */
const HUNGRY = `(component
  (core module $m (memory 1) (func (export "grow") (result i32) (i32.gt_s (memory.grow (i32.const 8192)) (i32.const 0))))
  (core instance $i (instantiate $m))
  (func (export "grow") (result bool) (canon lift (core func $i "grow"))))`;

describe('--dir', () => {
  const list = `run(["directories", "cat 0", "open 0 note.txt fr", "read 1 0 100", "mkdir 0 made"])`;

  test('gives a directory to read and write, under a name of the guest', async () => {
    writeFileSync(join(folder.path, 'note.txt'), 'remember');
    const { out, err, code } = await loop('run', FILES, '--dir', `${folder.path}::/data`, '--call', list);
    expect({ err, code }).toEqual({ err: '', code: 0 });
    expect(out).toContain('"/data"');
    expect(out).toContain('remember');
  });

  test('gives one to read only, behind which changes are refused with what would allow them', async () => {
    const calls = 'run(["mkdir 0 more"])';
    const { out, err } = await loop('run', FILES, '--dir', `${folder.path}::/data:ro`, '--call', calls);
    expect(out).toContain('read-only');
    expect(err).toBe(
      'denied[filesystem]: create-directory /data/more: read-only\n  fix: leave out :ro behind the --dir that it is in\n',
    );
  });

  test('is the only way to any directory', async () => {
    const { out, code } = await loop('run', FILES, '--call', 'run(["directories"])');
    expect({ out, code }).toEqual({ out: '[""]\n', code: 0 });
  });

  test.each([
    ['packages', '/packages'],
    ['./packages/cli/', '/packages/cli'],
    ['.', '.'],
    ['/', '/'],
  ])('takes %s for the guest to call it %s', async (host, guest) => {
    const { out } = await loop('inspect', FILES, '--dir', host);
    expect(out).toContain(`✓ filesystem: ${guest} (rw)`);
  });

  test('refuses a path that climbs and has no name, and a directory that is not there', async () => {
    for (const [golden, value] of [
      ['dir-climbs', '../data'],
      ['dir-empty', '::/data'],
      ['dir-missing', 'no/such/directory'],
      ['dir-relative-guest', 'packages::data'],
    ] as const) {
      const args = ['run', FILES, '--dir', value, '--call', 'run([])'];
      expectGolden(golden, transcript(args, await loop(...args)));
    }
  });
});

describe('--env', () => {
  test('gives variables, and nothing else has any', async () => {
    const call = ['--call', 'variables()', '--call', 'arguments()'];
    const granted = await loop('run', PROBE, '--env', 'A=1', '--env', 'B=x=y', ...call);
    expect(granted).toEqual({ out: `[("A", "1"), ("B", "x=y")]\n["${PROBE}"]\n`, err: '', code: 0 });
    const denied = await loop('run', PROBE, ...call, '--', 'one');
    expect(denied).toEqual({ out: `[]\n["${PROBE}", "one"]\n`, err: '', code: 0 });
  });

  test('takes the value that loop has where none is given', async () => {
    vi.stubEnv('LOOP_PASSED', 'on');
    const { out } = await loop('run', PROBE, '--env', 'LOOP_PASSED', '--call', 'variables()');
    vi.unstubAllEnvs();
    expect(out).toBe('[("LOOP_PASSED", "on")]\n');
  });

  test('refuses what is no name and value', async () => {
    const args = [
      'run',
      PROBE,
      '--env',
      'LOOP_UNSET',
      '--env',
      '=1',
      '--env',
      'A=1',
      '--env',
      'A=2',
      '--call',
      'variables()',
    ];
    expectGolden('env-wrong', transcript(args, await loop(...args)));
  });
});

describe('--allow-http', () => {
  let server: Server;
  let origin = '';
  beforeAll(async () => {
    server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  test('lets requests out to an origin, and no other', async () => {
    const get = ['--call', `get("${origin}/")`, '--json'];
    const granted = await loop('run', HTTP, '--allow-http', origin, ...get);
    expect(granted).toMatchObject({ err: '', code: 0 });
    expect(JSON.parse(granted.out)).toMatchObject({ tag: 'ok', val: { status: 200 } });
    expect(await loop('run', HTTP, '--allow-http', `${origin}=private`, ...get)).toMatchObject({ err: '', code: 0 });
    const denied = await loop('run', HTTP, '--allow-http', 'https://example.com', ...get);
    expect(denied.code).toBe(1);
    expect(JSON.parse(denied.err)).toEqual({
      denied: {
        capability: 'http',
        request: `GET ${origin}`,
        reason: 'not-granted',
        fix: `allow it with --allow-http ${origin}`,
      },
    });
    const asText = await loop('run', HTTP, '--allow-http', 'https://example.com', ...get.slice(0, 2));
    expect(asText.err).toBe(`denied[http]: GET ${origin}: not-granted\n  fix: allow it with --allow-http ${origin}\n`);
  });

  test('is what a component that sends requests needs to run at all', async () => {
    const args = ['run', HTTP, '--call', 'get("https://example.com/")'];
    expectGolden('http-denied', transcript(args, await loop(...args)));
  });

  test('refuses what is no origin', async () => {
    const args = ['run', HTTP, '--allow-http', 'https://example.com/path', '--call', 'get("")'];
    expectGolden('http-no-origin', transcript(args, await loop(...args)));
  });
});

describe('--kv', () => {
  const set = ['--call', 'set("default", "a", [1, 2])'];
  const get = ['--call', 'get("default", "a")'];

  test('gives a store in memory, gone with the run', async () => {
    expect(await loop('run', KV, '--kv', 'memory', ...set, ...get)).toEqual({
      out: 'ok\nok(some([1, 2]))\n',
      err: '',
      code: 0,
    });
    expect((await loop('run', KV, '--kv', 'memory', ...get)).out).toBe('ok(none)\n');
  });

  test('gives a store in a file, which stays', async () => {
    const file = join(folder.path, 'notes.sqlite');
    expect((await loop('run', KV, '--kv', file, ...set)).out).toBe('ok\n');
    expect((await loop('run', KV, '--kv', `default=${file}`, ...get)).out).toBe('ok(some([1, 2]))\n');
  });

  test('gives stores by name, and refuses others with what would allow them', async () => {
    const { out, err, code } = await loop('run', KV, '--kv', 'cache=memory', ...get);
    expect({ out, code }).toEqual({ out: 'err("access-denied")\n', code: 1 });
    expect(err).toBe('denied[keyValue]: open default: not-granted\n  fix: allow it with --kv default=memory\n');
  });

  test('is what a component that keeps values needs to run at all', async () => {
    const args = ['run', KV, ...get];
    expectGolden('kv-denied', transcript(args, await loop(...args)));
  });
});

describe('--config', () => {
  test('gives values, without which a component that asks for them does not link', async () => {
    const file = await folder.assemble('configured.wasm', CONFIGURED);
    const call = ['--call', 'greeting()'];
    expect(await loop('run', file, '--config', 'greeting=Hello', ...call)).toEqual({
      out: 'some("Hello")\n',
      err: '',
      code: 0,
    });
    expect((await loop('run', file, '--config', 'other=Hello', ...call)).out).toBe('none\n');
    const args = ['run', file, ...call];
    expectGolden('config-denied', transcript(args, await loop(...args), folder.path));
  });
});

test.each(['toString', '__proto__', 'constructor'])('--env %s is no variable that loop has', async (name) => {
  const { err, code } = await loop('inspect', 'guests/wasi-probe/wasi-probe.wasm', '--env', name);
  expect(err).toContain(`cannot use --env "${name}": there is no such variable here`);
  expect(code).toBe(2);
});

describe('--seed and --clock', () => {
  test.each([
    ['2026-02-30', 'it is no time'],
    ['2026-01-31T24:00:00Z', 'it is no time'],
    ['2026-01-31T12:00:00', 'it is no time'],
    ['2026-01-31T12:00:00+99:00', 'it is no time'],
    ['1969-12-31', 'it is before 1970'],
    ['2026-01-31T12:00Z', undefined],
    ['2026-01-31T12:00:00.5+02:00', undefined],
    ['2026-01-31', undefined],
  ])('take a moment alone, the same in every place: %s', async (text, why) => {
    const { err, code } = await loop('inspect', PROBE, '--clock', text);
    expect({ err: err.split('\n')[0], code }).toEqual(
      why === undefined
        ? { err: '', code: 0 }
        : { err: `error[E_USAGE]: cannot use --clock "${text}": ${why}`, code: 2 },
    );
  });

  test('are refused where only types are imported of what they are for', async () => {
    const file = await folder.assemble(
      'types-only.wasm',
      `(component
        (import "wasi:clocks/wall-clock@0.2.0" (instance
          (type $t (record (field "seconds" u64) (field "nanoseconds" u32)))
          (export "datetime" (type (eq $t)))))
        (core module $m (func (export "f")))
        (core instance $i (instantiate $m))
        (func (export "f") (canon lift (core func $i "f"))))`,
    );
    const { err, code } = await loop('run', file, '--clock', '2026-01-31', '--call', 'f()');
    expect(err).toContain('cannot use --clock: the component does not import wasi:clocks');
    expect(code).toBe(2);
  });

  const call = ['--call', 'random-number()', '--call', 'wall()'];

  test('make a run give the same again', async () => {
    const args = ['run', PROBE, '--seed', '7', '--clock', '2026-01-31T12:00:00Z', ...call];
    const first = await loop(...args);
    expect(first).toMatchObject({ err: '', code: 0 });
    expect(first.out).toMatch(/^\d+\n\(1769860800, 0\)\n$/);
    expect(await loop(...args)).toEqual(first);
    expect((await loop('run', PROBE, '--seed', '8', ...call)).out).not.toContain(first.out.split('\n')[0]);
    expect((await loop('run', PROBE, ...call)).out).not.toContain('(1769860800, 0)');
  });

  test('refuse what is no number and no time', async () => {
    const { err, code } = await loop('run', PROBE, '--seed', 'x', '--clock', '19', ...call);
    expect(err).toMatch(/cannot use --seed "x": .*[^]*cannot use --clock "19": it is no time\n/);
    expect(code).toBe(2);
  });
});

describe('--max-host-calls', () => {
  test('bounds how often one call may call its imports', async () => {
    const args = ['run', KV, '--kv', 'memory', '--call', 'set("default", "a", [1])'];
    const { err, code } = await loop(...args, '--max-host-calls', '1');
    expect(err).toContain('error[E_HOST_CALLS_EXCEEDED]');
    expect(err).toContain('the guest made more than one call to its host in one call');
    expect(err).toContain('  fix: let it make more, if it needs that: --max-host-calls 10000000\n');
    expect(code).toBe(1);
    expect((await loop(...args, '--max-host-calls', 'many')).code).toBe(2);
  });
});

describe('--memory', () => {
  test('bounds what a component takes, and lets it take more than by default', async () => {
    const file = await folder.assemble('hungry.wasm', HUNGRY);
    expect((await loop('run', file, '--call', 'grow()')).out).toBe('false\n');
    expect((await loop('run', file, '--memory', '1G', '--call', 'grow()')).out).toBe('true\n');
    const args = ['run', file, '--memory', '32K', '--call', 'grow()'];
    expectGolden('memory-small', transcript(args, await loop(...args), folder.path));
  });

  test('refuses what is no size', async () => {
    const args = ['run', PROBE, '--memory', 'much', '--call', 'wall()'];
    expectGolden('memory-wrong', transcript(args, await loop(...args)));
  });
});

describe('--trust and --inline', () => {
  test('a trusted component may run in the main thread, an untrusted one may not', async () => {
    const call = ['guests/agent/agent.wasm', '--inline', '--call', 'run-code("6 * 7")'];
    expect(await loop('run', '--trust', 'trusted', ...call)).toEqual({ out: '"42"\n', err: '', code: 0 });
    expectGolden('inline-untrusted', transcript(['run', ...call], await loop('run', ...call)));
  });

  test('a trusted component may use the heap of the engine, which has no bound', async () => {
    const call = ['guests/hostile/gc-array.wasm', '--call', 'attack(0)'];
    expect((await loop('run', '--trust', 'trusted', ...call)).err).not.toContain('E_GC_HEAP_DENIED');
  });

  test('a run in the main thread has no time limit, since nothing could hold it', async () => {
    const args = ['guests/agent/agent.wasm', '--trust', 'trusted', '--inline', '--timeout', '1s'];
    const { err, code } = await loop('run', ...args, '--call', 'run-code("1")');
    expect(err).toContain('--timeout cannot stop what runs in the main thread');
    expect(code).toBe(2);
  });

  test('refuses a class that there is not', async () => {
    const args = ['run', PROBE, '--trust', 'full', '--call', 'wall()'];
    expectGolden('trust-wrong', transcript(args, await loop(...args)));
  });
});

describe('options that would do nothing', () => {
  test('are refused, all at once', async () => {
    const given = [
      '--dir',
      '.',
      '--env',
      'A=1',
      '--allow-http',
      'https://a.example',
      '--kv',
      'memory',
      '--config',
      'a=b',
    ];
    const args = ['run', 'guests/agent/agent.wasm', ...given, '--call', 'run-code("1")'];
    expectGolden('options-unused', transcript(args, await loop(...args)));
  });
});

describe('what a component logs', () => {
  test('is told on standard error', async () => {
    const { out, err, code } = await spawnLoop(['run', LOGGER, '--call', 'log(warn, "disk", "nearly\\nfull")']);
    expect({ out, code }).toEqual({ out: '', code: 0 });
    expect(err).toBe('info start: started\nwarn disk: nearly↵full\n');
  });
});

describe('--timeout', () => {
  test('stops an endless loop', async () => {
    const args = ['run', 'guests/hostile/endless-loop.wasm', '--timeout', '200ms', '--call', 'attack()'];
    const started = performance.now();
    expectGolden('timeout-loop', transcript(args, await loop(...args)));
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  test('stops an endless loop after five seconds when it is not given', async () => {
    const { err, code } = await loop('run', 'guests/hostile/endless-loop.wasm', '--call', 'attack()');
    expect({ code, isLate: err.includes('within 5000 ms') }).toEqual({ code: 1, isLate: true });
  });

  test('bounds a command as a whole, which may otherwise wait for its input', async () => {
    const args = ['run', 'guests/c-hello/c-hello.wasm', '--timeout', '300ms', '--', '--stdin'];
    const { err, code } = await spawnLoop(args, { keepsInputOpen: true });
    expect({ code, isLate: err.includes('E_DEADLINE_EXCEEDED') }).toEqual({ code: 1, isLate: true });
  });

  test.each(['0', 'soon', '5 s', '-1', '1000h', '300', '0ms'])('refuses %s', async (time) => {
    const { err, code } = await loop('run', PROBE, `--timeout=${time}`, '--call', 'wall()');
    expect({ code, isUsage: err.startsWith('error[E_USAGE]: cannot use --timeout') }).toEqual({
      code: 2,
      isUsage: true,
    });
  });
});

describe('loop inspect', () => {
  test('tells who would serve each import under the same options, and which one is missing', async () => {
    for (const [golden, file, ...options] of [
      ['inspect-http-denied', HTTP],
      ['inspect-http-granted', HTTP, '--allow-http', 'https://api.example.com'],
      ['inspect-kv-granted', KV, '--kv', 'memory', '--kv', 'notes=notes.sqlite'],
      ['inspect-probe', PROBE, '--env', 'A=1'],
    ] as const) {
      const args = ['inspect', file, ...options];
      expectGolden(golden, transcript(args, await loop(...args)));
    }
  });

  test('--json has the option that would change an import that is not served', async () => {
    const { out } = await loop('inspect', KV, '--json');
    const { imports } = JSON.parse(out) as { imports: readonly object[] };
    expect(imports[0]).toMatchObject({
      servedBy: null,
      missing: 'it is not granted',
      fix: 'allow it with --kv memory',
    });
  });
});
