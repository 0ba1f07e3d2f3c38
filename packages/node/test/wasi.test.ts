import { collectOutput, exitCodeOf } from '@loophost/capabilities';
import type { Component } from '@loophost/component';
import { createNodeHost, nodeWasi } from '@loophost/node';
import { describe, expect, test } from 'vitest';
import { EXECUTORS, guest, wat } from './guests.ts';
import { start } from './wasi/guests.ts';

function runOf(component: Component): string {
  return `${component.exports.find(({ name }) => name.startsWith('wasi:cli/run'))?.name}.run`;
}

async function codeOf(call: Promise<unknown>): Promise<number | undefined> {
  try {
    await call;
  } catch (thrown) {
    return exitCodeOf(thrown);
  }
  return undefined;
}

describe.each(EXECUTORS)('commands in the executor %s', (executor) => {
  test.each(['c-hello', 'rust-hello'])(
    '%s gets its arguments and its input, and its output is captured',
    async (name) => {
      const component = await guest(name);
      const args = ['one', 'two words', '--stdin'];
      await using started = await start(component, {
        executor,
        grants: { environment: { args }, stdio: { stdin: { text: 'from the host\n' } } },
      });
      await started.instance.call(runOf(component));
      const language = name === 'c-hello' ? 'C' : 'Rust';
      expect(started.text('stdout')).toBe(
        `Hello from ${language}!\nargument: one\nargument: two words\nfrom the host\n`,
      );
      expect(started.text('stderr')).toBe('arguments: 3\n');
    },
  );

  test.each(['c-hello', 'rust-hello'])('%s runs without any grant: no argument, no input', async (name) => {
    const component = await guest(name);
    await using started = await start(component, { executor });
    await started.instance.call(runOf(component));
    expect(started.text('stderr')).toBe('arguments: 0\n');
  });

  test.each([
    ['c-hello', '7', 7],
    ['rust-hello', '7', 1],
    ['rust-hello', '0', 0],
  ])('%s ends itself with the exit code %s, which the caller finds as %i', async (name, code, found) => {
    const component = await guest(name);
    await using started = await start(component, { executor, grants: { environment: { args: ['--exit', code] } } });
    const call = started.instance.call(runOf(component));
    await expect(call).rejects.toMatchObject({ code: 'E_GUEST_EXITED' });
    expect(await codeOf(call)).toBe(found);
    // The next call gets a fresh guest.
    expect(await codeOf(started.instance.call(runOf(component)))).toBe(found);
  });
});

describe.each(EXECUTORS)('environment in the executor %s', (executor) => {
  test('a guest that exits tells success from failure', async () => {
    await using started = await start(await guest('wasi-probe'), { executor });
    expect(await codeOf(started.instance.call('exit-with', [{ tag: 'ok' }]))).toBe(0);
    expect(await codeOf(started.instance.call('exit-with', [{ tag: 'err' }]))).toBe(1);
    expect(await codeOf(started.instance.call('exit', [255]))).toBe(255);
  });
});

describe.each(EXECUTORS)('stdio in the executor %s', (executor) => {
  test('without a bound given, 1 MiB of each stream is captured', async () => {
    await using started = await start(await guest('wasi-probe'), { executor });
    const kibi = 'x'.repeat(1024);
    expect(await started.instance.call('write', [kibi, 1024, false])).toBe(0);
    await expect(started.instance.call('write', ['x', 1, false])).rejects.toMatchObject({ code: 'E_OUTPUT_LIMIT' });
    expect(started.text('stdout')).toBe(kibi.repeat(1024));
  });

  test('a flood of single bytes reaches the host whole', async () => {
    await using started = await start(await guest('wasi-probe'), { executor });
    await started.instance.call('write', ['x', 100_000, false]);
    expect(started.text('stdout')).toHaveLength(100_000);
  });

  test('output is collected for who asks, up to a bound', async () => {
    await using started = await start(await guest('wasi-probe'), { executor });
    using all = collectOutput(started.host);
    using some = collectOutput(started.host, { component: 'probe', maxBytes: 5 });
    using none = collectOutput(started.host, { component: 'another' });
    await started.instance.call('write', ['grüße ', 2, false]);
    await started.instance.call('write', ['oh', 1, true]);
    expect([all.text('stdout'), all.text('stderr'), all.isCut]).toEqual(['grüße grüße ', 'oh', false]);
    expect([some.bytes('stdout').length, some.isCut]).toEqual([5, true]);
    expect([none.text('stdout'), none.isCut]).toEqual(['', false]);
  });
});

describe('what a guest writes before it is stopped', () => {
  test('reaches the host although the call never returns', async () => {
    await using started = await start(await guest('wasi-probe'), { executor: 'thread' });
    const call = started.instance.call('write-and-spin', ['working on it'], { timeoutMs: 200 });
    await expect(call).rejects.toMatchObject({ code: 'E_DEADLINE_EXCEEDED' });
    expect(started.text('stdout')).toBe('working on it');
  });
});

/** Writes when it starts, by a call that may wait. */
const STARTER = `(component
  (import "wasi:io/error@0.2.0" (instance $error (export "error" (type (sub resource)))))
  (alias export $error "error" (type $e))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (export "output-stream" (type $out (sub resource)))
    (alias outer 1 $e (type $e0)) (export "error" (type $e1 (eq $e0)))
    (type $se (variant (case "last-operation-failed" (own $e1)) (case "closed")))
    (export "stream-error" (type $se1 (eq $se)))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" (borrow $out)) (param "contents" (list u8)) (result (result (error $se1)))))))
  (alias export $streams "output-stream" (type $o))
  (import "wasi:cli/stdout@0.2.0" (instance $stdout
    (alias outer 1 $o (type $o0)) (export "output-stream" (type $o1 (eq $o0)))
    (export "get-stdout" (func (result (own $o1))))))
  (core module $memory (memory (export "m") 1) (data (i32.const 64) "started"))
  (core instance $mem (instantiate $memory))
  (core func $get (canon lower (func $stdout "get-stdout")))
  (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush") (memory (core memory $mem "m"))))
  (core module $main
    (import "" "get" (func $get (result i32)))
    (import "" "write" (func $write (param i32 i32 i32 i32)))
    (func $start (call $write (call $get) (i32.const 64) (i32.const 7) (i32.const 0)))
    (func (export "ping") (result i32) (i32.const 1))
    (start $start))
  (core instance $i (instantiate $main (with "" (instance (export "get" (func $get)) (export "write" (func $write))))))
  (func (export "ping") (result u32) (canon lift (core func $i "ping"))))`;

describe('start functions', () => {
  test('may write to standard output in a thread, where nothing makes the guest wait', async () => {
    await using started = await start(await wat(STARTER), { executor: 'thread' });
    expect(started.text('stdout')).toBe('started');
    expect(await started.instance.call('ping')).toBe(1);
  });

  test('that run into the bound of the output fail with its code', async () => {
    const starting = start(await wat(STARTER), {
      executor: 'thread',
      grants: { stdio: { outputLimitBytes: 3 } },
    });
    await expect(starting).rejects.toMatchObject({ code: 'E_OUTPUT_LIMIT' });
  });
});

describe.each(EXECUTORS)('clocks in the executor %s', (executor) => {
  test('let a guest sleep for 20 ms', async () => {
    await using started = await start(await guest('wasi-probe'), { executor });
    const slept = Number(await started.instance.call('sleep', [20_000_000n]));
    expect(slept).toBeGreaterThanOrEqual(20e6);
    expect(slept).toBeLessThan(1e9);
  });
});

describe.each(EXECUTORS)('random in the executor %s', (executor) => {
  test('gives more bytes than WebCrypto does at once, up to a bound', async () => {
    await using started = await start(await guest('wasi-probe'), { executor });
    const bytes = (await started.instance.call('random-bytes', [200_000n])) as Uint8Array;
    expect(bytes).toHaveLength(200_000);
    expect(bytes.slice(-64).some((byte) => byte !== 0)).toBe(true);
    for (const length of [16_777_217n, 2n ** 64n - 1n]) {
      const call = started.instance.call('random-bytes', [length]);
      await expect(call).rejects.toMatchObject({ code: 'E_RANDOM_TOO_LONG' });
    }
  });
});

test('a grant for something that a component does not import is not looked at; one that it does must be valid', async () => {
  await using host = createNodeHost({ capabilities: nodeWasi() });
  const component = await guest('wasi-probe');
  const grants = {
    environment: { arg: [] },
    sockets: true,
    clocks: { now: -1 },
    random: { seed: 0.5 },
    stdio: { stdin: 'text' },
  };
  const linking = host.link(component, { grants });
  await expect(linking).rejects.toMatchObject({ code: 'E_LINK_FAILED' });
  const problems = await linking.catch(
    ({ problems }: { problems: readonly { code: string; fix: string }[] }) => problems,
  );
  expect(problems).toHaveLength(5);
  expect(problems).toEqual(
    expect.arrayContaining([expect.objectContaining({ code: 'E_GRANT_INVALID', fix: 'did you mean "args"?' })]),
  );
});
